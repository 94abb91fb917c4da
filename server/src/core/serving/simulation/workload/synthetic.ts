/**
 * A workload by distributions. With shared prefixes a prompt is a system prompt (one of `groups`), then what was said before in the
 * same conversation, then new text; the next turn of a conversation holds this turn's prompt and answer.
 */
import { Random } from '../random.ts';
import type { Prefix } from '../request-table.ts';
import { type Arrivals, drawGap } from './arrivals.ts';
import { drawLength, type Lengths } from './lengths.ts';
import type { Arrival, Workload } from './workload.ts';

export interface SharedPrefix {
  /** Tokens of a system prompt, part of the prompt's length, and how many different ones there are. */
  readonly tokens: number;
  readonly groups: number;
  /** Turns of a conversation, 1 for single questions, and conversations that go on at once. */
  readonly turns: number;
  readonly conversations: number;
}

export interface SyntheticWorkload {
  readonly arrivals: Arrivals;
  readonly prompt: Lengths;
  readonly output: Lengths;
  readonly shared?: SharedPrefix;
  /** Requests in all; or those that arrive within `seconds`. */
  readonly requests: number;
  readonly seconds?: number;
  /** Prompt and answer are cut to this together. */
  readonly maxLength?: number;
  readonly seed: number;
}

interface Conversation {
  id: number;
  turn: number;
  ids: number[];
  tokens: number[];
}

/** Ids of pieces: system prompts first, then conversations. */
const firstConversation = 1e6;
const turnsPerConversation = 1e3;

export function syntheticWorkload(options: SyntheticWorkload): Workload {
  const { arrivals, shared, seed } = options;
  const gaps = new Random(seed, 1);
  const prompts = new Random(seed, 2);
  const outputs = new Random(seed, 3);
  const choices = new Random(seed, 4);
  const open: Conversation[] = [];
  let started = 0;
  let count = 0;
  let time = 0;

  const converse = (into: Arrival, fresh: number, set: SharedPrefix): Prefix => {
    const place = Math.floor(choices.uniform() * Math.max(1, set.conversations));
    let talk = open[place];
    if (talk === undefined || talk.turn >= set.turns) {
      const group = Math.floor(choices.uniform() * set.groups);
      const start = set.tokens > 0 ? { ids: [group], tokens: [set.tokens] } : { ids: [], tokens: [] };
      talk = { id: firstConversation + turnsPerConversation * started++, turn: 0, ...start };
      open[place] = talk;
    }
    let before = 0;
    for (const tokens of talk.tokens) before += tokens;
    // The drawn length holds the system prompt, of which there is always all; each turn brings the rest as new text.
    const added = Math.max(1, fresh - set.tokens);
    into.prompt = before + added;
    talk.turn++;
    // The last token of an answer is never in the cache.
    talk.ids = [...talk.ids, talk.id + talk.turn];
    talk.tokens = [...talk.tokens, added + into.output - 1];
    return { ids: talk.ids, tokens: talk.tokens };
  };

  return {
    next(into) {
      if (count >= options.requests) return false;
      time += count === 0 && arrivals.kind !== 'poisson' && arrivals.kind !== 'gamma' ? 0 : drawGap(arrivals, gaps);
      if (options.seconds !== undefined && time > options.seconds) return false;
      count++;
      into.time = time;
      into.prompt = drawLength(options.prompt, prompts);
      into.output = drawLength(options.output, outputs);
      into.prefix = undefined;
      if (options.maxLength !== undefined) {
        into.prompt = Math.max(1, Math.min(into.prompt, options.maxLength - 1));
        into.output = Math.max(1, Math.min(into.output, options.maxLength - into.prompt));
      }
      if (shared) into.prefix = converse(into, into.prompt, shared);
      into.limit = into.output;
      return true;
    },
  };
}

/**
 * Finding operations by what people call them: "mb 12", "stage 3 backward", "stage 2-4 weight", "chunk 1 mb 7 send". Words of one
 * field are alternatives, fields narrow one another down. Pure.
 */
import {
  backwardInputKind,
  backwardKind,
  backwardWeightKind,
  forwardKind,
  type Simulation,
  transferKind,
} from '../../../server/src/core/schedules/simulate.ts';

type Field = 'microBatch' | 'rank' | 'chunk';

interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Query {
  readonly spans: { readonly [field in Field]: readonly Span[] };
  readonly kinds: readonly number[];
}

const fieldWords: { readonly [word: string]: Field } = {
  mb: 'microBatch',
  micro: 'microBatch',
  batch: 'microBatch',
  microbatch: 'microBatch',
  stage: 'rank',
  rank: 'rank',
  pp: 'rank',
  chunk: 'chunk',
  vpp: 'chunk',
};

/** One stage or several. */
const fieldOf = (word: string): Field | undefined =>
  [word, word.replace(/s$/, ''), word.replace(/es$/, '')].flatMap((form) => (Object.hasOwn(fieldWords, form) ? [fieldWords[form]] : []))[0];

const backwards = [backwardKind, backwardInputKind, backwardWeightKind];
const kindWords: { readonly [word: string]: readonly number[] } = {
  f: [forwardKind],
  fwd: [forwardKind],
  forward: [forwardKind],
  b: backwards,
  bwd: backwards,
  backward: backwards,
  input: [backwardInputKind],
  dgrad: [backwardInputKind],
  w: [backwardWeightKind],
  weight: [backwardWeightKind],
  wgrad: [backwardWeightKind],
  transfer: [transferKind],
  send: [transferKind],
  comm: [transferKind],
  communication: [transferKind],
};

/** Words that say nothing by themselves. */
const fillers = new Set(['of', 'and', 'on', 'pass', 'gradient', 'the']);

/** Reads a query; `unknown` names the first word that is none of ours. Undefined where nothing is asked. */
export function parseQuery(text: string): Query | { readonly unknown: string } | undefined {
  const spans: { [field in Field]: Span[] } = { microBatch: [], rank: [], chunk: [] };
  const kinds: number[] = [];
  // "mb12" and "mb 12" are the same, and so are "2 - 4", "2–4" and "2-4".
  const words =
    text
      .toLowerCase()
      .replace(/\s*[-–]\s*/g, '-')
      .match(/\p{L}+|\d+(?:-\d+)?|[^\s,;:]+/gu) ?? [];
  let field: Field = 'microBatch';
  for (const word of words) {
    const number = /^(\d+)(?:-(\d+))?$/.exec(word);
    if (number) {
      const from = Number(number[1]);
      spans[field].push({ from, to: Number(number[2] ?? from) });
    } else if (Object.hasOwn(kindWords, word)) kinds.push(...(kindWords[word] ?? []));
    else if (fieldOf(word)) field = fieldOf(word) ?? field;
    else if (!fillers.has(word)) return { unknown: word };
  }
  const asked = kinds.length > 0 || Object.values(spans).some((list) => list.length > 0);
  return asked ? { spans, kinds } : undefined;
}

const within = (spans: readonly Span[], value: number): boolean =>
  spans.length === 0 || spans.some(({ from, to }) => value >= from && value <= to);

/** The operations that a query means, stage by stage in order of time: computation before transfers. */
export function findOperations(simulation: Simulation, { spans, kinds }: Query): Uint32Array {
  const found: number[] = [];
  const wanted = Uint8Array.from({ length: 16 }, (_, kind) =>
    kinds.length === 0 ? (kind === transferKind ? 0 : 1) : kinds.includes(kind) ? 1 : 0,
  );
  for (let index = 0; index < lastOfPipeline(simulation); index++) {
    if (wanted[simulation.kind[index] ?? 0] !== 1) continue;
    if (!within(spans.rank, simulation.rank[index] ?? 0)) continue;
    if (!within(spans.microBatch, simulation.microBatch[index] ?? 0)) continue;
    if (within(spans.chunk, simulation.chunk[index] ?? 0)) found.push(index);
  }
  return Uint32Array.from(found);
}

/** Operations behind this one belong to no micro batch. */
function lastOfPipeline({ transferOffset, request, count }: Simulation): number {
  return Math.min(count, transferOffset[request.stages] ?? count);
}

/** The match after (or before) an operation, round and round; undefined without matches. */
export function nextMatch(matches: Uint32Array, from: number | undefined, backwards: boolean): number | undefined {
  if (matches.length === 0) return undefined;
  if (from === undefined) return backwards ? matches.at(-1) : matches[0];
  let place = 0;
  while (place < matches.length && (matches[place] ?? 0) < from) place++;
  if (backwards) return matches.at(place - 1);
  return matches[matches[place] === from ? (place + 1) % matches.length : place % matches.length];
}

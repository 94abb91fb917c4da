/**
 * What one engine replica settles to under a steady load of equal requests, without simulating it. Decoding requests gain a token
 * with every step, plain or beside prompts. Where a step has room for several prompts, those that arrived in the one before share it:
 *
 *   T     = e^-a P + (1 - e^-a) M,  a = rate * T                                        mean step; a prompts arrive in one
 *   M     = T(k input + n, n + k, k pairs, live), k = a / (1 - e^-a)                    a step with prompts
 *   TTFT  = what is left of the step under way + a step with 1 + a prompts
 *   TPOT  = T
 *
 * Longer prompts are computed one after the other, in chunks where they must:
 *
 *   M     = T(chunk + n, n + 1, pairs, live), P = T(n, n, 0, live)                     a step beside a chunk, a plain one
 *   S     = chunks * M, rho = rate * S                                                 time of a prompt, share of the time
 *   TTFT  = S + rho * S / (2 (1 - rho)) + half a step that is under way                M/D/1 queue of prompts
 *   TPOT  = (P + rate * chunks * TTFT * (M - P) / (output - 1)) / (1 - rate * chunks * (M - P)), at most M
 *
 * and in both n = rate * (output - 1) * TPOT, by Little's law. T is the step time; chunks take what `n` decodes leave of the token
 * budget. Pipeline stages run as many such batches at once, each with its part of the requests, and one may begin that much sooner.
 * Known to be wrong for bursts, for lengths that vary much, and close to the limits, where queues grow long before the mean says so:
 * the simulation is for those.
 */
import type { LatencyLimits, LoadLimit, ServingLoad } from '../../serving-load.ts';
import type { Seconds } from '../../units.ts';
import type { StepTimer } from '../time/step-timer.ts';

/** What bounds the requests of one replica. */
export interface ReplicaLimits {
  readonly maxSequences: number;
  readonly maxBatchedTokens: number;
  readonly kvTokens: number;
  /** Batches in flight at once, each a stage apart; 1 when absent. */
  readonly pipeline?: number;
}

export interface SteadyState {
  /** Requests that decode at a time, on average. */
  readonly decoding: number;
  /** Share of the time in which prompts are computed. */
  readonly prefillShare: number;
  readonly timePerToken: Seconds;
  readonly timeToFirstToken: Seconds;
  /** The part of it until the prompt begins. */
  readonly wait: Seconds;
  /** Tokens in the KV cache, on average. */
  readonly cachedTokens: number;
}

export type SteadyResult = { readonly state: SteadyState } | { readonly overloaded: LoadLimit };

/** Halvings of the interval in which the number of decoding requests lies. */
const halvings = 30;
/** Rates are told to this share. */
const precision = 1e-4;

/** Tokens a decoding request has in the cache on average. */
export const meanCached = ({ inputTokens, outputTokens }: Omit<ServingLoad, 'rate'>): number => inputTokens + outputTokens / 2;

/** Most requests that may decode at a time, and what bounds them. */
function mostDecoding(load: ServingLoad, limits: ReplicaLimits): { readonly most: number; readonly limit: LoadLimit } {
  const cached = Math.max(0, limits.kvTokens - load.inputTokens) / meanCached(load);
  const bounds: readonly (readonly [number, LoadLimit])[] = [
    [limits.maxSequences, 'sequences'],
    [limits.maxBatchedTokens - 1, 'batched tokens'],
    [cached, 'KV cache'],
  ];
  const [most, limit] = bounds.reduce((least, bound) => (bound[0] < least[0] ? bound : least));
  return { most, limit };
}

/** With room for so many prompts in a step none has to wait for a later one; with room for fewer they queue. */
const several = 4;

/** The state with `decoding` requests beside the prompts. */
function stateWith(timer: StepTimer, load: ServingLoad, limits: ReplicaLimits, decoding: number): SteadyState {
  const room = Math.max(1, limits.maxBatchedTokens - Math.ceil(decoding));
  // A batch that is in a stage with prompts holds up those behind it for a stage's part of the difference.
  const { pipeline = 1 } = limits;
  const behind = (pipeline - 1) / pipeline;
  return several * load.inputTokens <= room
    ? inSharedSteps(timer, load, room, decoding, behind)
    : inChunks(timer, load, room, decoding, behind);
}

/** Passes of the search for the mean step; each comes closer by the share of the time that prompts take. */
const passes = 200;

/** Prompts that one step has room for, with those that arrive in the same step. */
function inSharedSteps(
  timer: StepTimer,
  { rate, inputTokens, outputTokens }: ServingLoad,
  room: number,
  decoding: number,
  behind: number,
): SteadyState {
  const cached = meanCached({ inputTokens, outputTokens });
  const pairs = (inputTokens * (inputTokens + 1)) / 2;
  const withPrompts = (prompts: number, decodes: number): Seconds =>
    timer.seconds(prompts * inputTokens + decodes, decodes + prompts, prompts * pairs, decodes * cached);
  // Who decodes is never less than one.
  const seen = Math.max(1, decoding);
  const plain = timer.seconds(seen, seen, 0, seen * cached);
  let [step, beside, none] = [plain, plain, 1];
  for (let pass = 0; pass < passes; pass++) {
    const before = step;
    const arriving = rate * step;
    none = Math.exp(-arriving);
    const prompts = arriving > 1e-9 ? arriving / (1 - none) : 1;
    if (prompts * inputTokens > room) return { ...swamped, decoding, cachedTokens: decoding * cached };
    beside = withPrompts(prompts, decoding);
    const longer = withPrompts(prompts, seen) - plain;
    step = plain + (1 - none) * longer * (1 + none * behind);
    if (Math.abs(step - before) <= 1e-7 * step) break;
  }
  const idle = decoding < 1 ? 1 - decoding : 0;
  // A step is met as often as it is long.
  const wait = ((1 - none) * beside ** 2 + none * plain ** 2 * (1 - idle)) / (2 * step);
  return {
    decoding,
    prefillShare: Math.min(1, ((1 - none) * beside) / step),
    timePerToken: outputTokens > 1 ? step : 0,
    timeToFirstToken: wait + withPrompts(Math.min(1 + rate * step, room / inputTokens), decoding),
    wait,
    cachedTokens: decoding * cached,
  };
}

/** More prompts arrive in a step than the next one has room for. */
const swamped = {
  prefillShare: 1,
  timePerToken: Number.POSITIVE_INFINITY,
  timeToFirstToken: Number.POSITIVE_INFINITY,
  wait: Number.POSITIVE_INFINITY,
} as const;

/** Prompts that take several steps each, one after the other. */
function inChunks(timer: StepTimer, load: ServingLoad, room: number, decoding: number, behind: number): SteadyState {
  const { rate, inputTokens, outputTokens } = load;
  const cached = meanCached(load);
  const chunks = Math.ceil(inputTokens / room);
  const chunk = inputTokens / chunks;
  // The pairs of all chunks together are those of the whole prompt.
  const pairs = (inputTokens * (inputTokens + 1)) / 2 / chunks;
  const beside = (decodes: number): Seconds => timer.seconds(chunk + decodes, decodes + 1 / chunks, pairs, decodes * cached);
  const prompt = chunks * beside(decoding);
  const prefillShare = rate * prompt;
  const seen = Math.max(1, decoding);
  const plain = timer.seconds(seen, seen, 0, seen * cached);
  const share = Math.min(1, prefillShare);
  const idle = decoding < 1 ? 1 - decoding : 0;
  const underWay = (share * beside(decoding) + (1 - share) * plain * (1 - idle)) / 2;
  const wait = (share < 1 ? (share * prompt) / (2 * (1 - share)) : Number.POSITIVE_INFINITY) + underWay;
  return {
    decoding,
    prefillShare,
    timePerToken: tokenTime(outputTokens - 1, plain, beside(seen), rate * chunks, prompt + wait, behind),
    timeToFirstToken: prompt + wait,
    wait,
    cachedTokens: decoding * cached + share * inputTokens,
  };
}

/**
 * Time per token of an answer of `tokens` more tokens. Each is a plain step or one beside a chunk; chunks wait from the time of the
 * own prompt, and arrive while the answer goes on. At most every step has one.
 */
function tokenTime(tokens: number, plain: Seconds, mixed: Seconds, chunkRate: number, promptTime: Seconds, behind: number): Seconds {
  if (tokens < 1) return 0;
  const longer = mixed - plain;
  const waiting = chunkRate * promptTime * longer;
  const arriving = 1 - chunkRate * longer * (1 + behind);
  return arriving > 0 ? Math.min(mixed, (plain + waiting / tokens) / arriving) : mixed;
}

/** Requests that would decode at a time if those that do made each wait as `state` says. */
const settled = ({ rate, outputTokens }: ServingLoad, { timePerToken }: SteadyState): number =>
  outputTokens > 1 ? rate * (outputTokens - 1) * timePerToken : 0;

/** The steady state of one replica, or what keeps it from reaching one. */
export function steadyState(timer: StepTimer, load: ServingLoad, limits: ReplicaLimits): SteadyResult {
  const { pipeline = 1, kvTokens } = limits;
  if (!(pipeline > 1)) return stateOfBatch(timer, load, limits);
  const found = stateOfBatch(timer, { ...load, rate: load.rate / pipeline }, { ...limits, kvTokens: kvTokens / pipeline });
  if (!('state' in found)) return found;
  const { decoding, cachedTokens, wait, timeToFirstToken } = found.state;
  const sooner = wait - wait / pipeline;
  return {
    state: {
      ...found.state,
      decoding: decoding * pipeline,
      cachedTokens: cachedTokens * pipeline,
      wait: wait - sooner,
      timeToFirstToken: timeToFirstToken - sooner,
    },
  };
}

/** The same for one of the batches that are in flight at once. */
function stateOfBatch(timer: StepTimer, load: ServingLoad, limits: ReplicaLimits): SteadyResult {
  const { most, limit } = mostDecoding(load, limits);
  if (most < 1) return { overloaded: limit };
  const full = stateWith(timer, load, limits, most);
  if (settled(load, full) > most) return { overloaded: full.prefillShare >= 1 ? 'prompt time' : limit };
  let [low, high] = [0, most];
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (settled(load, stateWith(timer, load, limits, middle)) > middle) low = middle;
    else high = middle;
  }
  const state = stateWith(timer, load, limits, high);
  return state.prefillShare >= 1 ? { overloaded: 'prompt time' } : { state };
}

/** Whether the means of a state are within the limits. */
export function meets({ timeToFirstToken, timePerToken }: SteadyState, limits: LatencyLimits): boolean {
  return timeToFirstToken <= (limits.timeToFirstToken ?? Infinity) && timePerToken <= (limits.timePerToken ?? Infinity);
}

/** Requests per second of one replica at which the state still is steady and within the latency limits; 0 when none is. */
export function sustainedRate(
  timer: StepTimer,
  { inputTokens, outputTokens }: Omit<ServingLoad, 'rate'>,
  replica: ReplicaLimits,
  latency: LatencyLimits,
): number {
  const holds = (rate: number): boolean => {
    const result = steadyState(timer, { rate, inputTokens, outputTokens }, replica);
    return 'state' in result && meets(result.state, latency);
  };
  let low = 1e-6;
  if (!holds(low)) return 0;
  let high = low;
  while (holds(high) && high < 1e9) {
    low = high;
    high *= 4;
  }
  while (high > low * (1 + precision)) {
    const middle = Math.sqrt(low * high);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

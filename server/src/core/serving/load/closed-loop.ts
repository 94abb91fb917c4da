/**
 * Requests of which so many are under way at a time, as benchmarks send them: the next one begins when one is answered. Equal requests
 * then do not come at random: those that ended in one step start in the next, so that prompts come in waves, and what a wave does to
 * the first tokens hangs on the scheduler. So the scheduler is run: a few waves exactly, and as many like the last one as the requests
 * of `rooflint simulate` make. What is told are means over all of them, the start included.
 */
import type { LoadLimit, StatedLoad } from '../../serving-load.ts';
import { simulateServing } from '../simulation/simulate-serving.ts';
import type { EngineOptions } from '../simulation/simulation-options.ts';
import type { SimulationResult } from '../simulation/summarise.ts';
import { syntheticWorkload } from '../simulation/workload/synthetic.ts';
import { usualRequests } from '../simulation/workload/usual.ts';
import type { StepTimer } from '../time/step-timer.ts';
import { meanCached, type ReplicaLimits, type SteadyState, steadyState } from './steady-state.ts';

/** What a scheduler goes by beside the limits. */
export type Scheduler = Pick<EngineOptions, 'policy' | 'page' | 'chunkedPrefill' | 'pipeline'>;

/** A state, and the rate at which requests come in it. `waves`: as many equal requests were under way all the time. */
export type Settled =
  | { readonly state: SteadyState; readonly rate: number; readonly waves?: number }
  | { readonly overloaded: LoadLimit; readonly waves?: undefined };

/** Waves that are run; the last one is taken for all that follow. */
const exactWaves = 3;
/** Decode steps of such a run where stages work on several batches, which drift together over many waves. */
const stepsOfStages = 12_000;

/** Where an engine settles under a load: at its rate unless fewer requests than that makes are let in. */
export function settle(timer: StepTimer, load: StatedLoad, limits: ReplicaLimits, scheduler: Scheduler): Settled {
  const { rate, concurrency, inputTokens, outputTokens } = load;
  const open = rate === undefined ? undefined : steadyState(timer, { rate, inputTokens, outputTokens }, limits);
  if (rate !== undefined && open) {
    if (concurrency === undefined) return 'state' in open ? { ...open, rate } : open;
    const isFew = 'state' in open && rate * latency(open.state, outputTokens) <= concurrency;
    if (isFew) return { ...open, rate };
  }
  return inWaves(Math.max(1, Math.round(concurrency ?? 1)), timer, load, limits, scheduler);
}

const latency = ({ timeToFirstToken, timePerToken }: SteadyState, outputTokens: number): number =>
  timeToFirstToken + Math.max(0, outputTokens - 1) * timePerToken;

/** What a number of requests comes to: sums, so that waves can be added. */
interface Sums {
  readonly requests: number;
  readonly seconds: number;
  readonly firstToken: number;
  readonly perToken: number;
  readonly prefill: number;
}

function inWaves(concurrency: number, timer: StepTimer, load: StatedLoad, limits: ReplicaLimits, scheduler: Scheduler): Settled {
  const run = (requests: number) => sumsOf(simulated(requests, concurrency, timer, load, limits, scheduler), requests);
  // Of more than the scheduler takes up the others wait: a wave is what runs together, and its like come once all of the first have begun.
  const wave = Math.max(1, Math.min(concurrency, limits.maxSequences));
  const waves = usualRequests / wave;
  const first = Math.ceil(concurrency / wave) - 1;
  const exact = first + (scheduler.pipeline > 1 ? Math.max(exactWaves, Math.floor(stepsOfStages / load.outputTokens)) : exactWaves);
  const sums = waves <= exact ? run(usualRequests) : extended(run(exact * wave), run((exact - 1) * wave), waves - exact);
  if (!sums) return { overloaded: 'KV cache' };
  const rate = sums.requests / sums.seconds;
  const timePerToken = sums.perToken / sums.requests;
  const decoding = rate * Math.max(0, load.outputTokens - 1) * timePerToken;
  const state: SteadyState = {
    decoding,
    prefillShare: sums.prefill / sums.seconds,
    timePerToken,
    timeToFirstToken: sums.firstToken / sums.requests,
    wait: 0,
    cachedTokens: decoding * meanCached(load),
  };
  return { state, rate, waves: concurrency };
}

/** The longer run with more waves like its last. */
function extended(all: Sums | undefined, before: Sums | undefined, more: number): Sums | undefined {
  if (!all || !before) return undefined;
  const add = (read: (sums: Sums) => number): number => read(all) + more * (read(all) - read(before));
  return {
    requests: add(({ requests }) => requests),
    seconds: add(({ seconds }) => seconds),
    firstToken: add(({ firstToken }) => firstToken),
    perToken: add(({ perToken }) => perToken),
    prefill: add(({ prefill }) => prefill),
  };
}

function sumsOf({ finished, seconds, ttft, tpot, prefillShare }: SimulationResult, requests: number): Sums | undefined {
  if (finished < requests) return undefined;
  // Answers of one token have no time per token.
  const perToken = Number.isFinite(tpot.mean) ? tpot.mean : 0;
  return { requests, seconds, firstToken: ttft.mean * requests, perToken: perToken * requests, prefill: prefillShare * seconds };
}

function simulated(
  requests: number,
  concurrency: number,
  timer: StepTimer,
  { inputTokens, outputTokens }: StatedLoad,
  { maxSequences, maxBatchedTokens, kvTokens }: ReplicaLimits,
  scheduler: Scheduler,
): SimulationResult {
  const engine: EngineOptions = { ...scheduler, timer, kvTokens: Math.floor(kvTokens), maxSequences, maxBatchedTokens, prefixCache: false };
  const workload = syntheticWorkload({
    arrivals: { kind: 'at-once' },
    prompt: { kind: 'fixed', tokens: inputTokens },
    output: { kind: 'fixed', tokens: outputTokens },
    requests,
    seed: 1,
  });
  return simulateServing({ engine, replicas: 1, routing: 'round-robin', concurrency, seed: 1, points: 2 }, workload);
}

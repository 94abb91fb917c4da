/**
 * What the panel works out for one choice: the estimate, the simulated deployment at the load and with every step at both ends of its
 * band, and simulated points along the curve. A generator that rests often, so that the page can answer its user between. Pure.
 */
import type { Assumption, LoadEstimate, ServingEstimate } from '../../../server/src/core/estimate.ts';
import { completeServing } from '../../../server/src/core/serving/complete-serving.ts';
import { engineOfJob } from '../../../server/src/core/serving/engine-of-job.ts';
import { estimateServing } from '../../../server/src/core/serving/estimate-serving.ts';
import { loadCurve } from '../../../server/src/core/serving/load/load-curve.ts';
import { meanCached } from '../../../server/src/core/serving/load/steady-state.ts';
import { servingRun } from '../../../server/src/core/serving/simulation/simulate-serving.ts';
import type { EngineOptions } from '../../../server/src/core/serving/simulation/simulation-options.ts';
import type { SimulationResult } from '../../../server/src/core/serving/simulation/summarise.ts';
import { syntheticWorkload } from '../../../server/src/core/serving/simulation/workload/synthetic.ts';
import { scaledTimer } from '../../../server/src/core/serving/time/scaled-timer.ts';
import type { LoadPoint } from '../../../server/src/core/serving-load.ts';
import type { Band } from '../../../server/src/core/term.ts';
import type { ServingPanelJob } from '../../../server/src/protocol/panel.ts';
import { type ServingChoice, withChoice } from './choice.ts';

export interface Prepared {
  readonly choice: ServingChoice;
  readonly estimate: ServingEstimate;
  readonly load: LoadEstimate;
  readonly engine: EngineOptions;
  /** Engines of all replicas, DP counted, and their GPUs. */
  readonly engines: number;
  readonly gpus: number;
  readonly maxModelLen: number;
  readonly pricePerGpuHour: number | undefined;
  /** Ends of the band of a step's time as factors. */
  readonly band: Band;
  readonly assumptions: readonly Assumption[];
}

/** Steady states per engine, and with every step at both ends of its band. */
export interface Curve {
  readonly points: readonly LoadPoint[];
  readonly fast: readonly LoadPoint[];
  readonly slow: readonly LoadPoint[];
}

export interface SimulatedPoint {
  /** Requests per second at the whole deployment. */
  readonly rate: number;
  readonly result: SimulationResult;
}

export interface ServingRun extends Prepared {
  readonly result: SimulationResult;
  readonly curve: Curve;
  readonly fast?: SimulationResult;
  readonly slow?: SimulationResult;
  readonly points: readonly SimulatedPoint[];
  readonly done: boolean;
}

export type Refused = { readonly refused: string };

/** The estimate and the engine for a choice, or why there are none. */
export function prepare(panel: ServingPanelJob, choice: ServingChoice, file: ServingChoice): Prepared | Refused {
  const partial = withChoice(panel.job, choice, file);
  const completed = completeServing(partial, panel.runsAs, panel.cluster);
  if ('refusal' in completed) return { refused: completed.refusal.why };
  const result = estimateServing(completed.job);
  if ('refusal' in result) return { refused: result.refusal.why };
  const { estimate } = result;
  if (estimate.kind !== 'serving' || !estimate.load) return { refused: 'this load cannot be estimated' };
  const kvTokens = Math.floor(estimate.heldTokens(meanCached(choice)));
  if (!(kvTokens >= 1)) return { refused: 'nothing is left for the KV cache' };
  const { serving, load } = { serving: completed.job, load: estimate.load };
  const { engine, assumptions } = engineOfJob(serving, partial, kvTokens, choice.policy === 'own' ? {} : { policy: choice.policy });
  const engines = Math.max(1, Math.round(choice.replicas * serving.dataParallel));
  const { value, band } = estimate.decode.timePerToken;
  return {
    choice,
    estimate,
    load,
    engine,
    engines,
    gpus: engines * serving.tensor * serving.pipeline,
    maxModelLen: serving.maxModelLen,
    pricePerGpuHour: serving.cluster.pricePerGpuHour,
    band: band ? { low: band.low / value, high: band.high / value, basis: band.basis } : { low: 1, high: 1, basis: 'no band is known' },
    assumptions,
  };
}

const timed = (engine: EngineOptions, factor: number): EngineOptions =>
  factor === 1 ? engine : { ...engine, timer: scaledTimer(engine.timer, factor) };

/** Latency against rate without queueing by chance, and at both ends of the band. */
function* curveOf({ choice, engine, band }: Prepared): Generator<undefined, Curve> {
  const { maxSequences, maxBatchedTokens, kvTokens } = engine;
  const { inputTokens, outputTokens } = choice;
  const at = (factor: number) =>
    loadCurve(timed(engine, factor).timer, { inputTokens, outputTokens }, { maxSequences, maxBatchedTokens, kvTokens });
  const points = at(1);
  yield;
  const fast = at(band.low);
  yield;
  return { points, fast, slow: at(band.high) };
}

/** Requests of a run: those that are there at a time several times over, so that the start does not count for much. */
const fewest = 1000;
const most = 8000;
const fewestOfPoint = 400;
const mostOfPoint = 4000;

/** Requests that are in the system at a time, by Little's law. */
function present({ load, choice, engines, engine }: Prepared): number {
  const { timeToFirstToken, timePerToken } = load;
  if (choice.arrivals === 'clients') return choice.concurrency;
  if (!timeToFirstToken || !timePerToken) return engines * engine.maxSequences;
  return choice.rate * (timeToFirstToken.value + choice.outputTokens * timePerToken.value);
}

/** Points of the time series: fine enough to look closer at a part of it. */
const seriesPoints = 2048;
const seed = 1;

/** `rate`: that of a point of the curve, where requests come whether or not others are answered; absent: the load that is chosen. */
function* simulate(prepared: Prepared, factor: number, requests: number, rate?: number): Generator<undefined, SimulationResult> {
  const { choice, engine, engines, maxModelLen } = prepared;
  const { inputTokens, outputTokens, firstTokenLimit, perTokenLimit } = choice;
  const limits = { ...(firstTokenLimit > 0 ? { ttft: firstTokenLimit } : {}), ...(perTokenLimit > 0 ? { tpot: perTokenLimit } : {}) };
  const options = {
    engine: timed(engine, factor),
    replicas: engines,
    routing: 'least-requests' as const,
    seed,
    points: seriesPoints,
    ...(rate === undefined && choice.arrivals !== 'rate' ? { concurrency: choice.concurrency } : {}),
    ...(firstTokenLimit > 0 || perTokenLimit > 0 ? { slo: { ...limits, share: 0.99 } } : {}),
  };
  const workload = syntheticWorkload({
    arrivals: rate === undefined && choice.arrivals === 'clients' ? { kind: 'at-once' } : { kind: 'poisson', rate: rate ?? choice.rate },
    prompt: { kind: 'fixed', tokens: inputTokens },
    output: { kind: 'fixed', tokens: outputTokens },
    requests: Math.round(requests),
    maxLength: maxModelLen,
    seed,
  });
  return yield* servingRun(options, workload);
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Works a choice out: yields what is there so far, or nothing for a rest, and returns all of it. */
export function* work(prepared: Prepared): Generator<ServingRun | undefined, ServingRun> {
  const { band, engines } = prepared;
  const requests = clamp(4 * present(prepared), fewest, most);
  const result = yield* simulate(prepared, 1, requests);
  const curve = yield* curveOf(prepared);
  let run: ServingRun = { ...prepared, result, curve, points: [], done: false };
  yield run;
  const fast = yield* simulate(prepared, band.low, requests);
  const slow = yield* simulate(prepared, band.high, requests);
  run = { ...run, fast, slow };
  yield run;
  for (const point of curve.points) {
    const rate = point.rate * engines;
    const there = engines * point.decoding + rate * point.timeToFirstToken;
    const simulated = yield* simulate(prepared, 1, clamp(3 * there, fewestOfPoint, mostOfPoint), rate);
    run = { ...run, points: [...run.points, { rate, result: simulated }] };
    yield run;
  }
  return { ...run, done: true };
}

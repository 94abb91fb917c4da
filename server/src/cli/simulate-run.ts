/** The runs behind `rooflint simulate`: the engine of a job, its workload, and both ends of the band of its step time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Assumption, ServingEstimate } from '../core/estimate.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import { completeServing } from '../core/serving/complete-serving.ts';
import { engineOfJob } from '../core/serving/engine-of-job.ts';
import { highestRate, latencyCurve, type RatePoint } from '../core/serving/simulation/find-rate.ts';
import { costPerMillion, energyPerToken, meanPower, type Spread } from '../core/serving/simulation/running-costs.ts';
import { simulateServing } from '../core/serving/simulation/simulate-serving.ts';
import type { SimulationOptions } from '../core/serving/simulation/simulation-options.ts';
import type { SimulationResult } from '../core/serving/simulation/summarise.ts';
import type { Arrivals } from '../core/serving/simulation/workload/arrivals.ts';
import { syntheticWorkload } from '../core/serving/simulation/workload/synthetic.ts';
import { type TraceWorkload, traceWorkload } from '../core/serving/simulation/workload/trace.ts';
import { usualRequests } from '../core/serving/simulation/workload/usual.ts';
import { newArrival, type Workload } from '../core/serving/simulation/workload/workload.ts';
import { traceLines } from '../core/serving/simulation/workload/write-trace.ts';
import { scaledTimer } from '../core/serving/time/scaled-timer.ts';
import type { JobAnalysis } from '../engine/analysis.ts';
import { type CliIo, UsageError } from './io.ts';
import { reasonOf } from './reason.ts';
import { lengthsText } from './simulate-options.ts';
import type { LoadedOptions } from './simulated-load.ts';
import { linesOf } from './trace-file.ts';

export interface Simulated {
  readonly gpus: number;
  readonly replicas: number;
  readonly prefillReplicas: number;
  readonly engine: SimulationOptions['engine'];
  readonly assumptions: readonly Assumption[];
  /** How far the step time may be off to either side, as factors. */
  readonly band: { readonly low: number; readonly high: number; readonly basis: string };
  readonly workload: string;
  readonly skipped: number;
  readonly result: SimulationResult;
  /** With every step at the low and at the high end of the band. */
  readonly fast: SimulationResult;
  readonly slow: SimulationResult;
  readonly cost?: Spread;
  readonly power?: Spread;
  readonly energy?: Spread;
  readonly highest?: { readonly value: RatePoint; readonly fast: RatePoint; readonly slow: RatePoint };
  readonly curve?: readonly RatePoint[];
}

/** Seconds from one question of a conversation to the next, on average, and conversations at once when no rate says it. */
const turnSeconds = 30;
const conversationsAtOnce = 64;

export function simulateJob(file: string, job: JobAnalysis, options: LoadedOptions, io: CliIo): Simulated {
  const { estimate, serving } = servingOf(file, job);
  refuseTooLong(options, serving.maxModelLen);
  const choices = {
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.draft === undefined ? {} : { drafted: options.draft }),
    ...(options.accept === undefined ? {} : { acceptance: options.accept }),
  };
  const workloads = new Workloads(options, io, serving.maxModelLen);
  const kvTokens = Math.floor(estimate.heldTokens(meanHeld(workloads.make())));
  const { engine, assumptions } = engineOfJob(serving, job.job, kvTokens, choices);
  if (options.accept !== undefined && engine.speculation === undefined)
    throw new UsageError('--accept has no effect: nothing is drafted; give --draft K.');
  const perReplica = serving.tensor * serving.pipeline;
  const decodes = options.replicas ?? Math.max(1, Math.round(estimate.gpus / perReplica)) * Math.max(1, job.job['serving.replicas'] ?? 1);
  const prefills = options.prefillReplicas ?? 0;
  const gpus = perReplica * (decodes + prefills);
  const tpot = estimate.decode.timePerToken;
  const band = tpot.band ?? { low: tpot.value, high: tpot.value, basis: 'no band is known' };
  const ends = { low: band.low / tpot.value, high: band.high / tpot.value, basis: band.basis };
  const link = { bytesPerToken: estimate.kvBytesPerToken.value * perReplica, ...linkOf(serving, perReplica) };
  const runWith = (factor: number, workload: Workload, concurrency: number | undefined): SimulationResult => {
    const timed = factor === 1 ? engine : { ...engine, timer: scaledTimer(engine.timer, factor) };
    return simulateServing(
      {
        engine: timed,
        replicas: decodes,
        routing: options.routing,
        seed: options.seed,
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(options.slo ? { slo: options.slo } : {}),
        ...(prefills > 0 ? { disaggregation: { prefill: withoutDrafts(timed), prefillReplicas: prefills, ...link } } : {}),
        ...(io.signal ? { cancelled: () => io.signal?.aborted === true } : {}),
      },
      workload,
    );
  };
  // A rate that is searched for is one at which requests come whether or not others are answered.
  const one = (factor: number, rate?: number) =>
    workloads.run((workload) => runWith(factor, workload, rate === undefined ? options.concurrency : undefined), rate);
  if (options.saveTrace !== undefined) saveTrace(resolve(io.folder, options.saveTrace), options.saveTrace, workloads.make());
  const result = one(1);
  const fast = one(ends.low);
  const slow = one(ends.high);
  const costs = (rate: (run: SimulationResult) => number): Spread => ({ value: rate(result), low: rate(fast), high: rate(slow) });
  if (result.finished === 0)
    throw new UsageError(`none of the requests fits: the cache holds ${engine.kvTokens} tokens; give shorter --isl and --osl.`);
  const price = serving.cluster.pricePerGpuHour;
  const watts = serving.cluster.accelerator.tdpWatts?.value;
  const power = watts === undefined ? undefined : meanPower(result, gpus, watts);
  const start = result.requestsPerSecond;
  const highest = (factor: number) => highestRate((rate) => one(factor, rate), options.slo?.share ?? 0.99, start);
  return {
    gpus,
    replicas: decodes,
    prefillReplicas: prefills,
    engine,
    assumptions: [
      ...estimate.assumptions.filter(({ field }) => engine.speculation === undefined || field !== 'serving.speculativeTokens'),
      ...assumptions,
      ...wavesAssumption(options),
      ...(prefills > 0 ? [linkAssumption(serving)] : []),
    ],
    band: ends,
    workload: workloads.text(),
    skipped: workloads.skipped,
    result,
    fast,
    slow,
    ...(price === undefined ? {} : { cost: costs((run) => costPerMillion(run, gpus, price)) }),
    ...(power === undefined ? {} : { power, energy: energyPerToken(power, result) }),
    ...(options.findRate ? { highest: { value: highest(1), fast: highest(ends.low), slow: highest(ends.high) } } : {}),
    ...(options.curve ? { curve: latencyCurve((rate) => one(1, rate), saturation(one)) } : {}),
  };
}

/** Equal requests of clients that wait for answers end together, and so do the next ones start. */
function wavesAssumption({ concurrency, isl, osl, trace }: LoadedOptions): readonly Assumption[] {
  if (concurrency === undefined || trace !== undefined || isl.kind !== 'fixed' || osl.kind !== 'fixed') return [];
  const why = 'lengths that vary by a tenth take the waves apart: then prompts wait less for each other, and TTFT is lower';
  return [{ value: 'all requests are equally long and come in waves', why }];
}

/** Requests that tell how long they are on average. */
const looked = 2000;

/** Tokens that a request has cached on average while it is answered. */
function meanHeld(workload: Workload): number {
  const arrival = newArrival();
  let [sum, count] = [0, 0];
  while (count < looked && workload.next(arrival)) {
    sum += arrival.prompt + arrival.output / 2;
    count += 1;
  }
  return count === 0 ? 1 : sum / count;
}

/** Requests of one length that is longer than the context can never run; lengths that vary are cut to it. */
function refuseTooLong({ isl, osl, trace }: LoadedOptions, context: number): void {
  if (trace !== undefined || isl.kind !== 'fixed' || osl.kind !== 'fixed' || isl.tokens + osl.tokens <= context) return;
  throw new UsageError(
    `prompts of ${isl.tokens} and answers of ${osl.tokens} tokens are longer than the context of ${context} tokens; give shorter --isl and --osl.`,
  );
}

function servingOf(file: string, job: JobAnalysis): { readonly estimate: ServingEstimate; readonly serving: ServingJob } {
  if ('refusal' in job.result) throw new UsageError(`${file} cannot be simulated: ${job.result.refusal.why}.`);
  const { estimate } = job.result;
  if (estimate.kind !== 'serving') throw new UsageError(`${file} is a training job; simulate is for serving engines.`);
  const completed = completeServing(job.job, job.runsAs, job.cluster);
  if ('refusal' in completed) throw new UsageError(`${file} cannot be simulated: ${completed.refusal.why}.`);
  return { estimate, serving: completed.job };
}

/** Caches of prompts cross the network between nodes, every GPU through its own share. */
function linkOf({ cluster }: ServingJob, gpus: number): { readonly bandwidth: number; readonly latency: number } {
  return { bandwidth: cluster.scaleOut.bandwidthPerGpu.value * gpus, latency: cluster.scaleOut.latency.value };
}

const linkAssumption = ({ cluster }: ServingJob): Assumption => ({
  value: cluster.scaleOut.label,
  why: 'carries the caches from prefill to decode engines, one request at a time, at its full rate',
});

/** A prefill engine draws one token per request and drafts none. */
function withoutDrafts(engine: SimulationOptions['engine']): SimulationOptions['engine'] {
  const { speculation: _, ...rest } = engine;
  return rest;
}

/** Requests per second when all are there from the start. */
function saturation(one: (factor: number, rate: number) => SimulationResult): number {
  return one(1, Number.POSITIVE_INFINITY).requestsPerSecond;
}

/** Writes the requests of the run as a trace. */
function saveTrace(path: string, written: string, workload: Workload): void {
  try {
    const file = openSync(path, 'w');
    try {
      for (const line of traceLines(workload)) writeSync(file, `${line}\n`);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UsageError(`the trace cannot be written to "${written}": ${reasonOf(error)}.`);
  }
}

/** Makes the workload anew for every run: the same requests, at the rate asked for. */
class Workloads {
  skipped = 0;
  private readonly options: LoadedOptions;
  private readonly io: CliIo;
  private readonly maxLength: number;

  constructor(options: LoadedOptions, io: CliIo, maxLength: number) {
    this.options = options;
    this.io = io;
    this.maxLength = maxLength;
  }

  /** `rate`: another one than the options say; infinite: all at once. */
  run(simulate: (workload: Workload) => SimulationResult, rate?: number): SimulationResult {
    const workload = this.make(rate);
    const result = simulate(workload);
    if ('problem' in workload) {
      const problem = workload.problem();
      if (problem !== undefined) throw new UsageError(`the trace "${this.options.trace}" cannot be used: ${problem}.`);
      this.skipped = workload.skipped();
    }
    return result;
  }

  make(rate?: number): Workload | TraceWorkload {
    const { trace } = this.options;
    return trace === undefined ? this.synthetic(rate) : this.traced(trace, rate);
  }

  /** Those asked for; a rate that is searched for needs arrivals that have one. */
  private arrivals(searched: number | undefined): Arrivals {
    const { arrivals, burst } = this.options;
    const rate = searched ?? this.options.rate;
    if (rate === undefined || rate === Number.POSITIVE_INFINITY) return { kind: 'at-once' };
    if (searched === undefined && arrivals === 'at-once') return { kind: 'at-once' };
    if (arrivals === 'gamma') return { kind: 'gamma', rate, variation: burst };
    return { kind: arrivals === 'fixed' ? 'fixed' : 'poisson', rate };
  }

  private synthetic(rate: number | undefined): Workload {
    const { options } = this;
    const { isl, osl, systemPrompt, turns, duration, requests, seed } = options;
    const shared = systemPrompt !== undefined || turns !== undefined;
    return syntheticWorkload({
      arrivals: this.arrivals(rate),
      prompt: isl,
      output: osl,
      requests: requests ?? (duration === undefined || rate !== undefined ? usualRequests : Number.POSITIVE_INFINITY),
      ...(duration === undefined || rate !== undefined ? {} : { seconds: duration }),
      ...(shared ? { shared: { tokens: systemPrompt ?? 0, groups: 1, turns: turns ?? 1, conversations: this.conversations(rate) } } : {}),
      maxLength: this.maxLength,
      seed,
    });
  }

  private conversations(searched: number | undefined): number {
    const rate = searched ?? this.options.rate ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(rate) ? Math.max(1, Math.ceil(rate * turnSeconds)) : conversationsAtOnce;
  }

  private traced(trace: string, rate: number | undefined): TraceWorkload {
    const { options, io } = this;
    const asTraced = rate === undefined && options.rate === undefined && options.arrivals !== 'at-once';
    const requests = options.requests ?? (rate === undefined ? undefined : usualRequests);
    return traceWorkload(linesOf(resolve(io.folder, trace), trace), {
      speed: options.speed,
      seed: options.seed,
      ...(asTraced ? {} : { arrivals: this.arrivals(rate) }),
      ...(requests === undefined ? {} : { requests }),
      ...(options.duration === undefined || rate !== undefined ? {} : { seconds: options.duration }),
    });
  }

  /** In words. */
  text(): string {
    const { options } = this;
    const { rate, arrivals, trace, isl, osl, systemPrompt, turns, speed, burst, concurrency } = options;
    const kinds = {
      poisson: 'Poisson arrivals',
      fixed: 'evenly spaced',
      gamma: `in bursts (gamma, CV ${burst})`,
      'at-once': 'all at once',
    };
    const kind = kinds[rate === undefined ? 'at-once' : (arrivals ?? 'poisson')];
    const when = whenText(kind, rate === undefined || arrivals === 'at-once' ? undefined : rate, concurrency);
    if (trace !== undefined) {
      const asTraced = speed === 1 ? 'as it was traced' : `${speed} times as fast as it was traced`;
      return `${trace}, ${rate === undefined && arrivals !== 'at-once' ? asTraced : when}`;
    }
    const talk = [
      ...(systemPrompt === undefined ? [] : [`${systemPrompt} of them a shared system prompt`]),
      ...(turns === undefined ? [] : [`conversations of ${turns} turns, ${turnSeconds} s apart`]),
    ];
    return `${when}; prompts of ${lengthsText(isl)} tokens${talk.map((words) => `, ${words}`).join('')}; answers of ${lengthsText(osl)}`;
  }
}

function whenText(kind: string, rate: number | undefined, concurrency: number | undefined): string {
  if (concurrency === undefined) return rate === undefined ? kind : `${rate} requests/s, ${kind}`;
  const limit = `${concurrency} under way`;
  return rate === undefined ? `${limit}, each followed by the next` : `${rate} requests/s, ${kind}, ${limit} at most`;
}

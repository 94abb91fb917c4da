/** The runs behind `rooflint mix`: what each kind of server sustains of each sort of request, and the cheapest mix of them. */
import { resolve } from 'node:path';
import { engineOfJob } from '../core/serving/engine-of-job.ts';
import { meanCached } from '../core/serving/load/steady-state.ts';
import { aloneMix, cheapestMix, type Demand, type GpuMix, type ServerKind } from '../core/serving/mix/gpu-mix.ts';
import type { SolveProgramme } from '../core/serving/mix/integer-programme.ts';
import { type RequestSort, requestSorts } from '../core/serving/mix/request-sorts.ts';
import { highestRate } from '../core/serving/simulation/find-rate.ts';
import { simulateServing } from '../core/serving/simulation/simulate-serving.ts';
import type { ServingSlo } from '../core/serving/simulation/simulation-options.ts';
import { syntheticWorkload } from '../core/serving/simulation/workload/synthetic.ts';
import { traceWorkload } from '../core/serving/simulation/workload/trace.ts';
import { newArrival } from '../core/serving/simulation/workload/workload.ts';
import { scaledTimer } from '../core/serving/time/scaled-timer.ts';
import type { JobAnalysis } from '../engine/analysis.ts';
import { engineOn, type RentedEngine } from '../engine/rented-engine.ts';
import { UsageError } from './io.ts';
import { linesOf } from './trace-file.ts';

/** A GPU that can be rented. */
export interface Offer {
  /** Id of its data sheet. */
  readonly gpu: string;
  readonly label: string;
  readonly pricePerHour: number;
  /** How many GPUs can be had; absent: any number. */
  readonly available?: number;
}

export interface MixRequest {
  readonly rate: number;
  readonly sorts: readonly RequestSort[];
  readonly slo: ServingSlo;
  readonly offers: readonly Offer[];
  readonly degrees: readonly number[];
  readonly seed: number;
}

/** One kind of server, or why it is none. */
export interface Tried {
  readonly label: string;
  readonly kind?: ServerKind;
  readonly refused?: string;
}

export interface Mixed {
  readonly demands: readonly Demand[];
  readonly tried: readonly Tried[];
  readonly mix: GpuMix;
  /** Price of the mixes when every step is as fast and as slow as the band allows; absent when the slow one meets nothing. */
  readonly cheapest?: number;
  readonly dearest?: number;
  readonly alone: readonly { readonly label: string; readonly mix: GpuMix | undefined }[];
  readonly basis: string;
}

/** Requests of a run: enough for a percentile of the usual service levels. */
const requestsOfRun = 1000;
/** Lines of a trace that the sorts are made of. */
const mostLines = 200_000;

export function sortsOfTrace(folder: string, trace: string): { readonly sorts: readonly RequestSort[]; readonly rate: number } {
  const workload = traceWorkload(linesOf(resolve(folder, trace), trace), { speed: 1, requests: mostLines, seed: 1 });
  const arrival = newArrival();
  const lengths: { readonly input: number; readonly output: number }[] = [];
  let last = 0;
  while (workload.next(arrival)) {
    lengths.push({ input: arrival.prompt, output: arrival.output });
    last = arrival.time;
  }
  const problem = workload.problem();
  if (problem !== undefined) throw new UsageError(`the trace "${trace}" cannot be used: ${problem}.`);
  if (lengths.length === 0) throw new UsageError(`the trace "${trace}" holds no requests.`);
  return { sorts: requestSorts(lengths), rate: last > 0 ? lengths.length / last : lengths.length };
}

/** Requests per second that the engine sustains of one sort, with steps `factor` times as long. */
function sustained({ serving, job, heldTokens }: RentedEngine, sort: RequestSort, slo: ServingSlo, factor: number, seed: number): number {
  const kvTokens = Math.floor(heldTokens(meanCached(sort)));
  const { engine } = engineOfJob(serving, job, kvTokens);
  const timed = { ...engine, timer: scaledTimer(engine.timer, factor) };
  const { inputTokens, outputTokens } = sort;
  if (inputTokens + outputTokens > Math.min(serving.maxModelLen, kvTokens)) return 0;
  const run = (rate: number) =>
    simulateServing(
      { engine: timed, replicas: 1, routing: 'round-robin', seed, slo },
      syntheticWorkload({
        arrivals: { kind: 'poisson', rate },
        prompt: { kind: 'fixed', tokens: inputTokens },
        output: { kind: 'fixed', tokens: outputTokens },
        requests: requestsOfRun,
        seed,
      }),
    );
  return highestRate(run, slo.share, run(1e6).requestsPerSecond).rate;
}

const ends = ['value', 'low', 'high'] as const;

export async function mixOf(job: JobAnalysis, request: MixRequest, solve: SolveProgramme): Promise<Mixed | { readonly refused: string }> {
  const { rate, sorts, slo, offers, degrees, seed } = request;
  const demands = sorts.map(({ inputTokens, outputTokens, share }) => ({
    label: `${inputTokens} + ${outputTokens} tokens`,
    rate: rate * share,
  }));
  const engines = offers.flatMap((offer) =>
    degrees.map((tensor) => ({ offer, label: `${tensor} x ${offer.label}`, engine: engineOn(job, offer.gpu, tensor) })),
  );
  const kindsAt = (end: (typeof ends)[number]): readonly ServerKind[] =>
    engines.flatMap(({ offer, label, engine }) => {
      if ('refused' in engine) return [];
      const { available } = offer;
      const factor = end === 'value' ? 1 : engine.band[end];
      return [
        {
          label,
          pricePerHour: offer.pricePerHour * engine.gpus,
          ...(available === undefined ? {} : { available: Math.floor(available / engine.gpus) }),
          sustained: sorts.map((sort) => sustained(engine, sort, slo, factor, seed)),
        },
      ];
    });
  const [kinds, fast, slow] = [kindsAt('value'), kindsAt('low'), kindsAt('high')];
  const tried = engines.map(({ label, engine }): Tried => {
    const kind = kinds.find((one) => one.label === label);
    return kind ? { label, kind } : { label, refused: 'refused' in engine ? engine.refused : 'it is not known' };
  });
  if (kinds.length === 0) return { refused: tried.map(({ label, refused }) => `${label}: ${refused ?? ''}`).join('; ') };
  const [result, best, worst] = await Promise.all([kinds, fast, slow].map((some) => cheapestMix(some, demands, solve)));
  if (!result || 'refused' in result) return { refused: result?.refused ?? 'no mix was found' };
  const bases = engines.flatMap(({ engine }) => ('refused' in engine ? [] : [engine.band.basis]));
  return {
    demands,
    tried,
    mix: result.mix,
    ...(best && 'mix' in best ? { cheapest: best.mix.pricePerHour } : {}),
    ...(worst && 'mix' in worst ? { dearest: worst.mix.pricePerHour } : {}),
    alone: kinds.map((kind) => ({ label: kind.label, mix: aloneMix(kind, demands) })),
    basis: bases[0] ?? '',
  };
}

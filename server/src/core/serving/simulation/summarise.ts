/** The result of a simulation, read from its records. */
import type { Percentiles } from './histogram.ts';
import type { Recorder } from './recorder.ts';
import type { Replica } from './replica.ts';
import type { RequestTable } from './request-table.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { SeriesPoint } from './step-series.ts';

export interface SimulationResult {
  /** Ended early because it was cancelled. */
  readonly cancelled: boolean;
  readonly finished: number;
  /** Requests that are longer than the cache or the step allows. */
  readonly rejected: number;
  /** From the first arrival to the last end. */
  readonly seconds: number;
  /** Requests per second over the time in which they arrived; NaN when all came at once. */
  readonly offeredRate: number;
  readonly requestsPerSecond: number;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Seconds. */
  readonly ttft: Percentiles;
  readonly tpot: Percentiles;
  readonly itl: Percentiles;
  readonly endToEnd: Percentiles;
  /** Share of the requests within the service level, and their rate; absent without one. */
  readonly goodput?: { readonly share: number; readonly requestsPerSecond: number; readonly outputTokensPerSecond: number };
  readonly preemptions: number;
  /** Share of the prompt tokens that were found in the cache. */
  readonly prefixHitShare: number;
  /** Over time: requests in the system, waiting, and the share of KV blocks in use with its highest. */
  readonly meanInSystem: number;
  readonly meanWaiting: number;
  readonly kvMeanShare: number;
  readonly kvPeakShare: number;
  /** Share of the time in which engines compute, in steps with prompts and in decode steps alone. */
  readonly busyShare: number;
  readonly prefillShare: number;
  readonly decodeShare: number;
  readonly steps: number;
  readonly meanStepSeconds: number;
  readonly series: readonly SeriesPoint[];
}

interface Ended {
  readonly options: SimulationOptions;
  readonly table: RequestTable;
  readonly recorder: Recorder;
  readonly replicas: readonly Replica[];
  readonly prefills: readonly Replica[];
  readonly firstArrival: number;
  readonly lastArrival: number;
  readonly cancelled: boolean;
}

export function summarise({ options, table, recorder, replicas, prefills, firstArrival, lastArrival, cancelled }: Ended): SimulationResult {
  const all = [...prefills, ...replicas];
  const start = Number.isNaN(firstArrival) ? 0 : firstArrival;
  const seconds = Math.max(0, recorder.lastEnd - start);
  const per = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  const sum = (read: (replica: Replica) => number) => all.reduce((total, replica) => total + read(replica), 0);
  const overReplicas = (amount: number) => (seconds > 0 ? amount / seconds / all.length : 0);
  const arriving = lastArrival - start;
  const decided = recorder.finished + recorder.rejected;
  return {
    cancelled,
    finished: recorder.finished,
    rejected: recorder.rejected,
    seconds,
    offeredRate: arriving > 0 ? (table.total - 1) / arriving : Number.NaN,
    requestsPerSecond: per(recorder.finished),
    inputTokensPerSecond: per(recorder.promptTokens),
    outputTokensPerSecond: per(recorder.outputTokens),
    promptTokens: recorder.promptTokens,
    outputTokens: recorder.outputTokens,
    ttft: recorder.ttft.percentiles(),
    tpot: recorder.tpot.percentiles(),
    itl: recorder.itl.percentiles(),
    endToEnd: recorder.endToEnd.percentiles(),
    ...(options.slo === undefined
      ? {}
      : {
          goodput: {
            share: decided === 0 ? 0 : recorder.good / decided,
            requestsPerSecond: per(recorder.good),
            outputTokensPerSecond: per(recorder.goodTokens),
          },
        }),
    preemptions: recorder.preemptions,
    prefixHitShare: recorder.hitTokens / Math.max(1, recorder.hitTokens + recorder.computedTokens),
    meanInSystem: per(sum(({ presentSeconds }) => presentSeconds)),
    meanWaiting: per(sum(({ waitingSeconds }) => waitingSeconds)),
    kvMeanShare: overReplicas(sum(({ usedSeconds, pool }) => usedSeconds / pool.blocks)),
    kvPeakShare: Math.max(...all.map(({ pool }) => pool.peak / pool.blocks)),
    busyShare: overReplicas(sum(({ busySeconds }) => busySeconds)),
    prefillShare: overReplicas(recorder.prefillSeconds),
    decodeShare: overReplicas(recorder.decodeSeconds),
    steps: recorder.steps,
    meanStepSeconds: recorder.steps === 0 ? 0 : (recorder.prefillSeconds + recorder.decodeSeconds) / recorder.steps,
    series: recorder.series.read(),
  };
}

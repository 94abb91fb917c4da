/** What a reader makes of one measured file. Plain data. */
import type { Bytes, Seconds } from '../units.ts';
import type { Recording } from './recorder.ts';

export const traceFormats = {
  kineto: 'PyTorch profiler',
  chrome: 'Chrome trace',
  nsight: 'Nsight Systems',
  'megatron-log': 'Megatron-LM log',
  'vllm-log': 'vLLM log',
} as const;
export type TraceFormat = keyof typeof traceFormats;

/** One GPU, or one rank, of a file that holds several or that names it. */
export interface DeviceOrigin {
  readonly device: number;
  readonly name?: string;
  readonly rank?: number;
  /** Rank of the pipeline. */
  readonly stage?: number;
  /** The rank is the number of a process that nothing names. */
  readonly assumed?: boolean;
}

/** What the file says about where and with what it was made. */
export interface TraceOrigin {
  readonly rank?: number;
  readonly worldSize?: number;
  /** As the driver names it, e.g. "NVIDIA H100 80GB HBM3". */
  readonly gpu?: string;
  /** e.g. "PyTorch 2.8", "NCCL 2.27.3". */
  readonly software: readonly string[];
  readonly devices?: readonly DeviceOrigin[];
  /** Exported by Rooflint itself. */
  readonly isPrediction?: true;
}

/** Numbers told line by line, with their usual value (the median) and how far they spread. */
export interface Series {
  readonly count: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Iteration lines of Megatron-LM. */
export interface TrainingLog {
  readonly kind: 'training';
  readonly step?: Series;
  readonly globalBatch?: number;
  /** As it counts them itself. */
  readonly flopsPerGpu?: Series;
  readonly tokensPerSecondPerGpu?: Series;
  /** Most bytes any rank allocated and reserved. */
  readonly allocated?: Bytes;
  readonly reserved?: Bytes;
  /** Its own timers, in seconds of a step on the slowest rank. */
  readonly timers: readonly { readonly name: string; readonly seconds: Seconds }[];
}

/** Start-up and statistics lines of vLLM. */
export interface ServingLog {
  readonly kind: 'serving';
  readonly weights?: Bytes;
  readonly activations?: Bytes;
  readonly graphs?: Bytes;
  readonly kvCache?: Bytes;
  readonly kvTokens?: number;
  /** Requests of `contextTokens` that fit at once. */
  readonly concurrency?: number;
  readonly contextTokens?: number;
  readonly promptRate?: Series;
  readonly generationRate?: Series;
  readonly running?: Series;
  /** Seconds per token of an answer: running requests over generated tokens per second. */
  readonly perToken?: Series;
}

export interface MeasuredTrace {
  /** File name, for people. */
  readonly name: string;
  readonly format: TraceFormat;
  readonly bytes: Bytes;
  readonly origin: TraceOrigin;
  /** Kernels; absent in logs. */
  readonly recording?: Recording;
  readonly log?: TrainingLog | ServingLog;
  /** Why the file ended early, and what was read until then. */
  readonly broken?: string;
}

/** Median and tenth and ninetieth percentile. */
export function seriesOf(values: readonly number[]): Series | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: values.length, median: at(0.5), low: at(0.1), high: at(0.9) };
}

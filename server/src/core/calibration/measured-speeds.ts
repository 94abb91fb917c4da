/**
 * What a measured run showed of one kind of GPU under one kind of software, against the model: how many times as long kernels and
 * collectives took as predicted. A factor above 1 is slower than the model.
 */
import type { Seconds } from '../units.ts';

/** A factor of time with what it rests on. */
export interface MeasuredFactor {
  readonly slowdown: number;
  readonly samples: number;
  /** Between the shortest and the longest sample, as a share of their mean. */
  readonly spread: number;
}

export const calibratedCollectives = ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'send-recv'] as const;
export type CalibratedCollective = (typeof calibratedCollectives)[number];
export type LinkLevel = 'intra-node' | 'inter-node';

/** One kind of collective on one level of the network. */
export interface MeasuredCollective {
  readonly kind: CalibratedCollective;
  readonly level: LinkLevel;
  /** Factors of the fixed part of its time, and of the part that grows with the bytes. */
  readonly latency: number;
  readonly rate: number;
  /** Bus bandwidth of the largest messages as nccl-tests counts it, bytes per second. */
  readonly bandwidth: number;
  readonly samples: number;
  readonly spread: number;
}

export interface MeasuredSpeeds {
  /** What people know it by: the measured files. */
  readonly name: string;
  /** Id of the accelerator, and the framework by whose habits the job ran. */
  readonly gpu: string;
  readonly software: string;
  /** The fitted parameters it was made against: factors mean nothing beside others. */
  readonly model: string;
  /** The configuration that was run. */
  readonly configuration: string;
  readonly gemm?: MeasuredFactor;
  readonly attention?: MeasuredFactor;
  readonly memoryBound?: MeasuredFactor;
  /** Host seconds to issue one operator. */
  readonly hostOperator?: { readonly seconds: Seconds; readonly samples: number };
  readonly collectives: readonly MeasuredCollective[];
}

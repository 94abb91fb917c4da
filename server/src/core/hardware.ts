/** The types of a data sheet. Values live in `data/`; the core receives them as arguments. */
import type { MeasuredSpeeds } from './calibration/measured-speeds.ts';
import type { LearnedProducts } from './compute/learned.ts';
import type { Bytes, BytesPerSecond, FlopsPerSecond, Seconds } from './units.ts';

/** `datasheet`: the vendor's figure; `measured`: by a cited benchmark; `assumed`: ours, and shown as such. */
export type FigureKind = 'datasheet' | 'measured' | 'assumed';

export interface Figure<Q extends number = number> {
  readonly value: Q;
  /** The unit as printed in the source, e.g. "GB/s". */
  readonly unit: string;
  readonly source: string;
  readonly kind: FigureKind;
}

/** One accelerator. Dense rates only: a sparse figure never enters. */
export interface Accelerator {
  readonly id: string;
  readonly label: string;
  readonly vendor: string;
  readonly architecture: string;
  /** Other spellings met in files and logs, lower case. */
  readonly aliases: readonly string[];
  /** NVIDIA compute capability such as 9.0, absent elsewhere. */
  readonly computeCapability?: number;
  /** `usable` is what the driver offers a process; absent means nobody reported it, and the capacity is the upper bound. */
  readonly memory: { readonly capacity: Figure<Bytes>; readonly usable?: Figure<Bytes>; readonly bandwidth: Figure<BytesPerSecond> };
  /** Dense matrix peak by number format. */
  readonly peak: { readonly [format in 'fp32' | 'tf32' | 'fp16' | 'bf16' | 'fp8' | 'int8' | 'fp4']?: Figure<FlopsPerSecond> };
  /** One direction, per GPU, to the other GPUs of the node. Absent: PCIe only. */
  readonly scaleUp?: {
    readonly kind: string;
    readonly bandwidth: Figure<BytesPerSecond>;
    /** GPUs one such network joins when that is more than a node, e.g. 72 in an NVL72 rack. */
    readonly domainGpus?: number;
    /** How the links run: through a switch (the default), straight to each neighbour, to every other GPU, or as a torus. */
    readonly wiring?: 'switch' | 'direct' | 'mesh' | 'torus';
    /** Axes of the torus. */
    readonly axes?: number;
    /** Without a switch: what one GPU can send inside an aligned group of that many, smallest first. */
    readonly within?: readonly { readonly gpus: number; readonly bandwidth: Figure<BytesPerSecond> }[];
  };
  /** A bridge that joins so many of these cards, sold separately: used only where a configuration says that it is there. */
  readonly bridge?: { readonly gpus: number; readonly bandwidth: Figure<BytesPerSecond> };
  readonly pcie?: Figure<BytesPerSecond>;
  /** False: the driver does not let such cards reach each other's memory over PCIe, so traffic goes through the host. */
  readonly peerAccess?: boolean;
  readonly tdpWatts?: Figure;
  readonly smCount?: Figure;
  readonly l2?: Figure<Bytes>;
}

/** A network between nodes, one direction, per GPU. */
export interface Network {
  readonly id: string;
  readonly label: string;
  readonly bandwidthPerGpu: Figure<BytesPerSecond>;
  readonly latency: Figure<Seconds>;
}

/** A cluster as the estimate sees it: one kind of GPU, two network levels. */
export interface Cluster {
  readonly accelerator: Accelerator;
  readonly gpusPerNode: number;
  readonly nodes: number;
  readonly scaleOut: Network;
  readonly pricePerGpuHour?: number;
  /** What a run of the same software measured on such GPUs, where the workspace holds a calibration. */
  readonly measured?: MeasuredSpeeds;
  /** Learned times of products on this accelerator, where estimates of serving are the better for them. */
  readonly learned?: LearnedProducts;
}

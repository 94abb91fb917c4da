/** The parts of a step that prediction and measurement share: the step-time terms of the estimate, as far as a trace can tell them apart. */
import type { Dimension } from './collective.ts';
import type { CollectiveKind, KernelKind } from './kernel-kind.ts';

export const partIds = [
  'gemm',
  'attention',
  'memory-bound',
  'pass',
  'tensor',
  'context',
  'expert',
  'pipeline',
  'shard',
  'gradient-reduction',
  'parameter-gather',
  'other-communication',
  'optimizer',
  'copy',
  'idle',
] as const;
export type PartId = (typeof partIds)[number];

/** `terms`: the terms of the step time (core/training/step-terms.ts) whose seconds the part holds. */
export interface PartInfo {
  readonly label: string;
  readonly terms: readonly string[];
}

const computing = ['time.compute', 'time.recompute'];
export const partInfo: Readonly<Record<PartId, PartInfo>> = {
  pass: {
    label: 'Forward and backward passes',
    terms: [...computing, 'time.tensor', 'time.context', 'time.expert', 'time.shard'],
  },
  gemm: { label: 'Matrix products', terms: computing },
  attention: { label: 'Attention', terms: computing },
  'memory-bound': { label: 'Memory-bound kernels', terms: computing },
  tensor: { label: 'Waiting for TP', terms: ['time.tensor'] },
  context: { label: 'Waiting for CP', terms: ['time.context'] },
  expert: { label: 'Waiting for EP', terms: ['time.expert'] },
  pipeline: { label: 'Waiting for PP', terms: ['time.transfers'] },
  shard: { label: 'Waiting for sharded parameters', terms: ['time.shard'] },
  'gradient-reduction': { label: 'Gradient reduction not hidden', terms: ['time.gradient-reduction'] },
  'parameter-gather': { label: 'Parameter gathering not hidden', terms: ['time.parameter-gather'] },
  'other-communication': { label: 'Other communication', terms: [] },
  optimizer: { label: 'Optimizer', terms: ['time.optimizer'] },
  copy: { label: 'Copies', terms: [] },
  idle: { label: 'GPU idle', terms: ['time.host', 'time.bubble'] },
};

/** What a trace of whole passes cannot tell apart. */
export const insidePasses: ReadonlySet<PartId> = new Set(['gemm', 'attention', 'memory-bound', 'tensor', 'context', 'expert', 'shard']);

/** Which part a kernel that computes counts as. */
const ofComputation: Readonly<Partial<Record<KernelKind, PartId>>> = {
  gemm: 'gemm',
  'grouped-gemm': 'gemm',
  attention: 'attention',
  'memory-bound': 'memory-bound',
  other: 'memory-bound',
  optimizer: 'optimizer',
  copy: 'copy',
  pass: 'pass',
};

/**
 * The part of a kernel. `layerwise`: parameters are gathered and gradients scattered layer by layer (ZeRO stage 3, FSDP), so that data
 * parallel traffic is waiting for shards.
 */
export function partOf(kind: KernelKind, dimension: Dimension, layerwise: boolean): PartId {
  const own = ofComputation[kind];
  if (own) return own;
  if (dimension !== 'data') return dimension === 'unknown' ? 'other-communication' : dimension;
  if (layerwise) return 'shard';
  return partOfData(kind as CollectiveKind);
}

function partOfData(kind: CollectiveKind): PartId {
  if (kind === 'all-gather' || kind === 'broadcast') return 'parameter-gather';
  return kind === 'all-reduce' || kind === 'reduce-scatter' ? 'gradient-reduction' : 'other-communication';
}

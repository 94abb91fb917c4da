/**
 * Fields that count something and are written by users, with the name used in messages and the largest value that is
 * still believable. The limits are generous round numbers above every published configuration, not measurements.
 */
import type { JobFields } from '../../job-fields.ts';

type CountField = { [F in keyof JobFields]: JobFields[F] extends number ? F : never }[keyof JobFields];

export const countedFields = {
  'parallel.tensor': { label: 'TP', most: 1024 },
  'parallel.pipeline': { label: 'PP', most: 1024 },
  'parallel.virtualStages': { label: 'VPP', most: 1024 },
  'parallel.layersPerVirtualStage': { label: 'Layers per virtual stage', most: 10_000 },
  'parallel.context': { label: 'CP', most: 4096 },
  'parallel.expert': { label: 'EP', most: 4096 },
  'parallel.data': { label: 'DP', most: 1_000_000 },
  'batch.micro': { label: 'Micro batch', most: 100_000 },
  'batch.global': { label: 'Global batch', most: 100_000_000 },
  'batch.accumulation': { label: 'Gradient accumulation', most: 1_000_000 },
  'sequence.length': { label: 'Sequence length', most: 100_000_000 },
  'model.layers': { label: 'Number of layers', most: 10_000 },
  'model.hidden': { label: 'Hidden size', most: 1_000_000 },
  'model.heads': { label: 'Number of attention heads', most: 10_000 },
  'model.kvHeads': { label: 'Number of KV heads', most: 10_000 },
  'model.headDim': { label: 'Head size', most: 100_000 },
  'model.ffn': { label: 'FFN size', most: 10_000_000 },
  'model.vocab': { label: 'Vocabulary', most: 100_000_000 },
  'model.maxPositions': { label: 'Number of positions', most: 1_000_000_000 },
  'cluster.gpusPerNode': { label: 'GPUs per node', most: 1024 },
  'cluster.nodes': { label: 'Number of nodes', most: 100_000 },
  'cluster.gpus': { label: 'Number of GPUs', most: 10_000_000 },
  'serving.maxModelLen': { label: 'Context', most: 1_000_000_000 },
  'serving.maxSequences': { label: 'Number of sequences', most: 1_000_000 },
  'serving.maxBatchedTokens': { label: 'Batched tokens', most: 1_000_000_000 },
  'serving.blockSize': { label: 'Block size', most: 1_000_000 },
  'serving.decodeContextParallel': { label: 'Decode context parallelism', most: 1024 },
  'serving.dataParallel': { label: 'DP', most: 100_000 },
} as const satisfies { readonly [F in CountField]?: { readonly label: string; readonly most: number } };

export type CountedField = keyof typeof countedFields;
export const countedNames = Object.keys(countedFields) as readonly CountedField[];

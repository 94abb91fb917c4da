/** Model shapes and jobs for the tables of this folder. */

import { completeModel } from '../../server/src/core/complete-model.ts';
import type { Cluster } from '../../server/src/core/hardware.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import type { ModelShape } from '../../server/src/core/model-shape.ts';
import { completeTraining } from '../../server/src/core/training/complete-training.ts';
import { findAccelerator, findNetwork } from '../../server/src/data/index.ts';

interface Sizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocab: number;
  readonly kvHeads?: number;
  readonly ffn?: number;
  readonly maxPositions?: number;
}

function shapeOf(fields: PartialJob): ModelShape {
  const completed = completeModel(fields, 1);
  if (!('model' in completed)) throw new Error(JSON.stringify(completed));
  return completed.model;
}

const sizeFields = (sizes: Sizes): PartialJob => ({
  'model.layers': sizes.layers,
  'model.hidden': sizes.hidden,
  'model.heads': sizes.heads,
  'model.vocab': sizes.vocab,
  ...(sizes.kvHeads === undefined ? {} : { 'model.kvHeads': sizes.kvHeads }),
  ...(sizes.ffn === undefined ? {} : { 'model.ffn': sizes.ffn }),
  'model.maxPositions': sizes.maxPositions ?? 2048,
});

export function gpt3(sizes: Sizes): ModelShape {
  return shapeOf({ ...sizeFields(sizes), 'model.gatedMlp': false, 'model.tiedEmbeddings': true });
}

export function llama(sizes: Sizes): ModelShape {
  return shapeOf({ ...sizeFields(sizes), 'model.gatedMlp': true, 'model.tiedEmbeddings': false });
}

export function cluster(gpu: string, nodes: number): Cluster {
  const accelerator = findAccelerator(gpu);
  const scaleOut = findNetwork('infiniband-hdr-200');
  if (!accelerator || !scaleOut) throw new Error(`no data for ${gpu}`);
  return { accelerator, gpusPerNode: 8, nodes, scaleOut };
}

/** GPT-3 175B on 1,024 A100 80 GB: TP 8, PP 8, DP 16, sequence parallel, selective recomputation, distributed optimizer. */
export const gpt3OnThousand: PartialJob = {
  'model.layers': 96,
  'model.hidden': 12288,
  'model.heads': 96,
  'model.ffn': 49152,
  'model.vocab': 51200,
  'model.gatedMlp': false,
  'parallel.tensor': 8,
  'parallel.pipeline': 8,
  'parallel.data': 16,
  'parallel.sequence': true,
  'recompute.granularity': 'selective',
  'zero.stage': 1,
  'batch.global': 1536,
  'batch.micro': 1,
  'sequence.length': 2048,
  'precision.compute': 'bf16',
  'attention.kernel': 'unfused',
  'cluster.gpus': 1024,
};

export function trainingJob(fields: PartialJob, gpu = 'a100-sxm-80gb', nodes = 128) {
  const completed = completeTraining({ ...gpt3OnThousand, ...fields }, 'megatron-lm', cluster(gpu, nodes));
  if ('refusal' in completed) throw new Error(completed.refusal.why);
  return completed.job;
}

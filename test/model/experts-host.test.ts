/** What the host costs a layer with experts, and what fused kernels of experts spare the device. */
import { describe, expect, it } from 'vitest';
import type { TrainingEstimate } from '../../server/src/core/estimate.ts';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { cluster, gpt3OnThousand } from './shapes.ts';

const machine = cluster('b200', 1);
const experts: PartialJob = {
  ...gpt3OnThousand,
  'model.layers': 8,
  'model.hidden': 2048,
  'model.heads': 32,
  'model.ffn': 6144,
  'model.gatedMlp': true,
  'model.experts': 128,
  'model.expertsPerToken': 8,
  'model.expertFfn': 768,
  'parallel.tensor': 1,
  'parallel.pipeline': 1,
  'parallel.virtualStages': 1,
  'parallel.data': 8,
  'parallel.expert': 8,
  'parallel.expertTensor': 1,
  'parallel.expertDispatch': 'deepep',
  'cluster.gpus': 8,
  'batch.global': 64,
  'batch.micro': 8,
  'batch.accumulation': 1,
  'recompute.granularity': 'none',
  'precision.fp8': true,
  'precision.fp8Recipe': 'mx',
};

function step(fields: PartialJob): number {
  const result = estimateJob({ ...experts, ...fields }, 'megatron-lm', machine) as { readonly estimate?: TrainingEstimate };
  if (!result.estimate) throw new Error(JSON.stringify(result));
  return result.estimate.time.step.value;
}

describe('layers of experts', () => {
  it('wait for the host however much the device has to do, unless tokens are dropped', () => {
    expect(step({})).toBeGreaterThan(1.02 * step({ 'model.expertCapacityFactor': 1 }));
  });

  it('issue more operators with MX scales, which shows where the host is the slower one', () => {
    const short: PartialJob = { 'batch.micro': 1, 'batch.global': 8 };
    expect(step(short)).toBeGreaterThan(step({ ...short, 'precision.fp8Recipe': 'tensorwise' }));
  });

  it('move less with fused permutation, and less again with fused experts', () => {
    const graphs: PartialJob = { 'compile.cudaGraphs': 'step' };
    const permuted = step({ ...graphs, 'kernels.fusedPermute': true });
    expect(permuted).toBeLessThan(step(graphs));
    expect(step({ ...graphs, 'kernels.fusedPermute': true, 'kernels.fusedExperts': true })).toBeLessThan(permuted);
  });

  it('gain from a graph of the whole step, which copies what experts keep', () => {
    expect(step({ 'compile.cudaGraphs': 'step' })).toBeLessThan(step({}));
    expect(step({ 'compile.cudaGraphs': 'step' })).toBeGreaterThan(step({ 'compile.cudaGraphs': 'step', 'model.expertCapacityFactor': 1 }));
  });
});

/** Serving jobs for the tests and the screenshots: an 8B Llama on one H100, in the manner of a `vllm serve` script. */
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { findAccelerator, findNetwork } from '../../server/src/data/index.ts';
import type { ServingPanelJob } from '../../server/src/protocol/panel.ts';

const job: PartialJob = {
  'model.name': 'meta-llama/Llama-3.1-8B-Instruct',
  'model.type': 'llama',
  'model.layers': 32,
  'model.hidden': 4096,
  'model.heads': 32,
  'model.kvHeads': 8,
  'model.headDim': 128,
  'model.ffn': 14336,
  'model.vocab': 128256,
  'model.maxPositions': 131072,
  'model.tiedEmbeddings': false,
  'model.gatedMlp': true,
  'model.activation': 'swiglu',
  'model.normalization': 'rmsnorm',
  'model.positionEmbedding': 'rope',
  'model.dtype': 'bf16',
  'parallel.tensor': 1,
  'parallel.pipeline': 1,
  'serving.dataParallel': 1,
  'serving.maxModelLen': 8192,
  'serving.maxSequences': 256,
  'serving.gpuMemoryUtilization': 0.9,
};

/** A statement of what is asked of the server, with limits. */
export const statedLoad: PartialJob = {
  'load.requestRate': 12,
  'load.inputTokens': 1000,
  'load.outputTokens': 200,
  'load.firstTokenLimit': 0.2,
  'load.perTokenLimit': 0.02,
};

export function sampleServer(more: PartialJob = {}, version = 1): ServingPanelJob {
  const [accelerator, scaleOut] = [findAccelerator('h100-sxm-80gb'), findNetwork('infiniband-ndr-400')];
  if (!accelerator || !scaleOut) throw new Error('the data sheets are gone');
  return {
    uri: 'file:///workspace/serve.sh',
    version,
    title: 'serve.sh',
    gpu: accelerator.label,
    summary: [
      { label: 'GPUs', text: '1' },
      { label: 'Memory per GPU', text: '71.9 GiB of 79.1 GiB (68 to 75)' },
      { label: 'KV cache', text: '448 K tokens', title: 'Of one replica' },
      { label: 'Full contexts at once', text: '54.7' },
    ],
    assumptions: ['Max batched tokens: 8192 (default of vLLM)'],
    job: { ...job, ...more },
    runsAs: 'vllm',
    cluster: { accelerator, scaleOut, gpusPerNode: 8, nodes: 1, pricePerGpuHour: 2.5 },
  };
}

/**
 * TensorRT-LLM: a share of what is free after weights and a dry run of the largest batch. Sources: tensorrt_llm/llmapi/llm_args.py (KvCacheConfig,
 * TorchLlmArgs), tensorrt_llm/_torch/pyexecutor/_util.py (KvCacheCreator), release 1.0.
 */
import { GiB } from '../../units.ts';
import { encoderPeak, forwardPeak, samplerPeak } from '../memory/activation-peak.ts';
import { plainPool } from '../memory/kv-pool.ts';
import { contextBytes, type Engine } from './engine.ts';
import { freeSharePool } from './free-share.ts';

const logitBytes = 2 + 4;

export const tensorRtLlm: Engine = {
  id: 'tensorrt-llm',
  label: 'TensorRT-LLM',
  shareField: 'serving.freeMemoryShare',
  defaults: () => ({ sequences: 2048, batchedTokens: 8192, share: 0.9, blockSize: 32, why: "TensorRT-LLM's default (llmapi/llm_args.py)" }),
  overhead: (job) => ({
    activation: Math.max(
      forwardPeak(job, job.maxBatchedTokens),
      samplerPeak(job, Math.min(job.maxSequences, job.maxBatchedTokens), logitBytes),
      encoderPeak(job),
    ),
    outside: contextBytes + (job.tensor * job.pipeline > 1 ? GiB(0.2) : 0),
    captured: job.enforceEager ? 0 : GiB(1),
  }),
  pool: (job, question) =>
    freeSharePool(job, question, question.activation + question.outside - contextBytes, {
      share: 'free_gpu_memory_fraction',
      held: 'activations of the largest batch',
      source: 'tensorrt_llm/_torch/pyexecutor/_util.py',
    }),
  tokens: plainPool,
};

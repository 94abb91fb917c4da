/**
 * LMDeploy's PyTorch engine: a share of what is free after the weights, less buffers for the logits of a prefill. Sources: lmdeploy/pytorch/config.py
 * (CacheConfig), lmdeploy/pytorch/engine/executor/base.py (_get_runtime_size).
 */
import { GiB } from '../../units.ts';
import { plainPool } from '../memory/kv-pool.ts';
import { contextBytes, type Engine } from './engine.ts';
import { freeSharePool } from './free-share.ts';

export const lmdeploy: Engine = {
  id: 'lmdeploy',
  label: 'LMDeploy',
  shareField: 'serving.freeMemoryShare',
  defaults: ({ accelerator }) => ({
    // get_max_batch_size: 256 on A100, A800 and H100-like cards, 128 elsewhere.
    sequences: /a100|a800|h\d00/i.test(accelerator.id) ? 256 : 128,
    batchedTokens: 8192,
    share: 0.8,
    blockSize: 64,
    why: "LMDeploy's default (lmdeploy/messages.py, PytorchEngineConfig)",
  }),
  overhead: (job) => ({
    // Room for the logits of a whole prefill and two batches, in 16 bits.
    activation: (job.maxBatchedTokens + 2 * job.maxSequences) * job.model.vocab * 2,
    outside: contextBytes,
    captured: job.enforceEager ? 0 : GiB(1),
  }),
  pool: (job, question) =>
    freeSharePool(job, question, question.activation, {
      share: 'cache_max_entry_count',
      held: 'runtime buffers',
      source: 'lmdeploy/pytorch/engine/executor/base.py _get_runtime_size',
    }),
  tokens: plainPool,
};

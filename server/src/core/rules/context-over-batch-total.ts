/** The tokens of all requests together must hold the longest one. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

/** What each engine says of a pool of a stated size. */
const says: { readonly [framework: string]: string } = {
  tgi: '"`max_total_tokens` must be <= `max_batch_total_tokens`"',
  sglang: 'SGLang starts, then answers "Input length ({} tokens) exceeds the maximum allowed length"',
  'tensorrt-llm': 'TensorRT-LLM cuts max_seq_len to what the KV cache holds',
};

export const contextOverBatchTotal = defineRule({
  id: 'context-over-batch-total',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['tgi', 'sglang', 'tensorrt-llm'],
  reads: ['serving.maxModelLen', 'serving.maxKvTokens'],
  check({ job, framework, sources, report }) {
    const { 'serving.maxModelLen': context, 'serving.maxKvTokens': pool } = job;
    if (!isCount(context) || !isCount(pool) || context <= pool) return;
    if (!isWritten(sources, 'serving.maxModelLen') || !isWritten(sources, 'serving.maxKvTokens')) return;
    report({
      at: 'serving.maxKvTokens',
      related: ['serving.maxModelLen'],
      severity: framework === 'tgi' ? 'error' : 'warning',
      what: `A KV cache of ${pool} tokens does not hold one request of ${context}`,
      why: says[framework] ?? '',
      advice: `hold ${context} tokens or more, or lower the context`,
      fixes: onlyFix(`Hold ${context} tokens`, 'serving.maxKvTokens', context),
    });
  },
});

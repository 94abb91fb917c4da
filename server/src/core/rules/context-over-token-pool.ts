/** Engines that start anyway refuse or cut requests that their KV cache cannot hold. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { high, low } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

const says: { readonly [framework: string]: string } = {
  sglang: 'SGLang starts, then answers "Input length ({} tokens) exceeds the maximum allowed length ({} tokens)"',
  'tensorrt-llm': 'TensorRT-LLM lowers max_seq_len to what the KV cache holds',
  tgi: '"Not enough memory to handle {} prefill tokens", or requests that wait for ever',
  lmdeploy: 'LMDeploy lowers session_len to what its blocks hold ("session_len is truncated to max_block_num")',
};

export const contextOverTokenPool = defineRule({
  id: 'context-over-token-pool',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['sglang', 'tensorrt-llm', 'tgi', 'lmdeploy'],
  reads: ['serving.maxModelLen'],
  mayRead: ['serving.kvCacheDtype', 'parallel.tensor', 'serving.maxKvTokens'],
  needsEstimate: true,
  check({ job, framework, sources, estimate, report }) {
    const wanted = job['serving.maxModelLen'];
    if (estimate?.kind !== 'serving' || !isCount(wanted) || !isWritten(sources, 'serving.maxModelLen')) return;
    const { kvTokens } = estimate;
    // A pool of stated size, and weights that do not fit at all, have rules of their own.
    if (job['serving.maxKvTokens'] !== undefined || !(high(kvTokens) < wanted) || !(low(kvTokens) > 0)) return;
    const fitting = Math.floor(low(kvTokens) / 64) * 64;
    report({
      at: 'serving.maxModelLen',
      related: ['parallel.tensor', 'serving.kvCacheDtype'],
      what: `The KV cache holds about ${Math.floor(kvTokens.value)} tokens, one request may need ${wanted}`,
      why: says[framework] ?? '',
      advice: `${fitting > 0 ? `lower the context to ${fitting}, ` : ''}raise TP, or use an 8-bit KV cache`,
      fixes:
        fitting > 0 ? onlyFix(`Set the context to ${fitting} tokens (longer requests are refused)`, 'serving.maxModelLen', fitting) : [],
    });
  },
});

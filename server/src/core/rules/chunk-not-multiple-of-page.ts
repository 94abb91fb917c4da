/** A chunk of a prompt fills whole pages of the KV cache. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, leavesRemainder, multiplesAround } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const chunkNotMultipleOfPage = defineRule({
  id: 'chunk-not-multiple-of-page',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: ['sglang/chunked-prefill-size'],
  reads: ['serving.maxBatchedTokens', 'serving.blockSize'],
  mayRead: ['serving.role', 'serving.chunkedPrefill'],
  check({ job, sources, report }) {
    const { 'serving.maxBatchedTokens': chunk, 'serving.blockSize': page } = job;
    if (job['serving.role'] === 'decode' || job['serving.chunkedPrefill'] === false || !leavesRemainder(chunk, page)) return;
    if (!isWritten(sources, 'serving.maxBatchedTokens') || !isWritten(sources, 'serving.blockSize')) return;
    const valid = multiplesAround(chunk, page);
    report({
      at: 'serving.maxBatchedTokens',
      related: ['serving.blockSize'],
      what: `Chunks of ${chunk} tokens do not fill whole pages of ${page}`,
      why: '"chunked_prefill_size must be divisible by page_size"',
      advice: `use ${choices(valid, chunk)}`,
      fixes: setFixes('serving.maxBatchedTokens', valid, (value) => `Use chunks of ${value} tokens`),
    });
  },
});

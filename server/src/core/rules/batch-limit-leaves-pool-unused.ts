/** The KV cache holds more than the requests that may run. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { percent } from './shared/format.ts';
import { low } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

/** A pool that can be half full at most is worth a line. */
const worthALine = 0.5;

export const batchLimitLeavesPoolUnused = defineRule({
  id: 'batch-limit-leaves-pool-unused',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang', 'tensorrt-llm', 'lmdeploy'],
  reads: ['serving.maxSequences', 'serving.maxModelLen'],
  mayRead: ['serving.prefixCaching'],
  needsEstimate: true,
  check({ job, sources, estimate, report }) {
    const { 'serving.maxSequences': most, 'serving.maxModelLen': context } = job;
    if (estimate?.kind !== 'serving' || !isCount(most) || !isCount(context) || most === 1) return;
    if (!isWritten(sources, 'serving.maxSequences') || !isWritten(sources, 'serving.maxModelLen')) return;
    const requests = low(estimate.concurrency);
    const used = most / requests;
    if (!(requests > 0) || used >= worthALine) return;
    const fitting = 2 ** Math.floor(Math.log2(requests));
    report({
      at: 'serving.maxSequences',
      related: ['serving.maxModelLen'],
      what: `${most} requests of ${context} tokens fill at most ${percent(used)} of the KV cache`,
      why: `it holds about ${Math.floor(estimate.kvTokens.value)} tokens; ${job['serving.prefixCaching'] === false ? 'the rest is never used' : 'the rest only keeps prefixes'}`,
      advice: `${fitting} requests would fit; a larger batch gives more tokens per second`,
      fixes: setFixes('serving.maxSequences', [fitting], (value) => `Run up to ${value} requests at once`),
    });
  },
});

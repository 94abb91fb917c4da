/** More requests at once than the KV cache can hold push each other out. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { high } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

/** Tokens that a request needs at the very least: a short prompt and a short answer. */
const leastEach = 256;

export const sequencesOverPool = defineRule({
  id: 'sequences-over-pool',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang', 'tensorrt-llm', 'lmdeploy'],
  reads: ['serving.maxSequences'],
  mayRead: ['serving.maxModelLen', 'serving.attentionDataParallel'],
  needsEstimate: true,
  check({ job, sources, estimate, report }) {
    const most = job['serving.maxSequences'];
    if (estimate?.kind !== 'serving' || !isCount(most) || !isWritten(sources, 'serving.maxSequences')) return;
    // Windows give back what is behind them, and each attention group has a pool of its own.
    const held = estimate.heldTokens(leastEach) * Math.max(1, job['serving.attentionDataParallel'] ?? 1);
    const tokens = (held * high(estimate.kvTokens)) / Math.max(1, estimate.kvTokens.value);
    const fitting = Math.floor(tokens / leastEach);
    if (!(tokens > 0) || most <= fitting || fitting < 1 || (job['serving.maxModelLen'] ?? leastEach) < leastEach) return;
    report({
      at: 'serving.maxSequences',
      what: `${most} requests at once share about ${Math.floor(held)} tokens, ${Math.floor(held / most)} each`,
      why: 'requests that grow are preempted and computed again, and graphs and buffers are made for all of them',
      advice: `with ${leastEach} tokens each, ${fitting} fit`,
      fixes: setFixes('serving.maxSequences', [fitting], (value) => `Run at most ${value} requests at once`),
    });
  },
});

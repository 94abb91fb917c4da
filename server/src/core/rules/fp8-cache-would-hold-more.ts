/** A KV cache in 8 bits holds twice the tokens, where tokens are what is short. */
import { defineRule } from '../finding.ts';
import { high } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isLeftOut, isWritten } from './shared/origins.ts';
import { servingGain, times } from './shared/serving-gains.ts';

const firstCapability = 8.9;
const worthALine = 1.3;

export const fp8CacheWouldHoldMore = defineRule({
  id: 'fp8-cache-would-hold-more',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['serving.maxSequences', 'serving.maxModelLen'],
  mayRead: ['serving.kvCacheDtype', 'model.attentionKind'],
  needsEstimate: true,
  check({ job, sources, cluster, estimate, tryChange, report }) {
    const { 'serving.maxSequences': most, 'serving.maxModelLen': context } = job;
    if (!isLeftOut(sources, 'serving.kvCacheDtype') && job['serving.kvCacheDtype'] !== 'bf16') return;
    if (estimate?.kind !== 'serving' || !isCount(most) || !isCount(context)) return;
    if (!isWritten(sources, 'serving.maxSequences') || !isWritten(sources, 'serving.maxModelLen')) return;
    if (!((cluster?.accelerator.computeCapability ?? 0) >= firstCapability) || job['model.attentionKind'] === 'MLA') return;
    // Half the context is what a request holds on average while it is answered.
    if (high(estimate.kvTokens) >= (most * context) / 2 || !(estimate.kvTokens.value > 0)) return;
    const gain = servingGain(estimate, tryChange, { 'serving.kvCacheDtype': 'fp8' });
    if (!gain || gain.tokens < worthALine) return;
    report({
      at: 'serving.maxSequences',
      related: ['serving.maxModelLen', 'serving.kvCacheDtype'],
      what: `An FP8 KV cache would hold ${Math.floor(gain.then.kvTokens.value)} tokens instead of ${Math.floor(estimate.kvTokens.value)}`,
      why: `${most} requests of ${context} tokens are more than the cache holds now; ${times(gain.tokens)} the tokens by the model`,
      advice: 'try --kv-cache-dtype fp8 and compare the answers: it is slightly less exact',
      fixes: [
        {
          title: 'Keep the KV cache in FP8 (slightly less exact)',
          changes: [{ kind: 'set', field: 'serving.kvCacheDtype', value: 'fp8' }],
        },
      ],
    });
  },
});

/** MLA has one latent for all heads, which TP copies to every GPU. */
import { defineRule } from '../finding.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';
import { servingGain, times } from './shared/serving-gains.ts';

const worthALine = 1.2;

export const attentionGroupsWouldHoldMore = defineRule({
  id: 'attention-groups-would-hold-more',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['sglang', 'tensorrt-llm'],
  reads: ['parallel.tensor', 'model.attentionKind'],
  mayRead: ['serving.attentionDataParallel'],
  needsEstimate: true,
  check({ job, framework, sources, estimate, tryChange, report }) {
    const tensor = job['parallel.tensor'];
    if (job['model.attentionKind'] !== 'MLA' || !isCount(tensor) || tensor === 1 || !isWritten(sources, 'parallel.tensor')) return;
    if ((job['serving.attentionDataParallel'] ?? 1) > 1) return;
    const gain = servingGain(estimate, tryChange, { 'serving.attentionDataParallel': tensor });
    if (!gain || !(gain.tokens * tensor >= worthALine) || gain.then.memory.fits === 'no') return;
    const all = gain.then.kvTokens.value * tensor;
    report({
      at: 'parallel.tensor',
      related: ['serving.attentionDataParallel'],
      what: `TP ${tensor} keeps ${tensor} copies of the same KV cache of MLA`,
      why: `data-parallel attention would hold about ${Math.floor(all)} tokens instead of ${Math.floor(gain.now.kvTokens.value)}, ${times(all / gain.now.kvTokens.value)} as many, by the model`,
      advice: framework === 'sglang' ? `add --enable-dp-attention --dp-size ${tensor}` : 'set enable_attention_dp',
    });
  },
});

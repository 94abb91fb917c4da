/** SGLang's drafts know the base model only. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, textIn } from './shared/keys.ts';

const drafts = 'sglang/speculative-algorithm';

export const adaptersWithSpeculativeDecoding = defineRule({
  id: 'adapters-with-speculative-decoding',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: ['sglang/enable-lora', 'sglang/lora-paths'],
  reads: [],
  check({ keys, report }) {
    const method = textIn(keys, drafts);
    if (method === undefined || method.toUpperCase() === 'NGRAM') return;
    if (!isOn(keys, 'sglang/enable-lora') && (isThere(keys, 'sglang/enable-lora') || !isThere(keys, 'sglang/lora-paths'))) return;
    report({
      at: drafts,
      related: ['sglang/enable-lora', 'sglang/lora-paths'],
      what: `Adapters do not go with drafts by ${method}`,
      why: '"Currently LoRA is only compatible with NGRAM speculative decoding."',
      advice: 'draft by NGRAM, or serve the adapters from another server',
      fixes: [{ title: 'Draft by NGRAM', changes: [{ kind: 'set', field: drafts, value: 'NGRAM' }] }],
    });
  },
});

/** A request of Text Generation Inference has room for at least one answered token. */
import { defineRule } from '../finding.ts';
import { numberIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';
import { spellingOf } from './shared/serving.ts';

const inputs = ['tgi/max-input-tokens', 'tgi/max-input-length'] as const;

export const inputTokensNotBelowTotal = defineRule({
  id: 'input-tokens-not-below-total',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['tgi'],
  anyKey: inputs,
  reads: ['serving.maxModelLen'],
  check({ job, keys, sources, report }) {
    const at = spellingOf(keys, inputs);
    const most = at && numberIn(keys, at);
    const total = job['serving.maxModelLen'];
    if (at === undefined || most === undefined || !isWritten(sources, 'serving.maxModelLen') || most < total) return;
    report({
      at,
      related: ['serving.maxModelLen'],
      what: `Prompts of ${most} tokens leave no room for an answer in ${total}`,
      why: '"`max_input_tokens` must be < `max_total_tokens`"',
      advice: 'the difference is the longest answer: lower the input or raise the total',
      fixes:
        total > 1
          ? [
              {
                title: `Take prompts of up to ${Math.max(1, total - 512)} tokens`,
                changes: [{ kind: 'set', field: at, value: total - 512 > 0 ? total - 512 : total - 1 }],
              },
            ]
          : [],
    });
  },
});

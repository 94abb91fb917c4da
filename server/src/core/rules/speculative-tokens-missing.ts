/** How many tokens to guess has no default for most ways of guessing. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { isBefore } from './shared/serving.ts';

const method = 'vllm/speculative-config.method';
const counts = ['vllm/speculative-config.num_speculative_tokens', 'vllm/spec-tokens', 'vllm/num-speculative-tokens'] as const;
/** Methods whose number of tokens no configuration tells. */
const silent: readonly string[] = ['ngram', 'ngram_gpu', 'eagle', 'eagle3', 'draft_model'];

export const speculativeTokensMissing = defineRule({
  id: 'speculative-tokens-missing',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [method],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const written = textIn(keys, method);
    if (written === undefined || !silent.includes(written) || isBefore(job['serving.engineVersion'], '0.8')) return;
    if (counts.some((name) => isThere(keys, name))) return;
    report({
      at: method,
      what: `Drafts by ${written} do not say how many tokens they guess`,
      why: '"num_speculative_tokens must be provided with speculative model unless the draft model config contains an n_predict parameter."',
      advice: 'add "num_speculative_tokens", usually 2 to 5',
    });
  },
});

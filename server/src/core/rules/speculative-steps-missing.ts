/** The shape of a tree of drafts is given whole or not at all. */
import { defineRule, type KeyName } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { spellingOf } from './shared/serving.ts';

const parts: readonly KeyName[] = ['sglang/speculative-eagle-topk', 'sglang/speculative-num-draft-tokens'];
const steps = 'sglang/speculative-num-steps';

export const speculativeStepsMissing = defineRule({
  id: 'speculative-steps-missing',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: parts,
  reads: [],
  check({ keys, report }) {
    const at = spellingOf(keys, parts);
    const method = textIn(keys, 'sglang/speculative-algorithm')?.toUpperCase();
    if (at === undefined || isThere(keys, steps) || isThere(keys, 'sglang/config') || !/^(?:EAGLE3?|NEXTN|STANDALONE)$/.test(method ?? ''))
      return;
    report({
      at,
      what: 'The width of the drafts is given, their number of steps is not',
      why: 'SGLang asserts, without a message, that speculative_num_steps, eagle_topk and num_draft_tokens are set together',
      advice: 'add --speculative-num-steps, or leave all three to SGLang',
    });
  },
});

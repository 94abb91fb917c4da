/** The old and the new name of the longest prompt. */
import { defineRule } from '../finding.ts';
import { isThere } from './shared/keys.ts';

const now = 'tgi/max-input-tokens';
const before = 'tgi/max-input-length';

export const inputLengthGivenTwice = defineRule({
  id: 'input-length-given-twice',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['tgi'],
  anyKey: [before],
  reads: [],
  check({ keys, report }) {
    if (!isThere(keys, now) || !isThere(keys, before)) return;
    report({
      at: before,
      related: [now],
      what: 'The longest prompt is given by its old and its new name',
      why: '"Both `max_input_tokens` and `max_input_length` are set. Please define only"',
      advice: 'keep --max-input-tokens',
      fixes: [{ title: 'Remove the old name', changes: [{ kind: 'remove', field: before }], preferred: true }],
    });
  },
});

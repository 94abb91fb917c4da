/** Megatron-LM rounds the vocabulary up without being asked; parameters and logits grow with it. */
import { defineRule } from '../finding.ts';
import { isCount, leavesRemainder } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const vocabularyPadded = defineRule({
  id: 'vocabulary-padded',
  group: 'memory',
  severity: 'info',
  frameworks: ['megatron-lm'],
  reads: ['model.vocab', 'model.vocabDivisor', 'parallel.tensor'],
  mayRead: ['model.paddedVocab'],
  check({ job, sources, report }) {
    const vocab = job['model.vocab'];
    const unit = job['model.vocabDivisor'] * job['parallel.tensor'];
    if (isWritten(sources, 'model.paddedVocab')) return;
    if (!isCount(unit) || !leavesRemainder(vocab, unit)) return;
    const padded = Math.ceil(vocab / unit) * unit;
    report({
      at: 'model.vocab',
      related: ['model.vocabDivisor', 'parallel.tensor'],
      what: `The vocabulary grows from ${vocab} to ${padded} rows`,
      why: `it is padded to a multiple of ${job['model.vocabDivisor']} x TP ${job['parallel.tensor']} = ${unit}, so checkpoints made with another TP differ in shape`,
      advice: 'nothing to do unless checkpoints of different TP must have the same shape',
    });
  },
});

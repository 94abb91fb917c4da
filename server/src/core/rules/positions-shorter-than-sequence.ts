/** The model must know a position for every token of a sequence. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';

export const positionsShorterThanSequence = defineRule({
  id: 'positions-shorter-than-sequence',
  group: 'batch',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['model.maxPositions', 'sequence.length'],
  mayRead: ['model.positionEmbedding'],
  check({ job, report }) {
    const positions = job['model.maxPositions'];
    const length = job['sequence.length'];
    if (!isCount(positions) || !isCount(length) || positions >= length) return;
    const learned = job['model.positionEmbedding'] === 'learned';
    report({
      at: 'model.maxPositions',
      related: ['sequence.length'],
      what: `Sequences of ${length} tokens exceed the ${positions} positions of the model`,
      why: 'Megatron-LM asks for at least as many positions as the sequence is long',
      advice: `set the positions to ${length} or more`,
      fixes: onlyFix(
        `Set the positions to ${length}${learned ? ' (adds rows to the position embedding)' : ''}`,
        'model.maxPositions',
        length,
      ),
    });
  },
});

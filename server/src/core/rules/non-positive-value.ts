/** Counts and sizes start at one. */
import { defineRule } from '../finding.ts';
import { countedFields, countedNames } from './shared/counted-fields.ts';

export const nonPositiveValue = defineRule({
  id: 'non-positive-value',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'serving', 'model'],
  reads: [],
  mayRead: countedNames,
  check({ job, sources, report }) {
    for (const field of countedNames) {
      const value = job[field];
      // A computed value is wrong because of what it was computed from, which is reported itself.
      if (value === undefined || value >= 1 || sources[field]?.kind === 'derived') continue;
      const { label } = countedFields[field];
      report({
        at: field,
        what: `${label} ${value} is not possible`,
        why: Number.isNaN(value) ? 'it is not a number' : 'it counts something, so it must be at least 1',
        advice: 'use a whole number of 1 or more',
      });
    }
  },
});

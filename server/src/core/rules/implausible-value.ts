/** Values far beyond anything built so far are slips of the keyboard more often than plans. */
import { defineRule } from '../finding.ts';
import { countedFields, countedNames } from './shared/counted-fields.ts';

export const implausibleValue = defineRule({
  id: 'implausible-value',
  group: 'parallelism',
  severity: 'warning',
  kinds: ['training', 'serving', 'model'],
  reads: [],
  mayRead: countedNames,
  check({ job, sources, report }) {
    for (const field of countedNames) {
      const value = job[field];
      const { label, most } = countedFields[field];
      if (value === undefined || !(value > most) || sources[field]?.kind === 'derived') continue;
      report({
        at: field,
        what: `${label} ${value} looks like a slip`,
        why: `values above ${most} are not in use anywhere we know of`,
        advice: 'check the digits',
      });
    }
  },
});

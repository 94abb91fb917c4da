/** The other direction of a formula: which terms of the estimate use a field, for the hover on its key. */
import type { JobField } from '../core/job-fields.ts';
import type { Term } from '../core/term.ts';
import type { JobAnalysis } from './analysis.ts';
import { termsOf } from './terms.ts';

export type Aspect = 'memory' | 'time' | 'traffic' | 'other';

export interface Contribution {
  readonly aspect: Aspect;
  readonly term: Term;
  /** The top term it is part of. */
  readonly of: Term;
}

function aspectOf(term: Term, top: Term): Aspect {
  if (term.unit === 's') return 'time';
  if (term.unit !== 'B') return 'other';
  return /communication|traffic|comm\b/i.test(top.id) ? 'traffic' : 'memory';
}

const uses = (term: Term, field: JobField): boolean => term.inputs?.some((input) => input.field === field) ?? false;

/**
 * The terms whose inputs name the field, largest first within each aspect. A term inside one that is listed already is
 * left out, so nothing is counted twice; the same id under several tops is listed once.
 */
export function contributionsOf(job: JobAnalysis, field: JobField): readonly Contribution[] {
  const found = new Map<string, Contribution>();
  const walk = (term: Term, top: Term): void => {
    if (uses(term, field)) {
      if (term.value !== 0 && !found.has(term.id)) found.set(term.id, { aspect: aspectOf(term, top), term, of: top });
      return;
    }
    for (const child of term.children ?? []) walk(child, top);
  };
  for (const top of termsOf(job)) walk(top, top);
  return [...found.values()].sort((a, b) => (a.term.unit === b.term.unit ? b.term.value - a.term.value : 0));
}

/** The other direction of a formula: which terms of the estimate use a field, for the hover on its key. */
import type { JobField } from '../core/job-fields.ts';
import type { Origin, Sources } from '../core/origin.ts';
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

const uses = (term: Term, fields: ReadonlySet<JobField>): boolean =>
  term.inputs?.some((input) => input.field !== undefined && fields.has(input.field)) ?? false;

/** The field and everything that was derived from it: the global batch acts through the number of micro batches. */
function withDerived(field: JobField, sources: Sources): ReadonlySet<JobField> {
  const reached = new Set([field]);
  const derived = (Object.entries(sources) as [JobField, Origin][]).flatMap(([name, origin]) =>
    origin.kind === 'derived' ? [{ name, from: origin.from }] : [],
  );
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { name, from } of derived) if (from.some((input) => reached.has(input))) reached.add(name);
  }
  return reached;
}

/**
 * The terms whose inputs name the field, or a field derived from it, largest first within each aspect. A term inside one that is listed already is
 * left out, so nothing is counted twice; the same id under several tops is listed once.
 */
export function contributionsOf(job: JobAnalysis, field: JobField): readonly Contribution[] {
  const found = new Map<string, Contribution>();
  const fields = withDerived(field, job.sources);
  // Time that nothing hides is a part of the step and of the communication at once: the same seconds are listed once.
  const isSaid = ({ unit, value }: Term): boolean =>
    unit === 's' && [...found.values()].some((one) => one.term.unit === 's' && one.term.value === value);
  const walk = (term: Term, top: Term): void => {
    if (uses(term, fields)) {
      if (term.value !== 0 && !found.has(term.id) && !isSaid(term)) found.set(term.id, { aspect: aspectOf(term, top), term, of: top });
      return;
    }
    for (const child of term.children ?? []) walk(child, top);
  };
  for (const top of termsOf(job)) walk(top, top);
  return [...found.values()].sort((a, b) => (a.term.unit === b.term.unit ? b.term.value - a.term.value : 0));
}

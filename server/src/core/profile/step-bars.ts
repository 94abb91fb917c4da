/** The step cut into what it is spent on, as one row of bars that follow each other: the leaves of its terms, without those of no time. */
import type { Term } from '../term.ts';

export type BarKind = 'compute' | 'recompute' | 'communication' | 'bubble' | 'optimizer' | 'host';

export interface StepBar {
  readonly kind: BarKind;
  readonly term: Term;
}

const kinds: Readonly<Record<string, BarKind>> = {
  'time.recompute': 'recompute',
  'time.host': 'host',
  'time.bubble': 'bubble',
  'time.optimizer': 'optimizer',
  'time.tensor': 'communication',
  'time.context': 'communication',
  'time.expert': 'communication',
  'time.shard': 'communication',
  'time.transfers': 'communication',
  'time.gradient-reduction': 'communication',
  'time.parameter-gather': 'communication',
};

function leaves(term: Term): readonly Term[] {
  if (term.combine !== 'sum' || term.children === undefined) return [term];
  return term.children.flatMap(leaves);
}

const kindOf = ({ id }: Term): BarKind => kinds[id] ?? (id.startsWith('time.bubble') ? 'bubble' : 'compute');

/** Bars in the order of the step's terms; their values add up to the step. */
export function stepBars(step: Term): readonly StepBar[] {
  return leaves(step)
    .filter(({ value }) => value > 0)
    .map((term) => ({ kind: kindOf(term), term }));
}

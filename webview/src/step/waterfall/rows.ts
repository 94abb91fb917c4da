/** The bars of a step one under the other, each beginning where the one above ends. Pure. */
import type { BarKind, StepBar } from '../../../../server/src/core/profile/step-bars.ts';
import type { Term } from '../../../../server/src/core/term.ts';

export interface WaterfallRow {
  readonly id: string;
  readonly kind: BarKind;
  readonly term: Term;
  /** Where the bar begins and how long it is, as shares of the step. */
  readonly start: number;
  readonly length: number;
}

export const kindLabels: Readonly<Record<BarKind, string>> = {
  compute: 'Computation',
  recompute: 'Recomputation',
  communication: 'Exposed communication',
  bubble: 'Bubble',
  host: 'Host',
  optimizer: 'Optimizer',
};

/** Rows in the order of the step; the last one ends at 1. */
export function waterfallRows(bars: readonly StepBar[], whole: number): readonly WaterfallRow[] {
  let start = 0;
  return bars.map(({ kind, term }) => {
    const length = whole > 0 ? term.value / whole : 0;
    const row = { id: term.id, kind, term, start, length };
    start += length;
    return row;
  });
}

/** Kinds that occur, with their share of the step, in the order of their labels. */
export function kindShares(rows: readonly WaterfallRow[]): readonly (readonly [BarKind, number])[] {
  return (Object.keys(kindLabels) as BarKind[])
    .map((kind) => [kind, rows.filter((row) => row.kind === kind).reduce((sum, { length }) => sum + length, 0)] as const)
    .filter(([, share]) => share > 0);
}

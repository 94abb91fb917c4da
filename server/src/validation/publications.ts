/**
 * A stricter hold-out. The hash of hold-out.ts splits tables, and tables of one publication share software, machine and
 * author; so a held-out table beside an open one of the same publication is no unseen work. Here only publications count
 * as held out of which no table is open.
 */
import { type Figure, groupBy } from './accuracy.ts';
import { type QuantitySummary, summarize } from './summary.ts';

export interface PublicationComparison {
  /** Publications with any figure, and those without an open table. */
  readonly publications: number;
  readonly unseen: number;
  readonly seen: QuantitySummary;
  readonly heldOut: QuantitySummary;
  /** Median error of the unseen publications over that of the others; 1 when there is nothing to compare. */
  readonly ratio: number;
  /** Lowest and highest median of all figures when any one publication is left out; undefined for fewer than two of them. */
  readonly withoutOne: readonly [number, number] | undefined;
}

/** Figures by the publication `publicationOf` names for the id of their row. */
export function holdOutPublications(figures: readonly Figure[], publicationOf: (id: string) => string): PublicationComparison {
  const byPublication = groupBy(figures, ({ id }) => publicationOf(id));
  const isUnseen = (own: readonly Figure[]): boolean => own.every(({ group }) => group.heldOut);
  const unseen = byPublication.filter(([, own]) => isUnseen(own));
  const heldOut = summarize(unseen.flatMap(([, own]) => own));
  const seen = summarize(byPublication.flatMap(([, own]) => (isUnseen(own) ? [] : own)));
  const medians = byPublication.map(([name]) => summarize(figures.filter(({ id }) => publicationOf(id) !== name)).median);
  return {
    publications: byPublication.length,
    unseen: unseen.length,
    seen,
    heldOut,
    ratio: seen.rows > 0 && heldOut.rows > 0 && seen.median > 0 ? heldOut.median / seen.median : 1,
    withoutOne: medians.length < 2 ? undefined : [Math.min(...medians), Math.max(...medians)],
  };
}

/**
 * Bands from residuals. Of memory a residual is |measured / predicted - 1|, because a band is shown around the prediction; of
 * time it is by what share the larger of both exceeds the smaller, so that a step and the rates made of it are off alike.
 * A group has a band of its own when it holds enough rows of enough sources. The band is the smallest share that a new row of
 * the group stays within nine times of ten (the conformal quantile).
 * Sources count alike: a row of a source with n rows weighs 1 / sqrt(n), so that one long table does not speak for all.
 */
import type { BandRegime } from '../core/calibration/band-regime.ts';
import { type BandQuantity, bandLevels, type FittedBand } from '../core/calibration/bands.ts';
import { figuresOf, groupBy } from './accuracy.ts';
import type { ValidationReport } from './run.ts';

export interface Residual {
  readonly quantity: BandQuantity;
  readonly regime: BandRegime;
  readonly source: string;
  readonly size: number;
}

/** Fewer rows or sources than these make no group. */
const leastRows = 8;
const leastSources = 3;
const coverage = 0.9;

const quantities: Readonly<Record<string, BandQuantity>> = { 'peak-memory': 'memory', 'other-memory': 'memory', throughput: 'time' };

/** What sizes a job: a row that leaves one of these out tests the guess more than the model. */
const decisive = new Set<string | undefined>([
  'sequence.length',
  'batch.micro',
  'batch.accumulation',
  'batch.global',
  'model.layers',
  'model.hidden',
  'cluster.gpus',
  'cluster.gpu',
]);

/**
 * Residuals of training rows that state what sizes them; shares of a baseline and activations alone are no memory that a
 * job shows.
 */
export function residualsOf(report: ValidationReport): readonly Residual[] {
  const complete = new Set(
    report.rows.filter(({ assumptions }) => assumptions.every(({ field }) => !decisive.has(field))).map(({ id }) => id),
  );
  return figuresOf(report).flatMap(({ id, kind, field, predicted, measured, group }) => {
    const quantity = quantities[kind];
    if (
      quantity === undefined ||
      !group.regime ||
      !complete.has(id) ||
      /^activation|^model_state/.test(field) ||
      predicted <= 0 ||
      measured <= 0
    )
      return [];
    const ratio = measured / predicted;
    const size = quantity === 'time' ? Math.max(ratio, 1 / ratio) - 1 : Math.abs(ratio - 1);
    return [{ quantity, regime: group.regime, source: group.source, size }];
  });
}

/** Smallest size that holds `coverage` of the weight, with room for one unseen row of mean weight. */
function conformalQuantile(residuals: readonly Residual[]): number {
  const perSource = new Map(groupBy(residuals, ({ source }) => source).map(([source, rows]) => [source, 1 / Math.sqrt(rows.length)]));
  const sorted = [...residuals].sort((a, b) => a.size - b.size);
  const total = sorted.reduce((sum, { source }) => sum + (perSource.get(source) ?? 0), 0);
  const wanted = coverage * (total + total / sorted.length);
  let held = 0;
  for (const { source, size } of sorted) {
    held += perSource.get(source) ?? 0;
    if (held >= wanted - 1e-12) return size;
  }
  return sorted.at(-1)?.size ?? 0;
}

function bandOfGroup(quantity: BandQuantity, level: readonly (keyof BandRegime)[], rows: readonly Residual[]): FittedBand | undefined {
  const first = rows[0];
  const sources = new Set(rows.map(({ source }) => source)).size;
  if (!first || (level.length > 0 && (rows.length < leastRows || sources < leastSources))) return undefined;
  const named = Object.fromEntries(level.map((part) => [part, first.regime[part]]));
  return { quantity, ...named, share: Math.ceil(100 * conformalQuantile(rows)) / 100, rows: rows.length, sources };
}

/** One band per group that is large enough, at every level. */
export function fitBands(residuals: readonly Residual[]): readonly FittedBand[] {
  return (['memory', 'time'] as const).flatMap((quantity) => {
    const own = residuals.filter((residual) => residual.quantity === quantity);
    return bandLevels[quantity].flatMap((level) =>
      groupBy(own, ({ regime }) => level.map((part) => regime[part]).join(' ')).flatMap(
        ([, rows]) => bandOfGroup(quantity, level, rows) ?? [],
      ),
    );
  });
}

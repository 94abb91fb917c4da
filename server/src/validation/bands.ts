/**
 * Bands from residuals. Of memory a residual is |measured / predicted - 1|, because a band is shown around the prediction; of
 * time it is by what share the larger of both exceeds the smaller, so that a step and the rates made of it are off alike.
 * A group has a band of its own when it holds enough rows of enough sources. The band is the smallest share that a new row of
 * the group stays within nine times of ten (the conformal quantile).
 * Sources count alike: a row of a source with n rows weighs 1 / sqrt(n), so that one long table does not speak for all.
 */
import { type BandQuantity, bandLevels, type FittedBand, type Regime, type RegimePart } from '../core/calibration/measured-band.ts';
import type { ServingQuantity } from '../core/calibration/serving-bands.ts';
import { type Figure, figuresOf, groupBy } from './accuracy.ts';
import type { ValidationReport } from './run.ts';

export interface Residual {
  readonly quantity: BandQuantity;
  readonly regime: Regime;
  readonly source: string;
  readonly size: number;
}

/** Fewer rows or sources than these make no group. */
const leastRows = 8;
const leastSources = 3;
const coverage = 0.9;

const trainingQuantities: Readonly<Record<string, 'memory' | 'time'>> = {
  'peak-memory': 'memory',
  'other-memory': 'memory',
  throughput: 'time',
};
const isTime = new Set<BandQuantity>(['time', 'decode', 'prefill', 'throughput']);

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

/** The same of a serving run; a pool hangs on the share of the memory as well. */
const decisiveServing = new Set<string | undefined>(['serving.quantization', 'parallel.tensor', 'load.inputTokens', 'load.outputTokens']);
const decisivePool = new Set<string | undefined>(['serving.gpuMemoryUtilization', 'serving.staticMemoryShare']);

/** Rows whose assumptions are all of other fields. */
function stating(report: ValidationReport, fields: ReadonlySet<string | undefined>): ReadonlySet<string> {
  return new Set(report.rows.filter(({ assumptions }) => assumptions.every(({ field }) => !fields.has(field))).map(({ id }) => id));
}

/** Half the time is as far off as twice the time; of memory the share of the prediction. */
function sizeOf(quantity: BandQuantity, predicted: number, measured: number): number {
  const ratio = measured / predicted;
  return isTime.has(quantity) ? Math.max(ratio, 1 / ratio) - 1 : Math.abs(ratio - 1);
}

/** Sizes of residuals over a table that the project does not hold (`test/validation/token-residuals.json`). */
export interface ForeignTable {
  readonly source: string;
  readonly quantity: string;
  readonly regime: Regime;
  readonly sizes: readonly number[];
}

export const foreignResiduals = (tables: readonly ForeignTable[]): readonly Residual[] =>
  tables.flatMap(({ source, quantity, regime, sizes }) =>
    sizes.map((size) => ({ source, quantity: quantity as BandQuantity, regime, size })),
  );

/** Residuals of all rows whose regime is known. */
export function residualsOf(report: ValidationReport): readonly Residual[] {
  const figures = figuresOf(report).filter(({ predicted, measured }) => predicted > 0 && measured > 0);
  return [...trainingResiduals(report, figures), ...servingResiduals(report, figures)];
}

/**
 * Residuals of training rows that state what sizes them; shares of a baseline and activations alone are no memory that a
 * job shows.
 */
function trainingResiduals(report: ValidationReport, figures: readonly Figure[]): readonly Residual[] {
  const complete = stating(report, decisive);
  return figures.flatMap(({ id, kind, field, predicted, measured, group }) => {
    const quantity = trainingQuantities[kind];
    if (quantity === undefined || !group.regime || !complete.has(id) || /^activation|^model_state/.test(field)) return [];
    return [{ quantity, regime: group.regime, source: group.source, size: sizeOf(quantity, predicted, measured) }];
  });
}

const servingKinds: Readonly<Record<string, ServingQuantity>> = {
  'serving-prompt': 'prefill',
  'serving-token': 'decode',
  'serving-rate': 'throughput',
};
/** Fields that print a pool, the first that a row has, and what else is a band of its own. */
const servingFields: Readonly<Record<string, ServingQuantity>> = {
  weights_gib: 'weights',
  kv_tokens: 'pool',
  gpu_blocks: 'pool',
  kv_cache_gib: 'pool',
  activation_peak_gib: 'overhead',
};

/** A row gives one residual of each quantity, if it states what sizes that. */
function servingResiduals(report: ValidationReport, figures: readonly Figure[]): readonly Residual[] {
  const complete = stating(report, decisiveServing);
  const sized = stating(report, decisivePool);
  const seen = new Set<string>();
  const order = Object.keys(servingFields);
  const sorted = [...figures].sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
  return sorted.flatMap(({ id, kind, field, predicted, measured, group }) => {
    const quantity = servingKinds[kind] ?? (kind === 'serving-load' && /tokens_per_s/.test(field) ? 'throughput' : servingFields[field]);
    if (quantity === undefined || !group.serving || !complete.has(id) || (quantity === 'pool' && !sized.has(id))) return [];
    if (seen.has(`${quantity} ${id}`)) return [];
    seen.add(`${quantity} ${id}`);
    return [{ quantity, regime: group.serving, source: group.source, size: sizeOf(quantity, predicted, measured) }];
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

function bandOfGroup(quantity: BandQuantity, level: readonly RegimePart[], rows: readonly Residual[]): FittedBand | undefined {
  const first = rows[0];
  const sources = new Set(rows.map(({ source }) => source)).size;
  if (!first || (level.length > 0 && (rows.length < leastRows || sources < leastSources))) return undefined;
  const named = Object.fromEntries(level.map((part) => [part, first.regime[part]]));
  return { quantity, ...named, share: Math.ceil(100 * conformalQuantile(rows)) / 100, rows: rows.length, sources };
}

/** One band per group that is large enough, at every level. */
export function fitBands(residuals: readonly Residual[]): readonly FittedBand[] {
  return (Object.keys(bandLevels) as BandQuantity[]).flatMap((quantity) => {
    const own = residuals.filter((residual) => residual.quantity === quantity);
    const levels: readonly (readonly RegimePart[])[] = bandLevels[quantity];
    return levels.flatMap((level) =>
      groupBy(own, ({ regime }) => level.map((part) => regime[part]).join(' ')).flatMap(
        ([, rows]) => bandOfGroup(quantity, level, rows) ?? [],
      ),
    );
  });
}

/** How numbers are written for people: unit near the size of the value, few digits, the band behind it. */
import type { JobField, JobFields, PartialJob } from '../core/job-fields.ts';
import type { Band, Term } from '../core/term.ts';
import type { Unit } from '../core/units.ts';

/** A unit prefix: what the value is divided by and what is written behind it. */
interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

const bytes: readonly Scale[] = [
  { factor: 2 ** 40, suffix: 'TiB' },
  { factor: 2 ** 30, suffix: 'GiB' },
  { factor: 2 ** 20, suffix: 'MiB' },
  { factor: 2 ** 10, suffix: 'KiB' },
  { factor: 1, suffix: 'B' },
];
const seconds: readonly Scale[] = [
  { factor: 86_400, suffix: 'days' },
  { factor: 3600, suffix: 'h' },
  { factor: 1, suffix: 's' },
  { factor: 1e-3, suffix: 'ms' },
  { factor: 1e-6, suffix: 'µs' },
];
const decimal = (unit: string): readonly Scale[] => [
  { factor: 1e18, suffix: `E${unit}` },
  { factor: 1e15, suffix: `P${unit}` },
  { factor: 1e12, suffix: `T${unit}` },
  { factor: 1e9, suffix: `G${unit}` },
  { factor: 1e6, suffix: `M${unit}` },
  { factor: 1e3, suffix: `k${unit}` },
  { factor: 1, suffix: unit },
];
const counts: readonly Scale[] = [
  { factor: 1e12, suffix: 'T' },
  { factor: 1e9, suffix: 'B' },
  { factor: 1e6, suffix: 'M' },
];

const plain = (suffix: string): readonly Scale[] => [{ factor: 1, suffix }];

const scalesOf: { readonly [U in Exclude<Unit, 'count' | '1' | 'USD'>]: readonly Scale[] } = {
  B: bytes,
  s: seconds,
  FLOP: decimal('FLOP'),
  'FLOP/s': decimal('FLOP/s'),
  'B/s': decimal('B/s'),
  'tokens/s': plain('tokens/s'),
  'requests/s': plain('requests/s'),
  tokens: plain('tokens'),
  W: decimal('W'),
  J: decimal('J'),
};

/** Ratios of these kinds are read as shares; other ratios as factors. */
const isShare = /mfu|hfu|share|utili[sz]ation|efficiency|fraction/i;

/** Formatters by their decimals: making one is dear, using one is not. */
const formatters = new Map<string, Intl.NumberFormat>();

/** Thousands separated, with at least and at most so many decimals. */
function grouped(value: number, least = 0, most = least): string {
  const key = `${least} ${most}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat('en-US', { minimumFractionDigits: least, maximumFractionDigits: most });
    formatters.set(key, formatter);
  }
  return formatter.format(value);
}

/** Two decimals below 10, one below 100, none above; thousands separated. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : Number.isNaN(value) ? 'unknown' : '-∞';
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.1 ? 2 : 4;
  return grouped(value, digits === 4 ? 0 : digits, digits);
}

const pick = (value: number, scales: readonly Scale[]): Scale =>
  scales.find((scale) => Math.abs(value) >= scale.factor * 0.9995) ?? scales.at(-1) ?? { factor: 1, suffix: '' };

const scaled = (value: number, { factor, suffix }: Scale): string => `${formatNumber(value / factor)} ${suffix}`.trimEnd();

/** Bytes in the binary unit near their size: `61.2 GiB`. */
export const formatBytes = (value: number): string => scaled(value, pick(value, bytes));
/** Seconds in the unit near their size: `12.3 s`, `340 µs`. */
export const formatSeconds = (value: number): string => scaled(value, pick(value, seconds));
/** A number of things: exact below a million, then `8.03 B`; a small one that is not whole (0.26 requests) keeps its digits. */
export function formatCount(value: number): string {
  if (Math.abs(value) < 100 && !Number.isInteger(value)) return formatNumber(value);
  return Math.abs(value) < 1e6 ? grouped(Math.round(value)) : scaled(value, pick(value, counts));
}
/** A ratio as a percentage: `47 %`. */
export const formatPercent = (ratio: number): string => `${formatShare(ratio)} %`;

function formatShare(ratio: number): string {
  const percent = ratio * 100;
  return Math.abs(percent) >= 10 || percent === 0 ? String(Math.round(percent)) : percent.toFixed(1).replace(/\.0$/, '');
}

/** US dollars: cents below a thousand. */
export const formatMoney = (value: number): string =>
  value >= 1000 ? `$${grouped(value)}` : `$${grouped(value, 2, value < 0.01 ? 4 : 2)}`;

/** A value with its unit, without band. `id` tells shares from factors for the unit `1`. */
export function formatValue(value: number, unit: Unit, id = ''): string {
  if (unit === 'count') return formatCount(value);
  if (unit === 'USD') return formatMoney(value);
  if (unit === '1') return isShare.test(id) ? formatPercent(value) : formatNumber(value);
  if (unit === 'tokens' || unit === 'tokens/s') return `${formatNumber(Math.abs(value) >= 100 ? Math.round(value) : value)} ${unit}`;
  return scaled(value, pick(value, scalesOf[unit]));
}

/** One end of a band in the unit of the value it belongs to: whole where that says enough. */
const bandEnd = (value: number): string => (Math.abs(value) >= 10 ? grouped(Math.round(value)) : formatNumber(value));

/** A band without an upper end: what it grows to cannot be told. */
const orMore = (low: string, high: number, text: (value: number) => string): string =>
  Number.isFinite(high) ? `(${low} to ${text(high)})` : `(${low} or more)`;

function bandText({ low, high }: Band, value: number, unit: Unit, id: string): (end: number) => string {
  if (unit === '1' && isShare.test(id)) return formatShare;
  if (unit === 'count') return formatCount;
  if (unit === 'USD') return formatMoney;
  const factor = unit === '1' ? 1 : pick(value, scalesOf[unit]).factor;
  // Whole numbers that are the same at both ends would hide how far apart they are.
  const isHidden = low < high && bandEnd(low / factor) === bandEnd(high / factor);
  return (end) => (isHidden ? formatNumber : bandEnd)(end / factor);
}

function formatBand(band: Band, value: number, unit: Unit, id: string): string {
  const text = bandText(band, value, unit, id);
  return orMore(text(band.low), band.high, text);
}

/** A term's value with its unit and, when it has one, its band: `71.9 GiB (67 to 77)`. */
export function formatTerm(term: Term): string {
  const value = formatValue(term.value, term.unit, term.id);
  return term.band && term.band.low < term.band.high ? `${value} ${formatBand(term.band, term.value, term.unit, term.id)}` : value;
}

/** A term's band alone, where room is scarce: `67 to 77 GiB`; its value when it has none. */
export function formatRange(term: Term): string {
  const { band, value, unit, id } = term;
  if (!band) return formatTerm(term);
  const ends = formatBand(band, value, unit, id).slice(1, -1);
  if (unit === '1') return isShare.test(id) ? `${ends} %` : ends;
  return unit === 'count' || unit === 'USD' ? ends : `${ends} ${pick(value, scalesOf[unit]).suffix}`;
}

/** A shape in a few words: what it is called, or its layers and width. */
function shapeText(shape: PartialJob): string {
  const { 'model.layers': layers = 0, 'model.hidden': hidden = 0 } = shape;
  return `${grouped(layers)} ${layers === 1 ? 'layer' : 'layers'} of width ${grouped(hidden)}`;
}

/** A field's value as written in hovers: numbers with separators, switches as on and off. */
export function formatFieldValue(value: JobFields[JobField], unit?: string): string {
  if (typeof value === 'object') return shapeText(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  const text = Number.isInteger(value) ? grouped(value) : String(value);
  if (unit === 'bytes') return formatBytes(value);
  // Units of fields are plural nouns; a single thing loses the s.
  return unit ? `${text} ${value === 1 ? unit.replace(/s$/, '') : unit}` : text;
}

/** Parsers for the values of rows. Each takes a setting whose value is known and says what it means, or what is wrong. */
import type { NumberFormat, OptimizerKind } from '../core/job-fields.ts';
import type { Parse, Parsed } from './row.ts';
import type { Setting } from './setting.ts';

/** Words that a template engine replaces before the file is used: `CONFIG_MBSIZE`, `__SHARE__`, `${micro_batch}`, `{{ size }}`. */
const TEMPLATE_WORD = /^(?:__[A-Z][A-Z0-9_]*__|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\$\{.*\}|\$[A-Za-z_]\w*|\{\{.*\}\}|<[^<>]+>)$/;

/** A whole number of at least `minimum`, as Python's `int()` reads it (`300_000_000` is allowed). */
export function integer(minimum: number): Parse<number> {
  return (setting) => {
    const { scalar } = setting;
    if (scalar === null) return 'absent';
    const number = typeof scalar === 'number' ? scalar : typeof scalar === 'string' ? pythonInteger(scalar) : Number.NaN;
    if (typeof scalar === 'string' && TEMPLATE_WORD.test(scalar)) return { unresolved: `${scalar} is filled in by a template` };
    if (!Number.isSafeInteger(number)) return { wrong: `must be a whole number, not ${shown(setting)}` };
    return number < minimum ? { wrong: `must be at least ${minimum}, not ${number}` } : { value: number };
  };
}

/** A count of things: at least one. */
export const count = integer(1);
/** A size that may be zero. */
export const size = integer(0);

/** A count that some programs write as `auto` or `-1`. */
export function countOr(words: readonly string[], filledBy: string): Parse<number> {
  return (setting) => (words.includes(String(setting.scalar)) ? { filledBy } : count(setting));
}

/** A number between the bounds, both included. */
export function ratio(minimum: number, maximum: number): Parse<number> {
  return (setting) => {
    const { scalar } = setting;
    if (scalar === null) return 'absent';
    if (typeof scalar === 'string' && TEMPLATE_WORD.test(scalar)) return { unresolved: `${scalar} is filled in by a template` };
    const number = typeof scalar === 'number' ? scalar : typeof scalar === 'string' && scalar.trim() !== '' ? Number(scalar) : Number.NaN;
    if (Number.isFinite(number) && number >= minimum && number <= maximum) return { value: number };
    return { wrong: `must be between ${minimum} and ${maximum}, not ${shown(setting)}` };
  };
}

/** True for a bare flag, and for the words Python tools accept. */
export const bool: Parse<boolean> = (setting) => {
  const { scalar } = setting;
  if (!setting.given || scalar === true || scalar === 1) return { value: true };
  if (scalar === null) return 'absent';
  if (scalar === false || scalar === 0) return { value: false };
  const word = String(scalar).toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return { value: true };
  if (['false', 'no', 'off', '0'].includes(word)) return { value: false };
  return { wrong: `must be true or false, not ${shown(setting)}` };
};

/** A switch whose mere presence decides; a word after it belongs to something else. */
export function present<T>(value: T): Parse<T> {
  return () => ({ value });
}

/** Any text. */
export const text: Parse<string> = (setting) => {
  if (setting.scalar === null) return 'absent';
  return setting.scalar === undefined ? { wrong: 'needs a value' } : { value: String(setting.scalar) };
};

/** One of a table of words; case does not matter. */
export function word<T>(table: { readonly [word: string]: T }): Parse<T> {
  return (setting) => {
    if (setting.scalar === null) return 'absent';
    const found = lookUp(table, String(setting.scalar ?? ''));
    if (found !== undefined) return { value: found };
    return { wrong: `must be one of ${Object.keys(table).join(', ')}, not ${shown(setting)}` };
  };
}

/** Like `word`, but a word that is not in the table is another program's business and leaves the field unknown. */
export function knownWord<T>(table: { readonly [word: string]: T }): Parse<T> {
  return (setting) => {
    const found = lookUp(table, String(setting.scalar ?? ''));
    return found === undefined ? { unresolved: `${shown(setting)} is not known to Rooflint` } : { value: found };
  };
}

const numberFormats: { readonly [word: string]: NumberFormat } = {
  float32: 'fp32',
  fp32: 'fp32',
  float: 'fp32',
  tf32: 'tf32',
  float16: 'fp16',
  fp16: 'fp16',
  half: 'fp16',
  bfloat16: 'bf16',
  bf16: 'bf16',
  fp8: 'fp8',
  fp8_e4m3: 'fp8',
  fp8_e4m3fn: 'fp8',
  fp8_e5m2: 'fp8',
  fp8_inc: 'fp8',
  e4m3: 'fp8',
  float8_e4m3fn: 'fp8',
  int8: 'int8',
  int4: 'int4',
  nvfp4: 'fp4',
  fp4: 'fp4',
};

/** The number format a word such as `torch.bfloat16` or `half` means. */
export function numberFormatNamed(name: string): NumberFormat | undefined {
  return lookUp(numberFormats, name.replace(/^torch\./, ''));
}

export const numberFormat: Parse<NumberFormat> = (setting): Parsed<NumberFormat> => {
  if (setting.scalar === null) return 'absent';
  const format = numberFormatNamed(String(setting.scalar ?? ''));
  return format === undefined ? { unresolved: `${shown(setting)} is not a number format Rooflint knows` } : { value: format };
};

/** The family of an optimizer, which decides the bytes of state per parameter. */
export function optimizerKind(name: string): OptimizerKind {
  const lower = name.toLowerCase();
  if (/adam.*8bit|8bit.*adam|adam8bit/.test(lower)) return 'adam-8bit';
  if (lower.includes('adafactor')) return 'adafactor';
  if (lower.includes('muon')) return 'muon';
  if (lower.includes('lion')) return 'lion';
  if (lower.includes('adam')) return 'adam';
  return lower === 'sgd' ? 'sgd' : 'other';
}

/** The value as it stands, cut short, for messages. */
export function shown(setting: Setting): string {
  const value = typeof setting.scalar === 'string' ? `"${setting.scalar}"` : String(setting.scalar ?? 'nothing');
  return value.length > 40 ? `${value.slice(0, 37)}...` : value;
}

function lookUp<T>(table: { readonly [word: string]: T }, key: string): T | undefined {
  const lower = key.toLowerCase();
  return Object.hasOwn(table, lower) ? table[lower] : undefined;
}

function pythonInteger(written: string): number {
  return /^[+-]?\d+(?:_\d+)*$/.test(written.trim()) ? Number(written.trim().replaceAll('_', '')) : Number.NaN;
}

/**
 * One setting as a framework's own parser would meet it: a flag with its value, or a key of a JSON or YAML file. Rows
 * are written against settings, so that one table serves every text format.
 */
import type { Range } from '../core/origin.ts';
import type { ConfigDocument, ConfigEntry, Scalar } from '../syntax/document.ts';
import { remember } from './remember.ts';

export interface Setting {
  /** Canonical name: flags without dashes in front and with `-` inside, keys as dotted path. */
  readonly name: string;
  /** The name as the user wrote it. */
  readonly spelling: string;
  readonly key: Range;
  /** Where the value is written; the key itself for a bare flag. */
  readonly value: Range;
  /** False for a bare flag such as `--bf16`, and for a list or an object. */
  readonly given: boolean;
  /** True for a list or an object, whose items are settings of their own. */
  readonly container?: boolean;
  /** Undefined when the value cannot be known from the file. */
  readonly scalar: Scalar | undefined;
  /** True when a format says that the value is a string, so that "8" is not the number 8. */
  readonly quoted: boolean;
  /** Names of the variables or commands that hide the value. */
  readonly unknown: readonly string[];
  /** Why the value is not known, when it is not a variable that hides it. */
  readonly why?: string;
  /** What a known value rests on, such as the default of an environment variable. */
  readonly note?: string;
  /** What is known of a hidden value, with its variables as written: `./ds_config.$SLURM_JOB_ID.json`. */
  readonly written?: string;
  /** True when the setting is present only under a condition that the file does not decide. */
  readonly conditional?: boolean;
  /** Further values of the same flag (`--rampup-batch-size 16 16 1000`). */
  readonly rest: readonly string[];
}

/** Every key of a JSON or YAML document as a setting; list items have their index as last part of the name. */
export const entrySettings = remember(({ entries }: ConfigDocument): readonly Setting[] => entries.map(entrySetting));

/** One entry as a setting named by its dotted path. */
export function entrySetting(entry: ConfigEntry): Setting {
  return {
    name: entry.path.join('.'),
    spelling: String(entry.path.at(-1) ?? ''),
    key: entry.key,
    value: entry.value,
    given: entry.style !== 'container',
    ...(entry.style === 'container' ? { container: true } : {}),
    scalar: entry.scalar,
    quoted: entry.style === 'quoted',
    unknown: entry.unknown ?? [],
    // A name that stands for itself is a blank; variables of a shell have signs around them.
    ...(entry.unknown?.[0] === entry.raw ? { why: `${entry.raw} is filled in by a template` } : {}),
    rest: [],
  };
}

/** Flag spellings compared as argparse generators write them: dashes, no underscores, no dashes in front. */
export function canonicalFlag(spelling: string): string {
  return spelling.replace(/^-+/, '').replaceAll('_', '-');
}

/** The value as text, or undefined when it is absent or unknown. */
export function settingText(setting: Setting | undefined): string | undefined {
  if (setting?.scalar === undefined || setting.scalar === null) return undefined;
  return String(setting.scalar);
}

/** The value as a whole number, or undefined when it is none. */
export function settingNumber(setting: Setting | undefined): number | undefined {
  const written = settingText(setting);
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : undefined;
}

/** The document's first line that is not empty, where a file without a launch line carries its lens. */
export function firstLine(document: ConfigDocument): Range {
  const start = Math.max(0, document.text.search(/\S/));
  const end = document.text.indexOf('\n', start);
  return { start, end: end < 0 ? document.text.length : end };
}

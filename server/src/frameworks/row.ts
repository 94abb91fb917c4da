/**
 * The rows adapters are made of: a job field, the names it has in a framework, how its value is parsed, and the
 * framework's own default. Reading rows never throws and never stops at the first mistake.
 */
import type { JobField, JobFields } from '../core/job-fields.ts';
import type { Draft } from './draft.ts';
import { addProblem, keyOrigin, machineOrigin, setDefault, setField, setUnknown, unresolvedOrigin } from './draft.ts';
import type { Setting } from './setting.ts';

/** What a parser makes of a setting. `absent` means: as if the key were not there (`null`). */
export type Parsed<T> =
  | { readonly value: T }
  | { readonly filledBy: string }
  | { readonly unresolved: string; readonly asksMachine?: true }
  | { readonly wrong: string }
  | 'absent';

export type Parse<T> = (setting: Setting) => Parsed<T>;

export interface FieldRow<F extends JobField> {
  readonly field: F;
  /** Canonical names, newest first; when several are present the last one written wins. */
  readonly keys: readonly string[];
  readonly parse: Parse<JobFields[F]>;
  readonly fallback?: JobFields[F];
  /** Where the default stands; required with `fallback`. */
  readonly why?: string;
}

/** A row for any field. Made by `row`, which checks that the parser fits the field. */
export interface Row {
  readonly field: JobField;
  readonly keys: readonly string[];
  readonly read: (draft: Draft, settings: readonly Setting[]) => void;
  readonly applyDefault: (draft: Draft) => void;
}

/** Defines a row. A parser of the wrong type or a misspelt field is a compile error. */
export function row<F extends JobField>(definition: FieldRow<F>): Row {
  const { field, keys, parse, fallback, why } = definition;
  const names = new Set(keys);
  return {
    field,
    keys,
    read: (draft, settings) => {
      for (const setting of settings) {
        if (!names.has(setting.name)) continue;
        draft.used.add(setting);
        applyParsed(draft, field, setting, parse);
      }
    },
    applyDefault: (draft) => {
      if (fallback !== undefined) setDefault(draft, field, fallback, why ?? 'documented default');
    },
  };
}

/** Stores what a parser made of a setting: value, "filled by someone else", unknown, or a problem. */
export function applyParsed<F extends JobField>(draft: Draft, field: F, setting: Setting, parse: Parse<JobFields[F]>): void {
  if (setting.given && setting.scalar === undefined) {
    setUnknown(draft, field, unresolvedOrigin(draft, setting));
    return;
  }
  if (setting.container === true) {
    setUnknown(draft, field, unresolvedOrigin(draft, setting, 'a list or an object stands where one value is expected'));
    return;
  }
  const parsed = parse(setting);
  if (parsed === 'absent') return;
  if ('value' in parsed) setField(draft, field, parsed.value, keyOrigin(draft, setting));
  else if ('filledBy' in parsed) {
    const { key, value, spelling } = setting;
    setUnknown(draft, field, { kind: 'auto', uri: draft.document.uri, key, value, spelling, filledBy: parsed.filledBy });
  } else if ('unresolved' in parsed) {
    const origin = unresolvedOrigin(draft, setting, parsed.unresolved);
    setUnknown(draft, field, parsed.asksMachine === true ? machineOrigin(origin) : origin);
  } else {
    const why = `${setting.spelling} ${parsed.wrong}`;
    setUnknown(draft, field, unresolvedOrigin(draft, setting, why));
    addProblem(draft, setting.value, 'error', 'wrong-value', why);
  }
}

/** The names of a table of rows, which is asked again for every document. */
const namesOf = new WeakMap<readonly Row[], ReadonlySet<string>>();

/** Reads all rows in order. Defaults are applied by the adapter afterwards, when it knows which ones hold. */
export function readRows(draft: Draft, rows: readonly Row[], settings: readonly Setting[]): void {
  const wanted = namesOf.get(rows) ?? new Set(rows.flatMap(({ keys }) => keys));
  namesOf.set(rows, wanted);
  const some = settings.filter(({ name }) => wanted.has(name));
  if (some.length === 0) return;
  const written = new Set(some.map(({ name }) => name));
  for (const one of rows) if (one.keys.some((key) => written.has(key))) one.read(draft, some);
}

export function applyDefaults(draft: Draft, rows: readonly Row[]): void {
  for (const one of rows) one.applyDefault(draft);
}

/**
 * Turns the changes of a fix into text edits. An edit is made only where the text at the place still is the literal that
 * was read: a value that came through arithmetic, a shared variable or another spelling is left alone, and the fix is then
 * advice without a button. What cannot be written says why, for those who asked for it.
 */
import { fieldInfo } from '../core/fields.ts';
import type { FindingPlace, Fix, FixChange, KeyName, WrittenKeys } from '../core/finding.ts';
import type { JobField, PartialJob } from '../core/job-fields.ts';
import type { Origin, Sources } from '../core/origin.ts';
import { spellProperty } from '../frameworks/spell-key.ts';
import type { ConfigDocument } from '../syntax/document.ts';
import { addProperty } from './additions.ts';
import type { TextChange } from './analysis.ts';
import { addFlag } from './flag-additions.ts';
import type { KeyOrigins } from './keys.ts';
import { isKey, nameOf } from './place.ts';
import { removeFlag, removeLine, removeProperty } from './removals.ts';

export interface EditContext {
  readonly document: ConfigDocument;
  readonly job: PartialJob;
  readonly sources: Sources;
  readonly keys: { readonly values: WrittenKeys; readonly origins: KeyOrigins };
  /** A linked file as it was read, or undefined. */
  readonly linked: (uri: string) => ConfigDocument | undefined;
  /** The dialect of the document's own keys. */
  readonly dialect: string;
  /** How the framework writes a field, when a key must be added. */
  readonly spell: (field: JobField, value: string | number | boolean) => string | undefined;
}

/** Why a change cannot be made in the text, as the end of a sentence that names it. */
export interface Unwritable {
  readonly why: string;
}

/** Edits of every change, in order; or the first reason why there are none. */
export type WrittenChanges = { readonly edits: readonly TextChange[] } | Unwritable;

type Edit = TextChange | 'nothing' | Unwritable;
type Written = Extract<Origin, { kind: 'key' | 'auto' | 'unresolved' }>;

/** The edits of a fix, or undefined when any of its changes cannot be made mechanically. */
export function editsOf({ changes }: Fix, context: EditContext): readonly TextChange[] | undefined {
  const written = writeChanges(changes, context);
  return 'edits' in written && written.edits.length > 0 ? written.edits : undefined;
}

/** The edits that make all changes; none when the text says it all already. */
export function writeChanges(changes: readonly FixChange[], context: EditContext): WrittenChanges {
  const edits: TextChange[] = [];
  for (const change of changes) {
    const edit = editOf(change, context);
    if (edit === 'nothing') continue;
    if ('why' in edit) return edit;
    edits.push(edit);
  }
  return overlapping(edits) ? { why: 'two of the changes stand in the same place' } : { edits };
}

function editOf(change: FixChange, context: EditContext): Edit {
  const { field } = change;
  const origin = isKey(field) ? context.keys.origins[field] : context.sources[field];
  const written = origin && 'value' in origin ? origin : undefined;
  if (!written) return change.kind === 'remove' ? 'nothing' : addition(field, change.value, context);
  if (written.kind === 'unresolved') return { why: written.why };
  const document = written.uri === context.document.uri ? context.document : context.linked(written.uri);
  if (!document) return { why: 'the file it stands in cannot be read' };
  if (change.kind === 'set') return replacement(document, written, field, change.value, context);
  return written.keyUri === undefined ? removal(document, written) : { why: 'its value stands in another file than its key' };
}

/** A key the document does not have yet. */
function addition(field: FindingPlace, value: string | number | boolean, context: EditContext): Edit {
  const { document, sources } = context;
  const spelt = isKey(field) ? spellKey(field, value, context) : context.spell(field, value);
  if (spelt === undefined || spelt === '') return { why: 'the file does not write it, and no key is known that would say so' };
  const added = document.format === 'shell' ? addFlag(document, sources, spelt, field) : addProperty(document, spelt);
  return added ?? { why: 'the file does not write it, and there is no place where its key would surely be read' };
}

/** A key of the document's own dialect as a flag, or as the property with the blocks it stands in. */
function spellKey(name: KeyName, value: string | number | boolean, { document, dialect }: EditContext): string | undefined {
  if (!name.startsWith(`${dialect}/`)) return undefined;
  const key = name.slice(dialect.length + 1);
  if (document.format === 'shell') return value === true ? `--${key}` : value === false ? undefined : `--${key} ${value}`;
  // Flags are compared with dashes; the same names as keys of a file are words of Python.
  return spellProperty(key.replaceAll('-', '_'), value);
}

/** Takes the whole key out: the flag with its value, the property with its comma, the line of a YAML or TOML key. */
function removal(document: ConfigDocument, origin: Written): TextChange | Unwritable {
  const range = removedRange(document, origin);
  return range ? { uri: origin.uri, range, newText: '' } : { why: 'its key cannot be taken out of the text around it' };
}

function removedRange(document: ConfigDocument, origin: Written) {
  switch (document.format) {
    case 'json':
      return removeProperty(document.text, origin);
    case 'yaml':
    case 'toml':
      return removeLine(document.text, origin) ?? removeProperty(document.text, origin);
    case 'shell':
    case 'dockerfile':
      return removeFlag(document, origin);
    case 'python':
    case 'pbtxt':
    case 'modelfile':
    case 'csv':
      return undefined;
  }
}

function replacement(
  document: ConfigDocument,
  origin: Written,
  field: FindingPlace,
  value: string | number | boolean,
  context: EditContext,
): Edit {
  const known = isKey(field) ? (context.keys.values[field]?.value ?? undefined) : context.job[field];
  const current = typeof known === 'object' ? undefined : known;
  const literal = document.text.slice(origin.value.start, origin.value.end);
  // Key and value in one place are a bare flag, unless the text is the value itself: a variable exported elsewhere.
  const oneRange = origin.keyUri === undefined && origin.key.start === origin.value.start && origin.key.end === origin.value.end;
  const bareFlag = oneRange && !spells(literal, current);
  if (bareFlag) return isKey(field) ? bareKey(document, origin, value) : replaceBareFlag(document, origin, field, value, context);
  const shared = sharedWith(field, origin, context.sources);
  if (shared) return { why: `the same text also says ${nameOf(fieldInfo[shared])}` };
  if (origin.kind === 'key' && !spells(literal, current)) return { why: `it is not written as a plain value: ${shortened(literal)}` };
  const newText = document.format === 'json' ? jsonLiteral(value, literal, origin.kind) : plainLiteral(value, literal);
  return newText === undefined ? { why: `${value} would need quotes there` } : { uri: origin.uri, range: origin.value, newText };
}

const longestQuoted = 60;

/** One line of a literal, for a message. */
function shortened(literal: string): string {
  const [line = ''] = literal.split(/\r?\n/, 1);
  return line.length > longestQuoted || line.length < literal.length ? `${line.slice(0, longestQuoted)}…` : line;
}

/** A switch that is no field can only be taken out. */
function bareKey(document: ConfigDocument, origin: Written, value: string | number | boolean): Edit {
  return value === false ? removal(document, origin) : value === true ? 'nothing' : { why: 'it is a switch without a value' };
}

/** `--sequence-parallel` has no value: it is there or not, or becomes another flag. */
function replaceBareFlag(
  document: ConfigDocument,
  origin: Written,
  field: JobField,
  value: string | number | boolean,
  context: EditContext,
): Edit {
  if (value === context.job[field]) return 'nothing';
  const spelt = context.spell(field, value);
  if (spelt !== undefined && spelt !== '') return { uri: origin.uri, range: origin.key, newText: spelt };
  const isOff = value === false || value === 0 || value === 'none';
  return isOff ? removal(document, origin) : { why: `no flag is known that says ${value}` };
}

/** The field whose value the literal is as well: changing `N` of `--tp $N --nproc $N` would change both. */
function sharedWith(field: FindingPlace, origin: Written, sources: Sources): JobField | undefined {
  return (Object.entries(sources) as [JobField, Origin][]).find(
    ([other, its]) =>
      other !== field &&
      'value' in its &&
      its.uri === origin.uri &&
      its.value.start === origin.value.start &&
      its.value.end === origin.value.end &&
      its.key.start !== origin.key.start,
  )?.[0];
}

const unquoted = (literal: string): string => literal.replace(/^(['"])(.*)\1$/s, '$2');

/** True when the text is a plain spelling of the value, so that another value can take its place. */
function spells(literal: string, value: string | number | boolean | undefined): boolean {
  const text = unquoted(literal);
  if (typeof value === 'number') return text.trim() !== '' && Number(text.replaceAll('_', '')) === value;
  return String(value).toLowerCase() === text.toLowerCase();
}

/** JSON keeps its types; a number that was written as a string stays one. */
function jsonLiteral(value: string | number | boolean, literal: string, kind: Written['kind']): string {
  const wasText = literal.startsWith('"') && kind === 'key';
  return JSON.stringify(wasText ? String(value) : value);
}

/** Shell and YAML words: the quotes around the old value stay, and the capital of Python's `True`. */
function plainLiteral(value: string | number | boolean, literal: string): string | undefined {
  const isCapital = /^['"]?(?:True|False)['"]?$/.test(literal);
  const text = typeof value === 'boolean' && isCapital ? (value ? 'True' : 'False') : String(value);
  if (!/^[\w.+/:-]+$/.test(text)) return undefined;
  const quote = /^(['"]).*\1$/s.exec(literal)?.[1] ?? '';
  return `${quote}${text}${quote}`;
}

function overlapping(changes: readonly TextChange[]): boolean {
  return changes.some((a, i) =>
    changes.slice(i + 1).some((b) => a.uri === b.uri && a.range.start < b.range.end && b.range.start < a.range.end),
  );
}

/** A reading while it is being built. Adapters write into it; `finishReading` closes it. */
import type { JobField, JobFields, JobKind, PartialJobDraft } from '../core/job-fields.ts';
import type { Origin, Range, SourcesDraft } from '../core/origin.ts';
import type { ConfigDocument, Problem } from '../syntax/document.ts';
import type { Link, Reading, UnreadKey, WrittenSetting } from './adapter.ts';
import type { NotModelledKeys } from './not-modelled.ts';
import { insteadOf } from './not-modelled.ts';
import type { Setting } from './setting.ts';

export interface Draft {
  readonly document: ConfigDocument;
  readonly framework: string;
  readonly runsAs: string;
  kind: JobKind;
  release: string;
  readonly launch: Range;
  readonly job: PartialJobDraft;
  readonly sources: SourcesDraft;
  readonly links: Link[];
  readonly problems: Problem[];
  readonly facts: Record<string, unknown>;
  /** Settings that some row or step has understood. */
  readonly used: Set<Setting>;
  /** Settings of other dialects than the reading's own: the launcher's flags, the environment. */
  readonly written: WrittenSetting[];
}

interface DraftStart {
  readonly document: ConfigDocument;
  readonly framework: string;
  /** The framework itself when absent. */
  readonly runsAs?: string;
  readonly kind: JobKind;
  readonly release: string;
  readonly launch: Range;
}

export function createDraft(start: DraftStart): Draft {
  const { framework, runsAs = framework } = start;
  return { ...start, runsAs, job: {}, sources: {}, links: [], problems: [], facts: {}, used: new Set(), written: [] };
}

/** Remembers settings for the rules and the hovers, under the dialect whose keys they are. */
export function noteWritten(draft: Draft, dialect: string, settings: readonly Setting[]): void {
  for (const setting of settings) draft.written.push({ dialect, setting });
}

/** Stores a value with its origin. */
export function setField<F extends JobField>(draft: Draft, field: F, value: JobFields[F], origin: Origin): void {
  draft.job[field] = value as PartialJobDraft[F];
  draft.sources[field] = origin;
}

/** Forgets what was stored, and stores only why the value is not known. */
export function setUnknown(draft: Draft, field: JobField, origin: Origin): void {
  delete draft.job[field];
  draft.sources[field] = origin;
}

/** A value that nothing written decides: the data, or code that is not here. Its place is the launch. */
export function setUnwritten(draft: Draft, field: JobField, why: string): void {
  if (draft.sources[field] === undefined) setUnknown(draft, field, { kind: 'unresolved', ...atLaunch(draft), why });
}

/** The same for a value that the framework takes from the model. */
export function setLeftTo(draft: Draft, field: JobField, filledBy: string): void {
  if (draft.sources[field] === undefined) setUnknown(draft, field, { kind: 'auto', ...atLaunch(draft), filledBy });
}

function atLaunch({ document: { uri }, launch, framework }: Draft) {
  return { uri, key: launch, value: launch, spelling: framework };
}

/** The framework's default, unless the field is known or known to be hidden. */
export function setDefault<F extends JobField>(draft: Draft, field: F, value: JobFields[F], why: string): void {
  if (draft.sources[field] !== undefined) return;
  setField(draft, field, value, { kind: 'default', framework: draft.framework, release: draft.release, why });
}

/** A value that follows from other fields. */
export function setDerived<F extends JobField>(draft: Draft, field: F, value: JobFields[F], from: readonly JobField[], how: string): void {
  setField(draft, field, value, { kind: 'derived', from, how });
}

export function keyOrigin(draft: Draft, setting: Setting): Origin {
  const { key, value, spelling } = setting;
  return { kind: 'key', uri: draft.document.uri, key, value, spelling };
}

export function unresolvedOrigin(draft: Draft, setting: Setting, reason?: string): Origin {
  const { key, value, spelling } = setting;
  const why = reason ?? setting.why ?? whyHidden(setting.unknown);
  return { kind: 'unresolved', uri: draft.document.uri, key, value, spelling, why };
}

/** The same for a count that the program takes from the machine it runs on. */
export function machineOrigin(origin: Origin): Origin {
  return origin.kind === 'unresolved' ? { ...origin, asksMachine: true } : origin;
}

/** Who knows the value: the caller of the script, the machine it runs on, or the environment. */
function whyHidden(names: readonly string[]): string {
  const listed = names.length > 0 ? names.map((name) => (/^\w+$/.test(name) ? `$${name}` : name)).join(', ') : 'the value';
  if (names.some((name) => name.startsWith('{{'))) return `${listed} is filled in by a template`;
  if (names.some((name) => /^\$\(|`|^\$?\?$/.test(name))) return `${listed} is known only when the script runs`;
  return names.some((name) => /^\$?[\d@*#]|^--?\w/.test(name))
    ? `${listed} is given by the caller of the script`
    : `${listed} is not set in this file`;
}

export function addProblem(draft: Draft, range: Range, severity: Problem['severity'], code: string, message: string): void {
  draft.problems.push({ range, severity, code, message });
}

/** `**kwargs`, or a `setattr` of a name that is not known, may set anything: named once, at the first of them. */
function noteOpen(draft: Draft, settings: readonly Setting[]): void {
  const open = settings.filter(({ name, scalar }) => scalar === undefined && /(?:^|\.)\*\*$/.test(name));
  const [first] = open;
  const names = [...new Set(open.flatMap(({ unknown }) => unknown))].join(', ');
  if (first === undefined || names === '') return;
  for (const one of open) draft.used.add(one);
  addProblem(draft, first.key, 'info', 'hidden-arguments', `${names} may set more than this file shows; defaults hold unless it does`);
}

/** A model that drafts tokens is looked up as the served one is. */
function linkDraft({ job, sources, links }: Draft): void {
  const target = job['serving.draftModel'];
  const origin = sources['serving.draftModel'];
  if (target === undefined || origin?.kind !== 'key' || /^\[?ngram\]?$|^suffix$/i.test(target)) return;
  links.push({ range: origin.value, target, role: 'draft-model' });
}

/**
 * Settings nobody used become the unread keys, and so do those that are read and that no formula follows. `dialect` is
 * the one whose keys the settings are, the framework's own as a rule.
 */
export function finishReading(
  draft: Draft,
  settings: readonly Setting[],
  isKnown: (name: string) => boolean,
  notModelled: NotModelledKeys = {},
  dialect = draft.framework,
): Reading {
  noteWritten(draft, dialect, settings);
  noteOpen(draft, settings);
  linkDraft(draft);
  const unread = settings.flatMap((setting): UnreadKey[] => {
    const instead = insteadOf(notModelled, setting);
    const key = { name: setting.spelling, range: setting.key };
    if (instead !== undefined) return [{ ...key, known: true, effect: 'not-modelled', instead }];
    if (draft.used.has(setting) || setting.container === true) return [];
    const known = isKnown(setting.name);
    return [{ ...key, known, effect: known ? 'none' : 'unknown' }];
  });
  const { framework, runsAs, kind, release, launch, job, sources, links, problems, facts, written } = draft;
  return { framework, runsAs, kind, release, launch, job, sources, links, unread, written, problems, facts };
}

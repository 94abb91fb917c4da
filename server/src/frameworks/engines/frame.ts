/**
 * The frame of an adapter of a serving engine: servers in commands, engines that Python makes, and a file of flag names.
 * Every engine says what its flags mean; how they are found is the same for all.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument, TextFormat } from '../../syntax/document.ts';
import type { PythonCall } from '../../syntax/python-module.ts';
import type { Adapter, ReadContext, Reading } from '../adapter.ts';
import { noContext } from '../adapter.ts';
import { ranIn } from '../document-pins.ts';
import { createDraft, type Draft, finishReading, noteWritten } from '../draft.ts';
import { environmentSettings } from '../environment.ts';
import { topEntries } from '../find.ts';
import type { FlagOptions } from '../flags.ts';
import { readFlags } from '../flags.ts';
import { nameHidden } from '../hidden-arguments.ts';
import type { KeyTable } from '../key-table.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { readSlurm } from '../launchers/slurm.ts';
import type { NotModelledKeys } from '../not-modelled.ts';
import type { Pins } from '../pins.ts';
import { allCalls } from '../python-calls.ts';
import { callSettings } from '../python-settings.ts';
import { rememberEach } from '../remember.ts';
import type { Row } from '../row.ts';
import { readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { entrySettings, firstLine } from '../setting.ts';
import { spellProperty } from '../spell-key.ts';
import { readContainer } from './container.ts';
import { readDevice } from './device.ts';
import { visibleGpuRows } from './environment.ts';
import { withHolders } from './holders.ts';
import { engineName, withNested } from './nested.ts';
import { type EngineCommand, type EngineStart, engineCommand } from './start.ts';

/** How an engine is configured; `R` is what its releases differ in. */
export interface EngineFrame<R extends { readonly name: string }> {
  readonly id: string;
  readonly label: string;
  readonly start: EngineStart;
  readonly flags: FlagOptions;
  /** Names of positional arguments of the command, in order. */
  readonly positional: readonly string[];
  /** Classes and functions of Python that make the engine, with imports resolved, and the names of their positional arguments. */
  readonly calls?: {
    readonly callee: RegExp;
    readonly positional: readonly string[];
    /** What the class itself says, besides its arguments. */
    readonly note?: (draft: Draft, call: PythonCall) => void;
  };
  /** Keys that only a file of this engine has; undefined when it has no such file. */
  readonly telling?: ReadonlySet<string>;
  readonly isKnown: (name: string) => boolean;
  readonly rows: readonly Row[];
  readonly environmentRows?: readonly Row[];
  /** Variables that stand for flags: `MAX_TOTAL_TOKENS` for `--max-total-tokens`. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Flags whose value is JSON. */
  readonly blocks?: ReadonlySet<string>;
  readonly notModelled?: NotModelledKeys;
  readonly keys: KeyTable;
  readonly release: (pins: Pins) => R;
  /** Subcommands that stand among the words: the command without them, or nothing when it starts no engine. */
  readonly prepare?: (command: EngineCommand) => EngineCommand | undefined;
  /** The usual name of a setting that stands inside a block: `backend-config.tp` is `tp`. */
  readonly rename?: (name: string) => string;
  /** Settings that hide in the text of others. */
  readonly adjust?: (settings: readonly Setting[]) => readonly Setting[];
  /** What the rows cannot say, and the defaults. */
  readonly complete: (draft: Draft, settings: readonly Setting[], release: R) => void;
}

type AnyFrame = Pick<EngineFrame<never>, 'start' | 'prepare'>;

/** Asked for when an adapter votes and again when it reads. */
const commandsOf = rememberEach((document: ConfigDocument, { start, prepare }: AnyFrame): readonly EngineCommand[] =>
  document.commands.flatMap((command) => {
    const found = engineCommand(command, start);
    const prepared = found === undefined || prepare === undefined ? found : prepare(found);
    return prepared === undefined ? [] : [prepared];
  }),
);

/** The calls that make an engine, each once, in the order of the text. */
function callsOf({ python }: ConfigDocument, callee: RegExp | undefined): readonly PythonCall[] {
  if (python === undefined || callee === undefined) return [];
  const calls = allCalls(python).filter((call) => callee.test(call.callee));
  return [...new Map(calls.map((call) => [call.range.start, call])).values()];
}

/** How far a file of keys is this engine's: the share of its keys that are flags, when one of them tells. */
function shareOfKeys<R extends { readonly name: string }>(document: ConfigDocument, { telling, isKnown }: EngineFrame<R>): number {
  if (telling === undefined || (document.format !== 'yaml' && document.format !== 'json')) return 0;
  const names = [...topEntries(document).keys()].map(engineName);
  const known = names.filter(isKnown).length;
  const share = names.length === 0 ? 0 : known / names.length;
  return names.some((name) => telling.has(name)) && known >= 2 && share >= 0.7 ? 0.75 + 0.1 * share : 0;
}

/** The adapter of an engine. */
export function engineAdapter<R extends { readonly name: string }>(frame: EngineFrame<R>): Adapter {
  const { id, label, calls, rows, keys } = frame;
  const detect = (document: ConfigDocument): number => {
    if (hasCommands(document)) return commandsOf(document, frame).length > 0 ? 0.9 : 0;
    if (document.format === 'python') return callsOf(document, calls?.callee).length > 0 ? 0.8 : 0;
    return shareOfKeys(document, frame);
  };
  const read = (document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] => {
    if (hasCommands(document)) return commandsOf(document, frame).map((one) => readCommand(document, frame, one, pins));
    if (document.format === 'python') return callsOf(document, calls?.callee).map((call) => readCall(document, frame, call, pins));
    return shareOfKeys(document, frame) > 0 ? [readKeys(document, frame, pins)] : [];
  };
  return { id, label, detect, read, keys, spell: (field, value, format) => spellEngineKey(rows, field, value, format) };
}

type Frame<R extends { readonly name: string }> = EngineFrame<R>;

export function readCommand<R extends { readonly name: string }>(
  document: ConfigDocument,
  frame: Frame<R>,
  found: EngineCommand,
  pins: Pins,
): Reading {
  const { command, front } = found;
  const words = found.words.map(withHolders);
  const release = frame.release(() => [...ranIn(command), ...pins()]);
  const draft = createDraft({ document, framework: frame.id, kind: 'serving', release: release.name, launch: command.range });
  const listed = readFlags(words, { oneValue: true, ...frame.flags });
  const [hidden] = listed.opaque;
  const written = new Set(listed.settings.map(({ name }) => name));
  const [first] = frame.positional;
  // What stands behind a flag that takes several values is no argument of its own.
  const words0 =
    listed.positional.length > 0 || first === undefined || written.has(first) || hidden === undefined ? listed.positional : [hidden];
  const named = words0.flatMap((word, index) => {
    const name = frame.positional[index];
    return name === undefined || written.has(name) ? [] : [positionalSetting(name, word)];
  });
  readSlurm(draft);
  const environment = [...environmentSettings(command.environment), ...readContainer(draft, [...(command.front ?? []), ...front])];
  // `--compilation-config.cudagraph_mode NONE`: what stands behind a point is a key inside.
  const flags = listed.settings.map((setting) => (setting.name.includes('.') ? { ...setting, name: engineName(setting.name) } : setting));
  const settings = [...standIns(frame, environment, written), ...named, ...flags];
  readEnvironment(draft, frame, environment);
  nameHidden(
    draft,
    listed.opaque.filter((word) => !words0.includes(word)),
  );
  return close(draft, frame, withNested(document, settings, frame.blocks ?? none, words), release);
}

/** Variables of the environment as the flags they stand for, where no flag is written. */
function standIns<R extends { readonly name: string }>(
  { variables }: Frame<R>,
  environment: readonly Setting[],
  written: ReadonlySet<string>,
): readonly Setting[] {
  return environment.flatMap((setting) => {
    const name = variables?.get(setting.name);
    return name === undefined || written.has(name) ? [] : [{ ...setting, name }];
  });
}

const none: ReadonlySet<string> = new Set();

function readEnvironment<R extends { readonly name: string }>(draft: Draft, frame: Frame<R>, settings: readonly Setting[]): void {
  readRows(draft, visibleGpuRows, settings);
  readRows(draft, frame.environmentRows ?? [], settings);
  noteWritten(draft, 'environment', settings);
}

/** A positional argument by its name. */
function positionalSetting(
  name: string,
  word: { range: Setting['key']; value: Setting['key']; text: string | undefined; unknown: readonly string[] },
): Setting {
  const { range, value, text, unknown } = word;
  return { name, spelling: name, key: range, value, given: true, scalar: text, quoted: false, unknown, rest: [] };
}

function readCall<R extends { readonly name: string }>(document: ConfigDocument, frame: Frame<R>, call: PythonCall, pins: Pins): Reading {
  const release = frame.release(pins);
  const draft = createDraft({ document, framework: frame.id, kind: 'serving', release: release.name, launch: call.range });
  frame.calls?.note?.(draft, call);
  const all = callSettings(call, { positional: frame.calls?.positional ?? [] });
  const settings = all.map((setting) => (setting.name === '**' ? setting : { ...setting, name: engineName(setting.name) }));
  return close(draft, frame, withNested(document, settings, frame.blocks ?? none), release);
}

/** A file of flag names. */
export function readKeys<R extends { readonly name: string }>(document: ConfigDocument, frame: Frame<R>, pins: Pins): Reading {
  const release = frame.release(pins);
  const draft = createDraft({ document, framework: frame.id, kind: 'serving', release: release.name, launch: firstLine(document) });
  const settings = entrySettings(document).map((setting) => ({ ...setting, name: engineName(setting.name) }));
  return close(draft, frame, withNested(document, settings, frame.blocks ?? none), release);
}

function close<R extends { readonly name: string }>(draft: Draft, frame: Frame<R>, found: readonly Setting[], release: R): Reading {
  const { rename, adjust } = frame;
  const named = rename === undefined ? found : found.map((setting) => ({ ...setting, name: rename(setting.name) }));
  const settings = adjust?.(named) ?? named;
  readRows(draft, frame.rows, settings);
  readDevice(draft, settings);
  frame.complete(draft, settings, release);
  const isKnown = (name: string): boolean => frame.isKnown(name.split('.', 1)[0] ?? name);
  // A block counts as one key; what is inside is read, or is the block's own business.
  const own = settings.filter(({ name }) => !name.includes('.') || frame.notModelled?.[name] !== undefined);
  const inside = settings.filter((one) => !own.includes(one));
  // Rules ask for what stands inside a block too.
  noteWritten(
    draft,
    frame.id,
    inside.filter((one) => !draft.used.has(one)),
  );
  return finishReading(draft, [...own, ...inside.filter((one) => draft.used.has(one))], isKnown, frame.notModelled);
}

/** A flag in a script, a property in a file; a switch that is turned off by another one is spelt by that one. */
function spellEngineKey(rows: readonly Row[], field: JobField, value: string | number | boolean, format?: TextFormat): string | undefined {
  const name = rows.findLast((row) => row.field === field)?.keys[0];
  if (name === undefined || name.includes('.') || format === 'python' || format === 'pbtxt' || format === 'modelfile') return undefined;
  if (format === 'yaml' || format === 'json' || format === 'toml') return spellProperty(name, value);
  if (typeof value !== 'boolean') return `--${name} ${value}`;
  const off = name.replace(/^no-/, '');
  return value ? `--${off}` : `--no-${off}`;
}

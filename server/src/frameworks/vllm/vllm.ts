/**
 * vLLM servers: `vllm serve`, the API server module, containers of its image, and the YAML file of `--config`. One
 * reading per server.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { ranIn } from '../document-pins.ts';
import type { Draft } from '../draft.ts';
import { createDraft, finishReading, setDefault } from '../draft.ts';
import { environmentSettings } from '../environment.ts';
import { topEntries } from '../find.ts';
import { readFlags } from '../flags.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { readSlurm } from '../launchers/slurm.ts';
import { vllmNotModelled } from '../not-modelled.ts';
import type { Pins } from '../pins.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { canonicalFlag, entrySettings, firstLine } from '../setting.ts';
import { readContainer } from './container.ts';
import { readVllmFacts } from './facts.ts';
import { expandVllmFlag, isVllmFlag, vllmSwitches } from './flag-names.ts';
import { vllmKeys } from './keys.ts';
import { vllmEnvironmentRows, vllmRows } from './rows.ts';
import type { ServerCommand } from './server-command.ts';
import { serverCommand } from './server-command.ts';
import type { VllmRelease } from './versions.ts';
import { vllmRelease } from './versions.ts';

const framework = 'vllm';
const short = {
  tp: 'tensor-parallel-size',
  pp: 'pipeline-parallel-size',
  dp: 'data-parallel-size',
  q: 'quantization',
  O: 'compilation-config',
};

/** Keys that only a server's YAML has. */
const telling = new Set([
  'tensor-parallel-size',
  'pipeline-parallel-size',
  'max-model-len',
  'max-num-seqs',
  'max-num-batched-tokens',
  'gpu-memory-utilization',
  'kv-cache-dtype',
  'enable-prefix-caching',
  'no-enable-prefix-caching',
  'enforce-eager',
  'compilation-config',
]);

function servers(document: ConfigDocument): readonly ServerCommand[] {
  return document.commands.flatMap((command) => {
    const server = serverCommand(command);
    return server === undefined ? [] : [server];
  });
}

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return servers(document).length > 0 ? 0.9 : 0;
  if (document.format !== 'yaml') return 0;
  const names = [...topEntries(document).keys()].map(canonicalFlag);
  const known = names.filter(isVllmFlag).length;
  return names.some((name) => telling.has(name)) && known >= 2 && known >= 0.7 * names.length ? 0.8 : 0;
}

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  if (hasCommands(document)) return servers(document).map((server) => readServer(document, server, pins));
  return detect(document) > 0 ? [readYaml(document, pins)] : [];
}

function readServer(document: ConfigDocument, server: ServerCommand, pins: Pins): Reading {
  const { command, words, container } = server;
  const release = vllmRelease(() => [...ranIn(command), ...pins()]);
  const draft = createDraft({ document, framework, kind: 'serving', release: release.name, launch: command.range });
  const listed = readFlags(words, { short, switches: vllmSwitches, oneValue: true, expand: expandVllmFlag });
  const [model] = listed.positional.length > 0 ? listed.positional : listed.opaque;
  const named = listed.settings.some(({ name }) => name === 'model');
  const settings = named || model === undefined ? listed.settings : [modelSetting(model), ...listed.settings];
  readSlurm(draft);
  readContainer(draft, container);
  readRows(draft, vllmEnvironmentRows, environmentSettings(command.environment));
  return readSettings(draft, withRest(settings, words), release);
}

/** The model as a positional argument. */
function modelSetting(word: Word): Setting {
  const { range, value, text, unknown } = word;
  return { name: 'model', spelling: 'model', key: range, value, given: true, scalar: text, quoted: false, unknown, rest: [] };
}

/** `--lora-modules a=x b=y` is the one flag whose further values count. */
function withRest(settings: readonly Setting[], words: readonly Word[]): readonly Setting[] {
  const whole = readFlags(words, { switches: vllmSwitches }).settings.find(({ name }) => name === 'lora-modules');
  return settings.map((setting) => (setting.name === 'lora-modules' && whole !== undefined ? { ...setting, rest: whole.rest } : setting));
}

function readYaml(document: ConfigDocument, pins: Pins): Reading {
  const release = vllmRelease(pins);
  const draft = createDraft({ document, framework, kind: 'serving', release: release.name, launch: firstLine(document) });
  const settings = entrySettings(document)
    .filter((_, index) => document.entries[index]?.path.length === 1)
    .map((setting) => ({ ...setting, name: canonicalFlag(setting.name) }));
  return readSettings(draft, settings, release);
}

function readSettings(draft: Draft, settings: readonly Setting[], release: VllmRelease): Reading {
  readRows(draft, vllmRows, settings);
  readVllmFacts(draft, settings);
  applyDefaults(draft, vllmRows);
  const cache = 'as in vllm/config/cache.py of this release; others differ';
  setDefault(draft, 'serving.gpuMemoryUtilization', release.gpuMemoryUtilization, cache);
  setDefault(draft, 'serving.prefixCaching', release.prefixCaching, 'on by default since the V1 engine');
  setDefault(draft, 'serving.chunkedPrefill', release.chunkedPrefill, 'on by default since the V1 engine');
  return finishReading(draft, settings, isVllmFlag, vllmNotModelled);
}

/** The flag with its value, for quick fixes that add one. */
function spell(field: JobField, value: string | number | boolean): string | undefined {
  const name = vllmRows.findLast((row) => row.field === field)?.keys[0];
  if (name === undefined) return undefined;
  if (typeof value !== 'boolean') return `--${name} ${value}`;
  const bare = name.replace(/^no-/, '');
  return value ? `--${bare}` : `--no-${bare}`;
}

export const adapter: Adapter = { id: framework, label: 'vLLM', detect, read, spell, keys: vllmKeys };

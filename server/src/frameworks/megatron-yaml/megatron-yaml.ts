/**
 * Megatron-LM's flags in YAML: `MODEL_ARGS:` with dashes (Megatron-LM's functional tests, the MoE model zoo), Primus
 * (`modules.pre_trainer.overrides` and model files), and the file of `--yaml-cfg` with its `language_model` and
 * `model_parallel` blocks. The flags are read as those of a script.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { createDraft, keyOrigin, noteWritten, setDefault, setField } from '../draft.ts';
import { keyNames } from '../find.ts';
import { isMegatronFlag } from '../megatron-lm/flag-names.ts';
import { withoutIdleRecompute } from '../megatron-lm/idle-flags.ts';
import { megatronKeys } from '../megatron-lm/keys.ts';
import { readProgram } from '../megatron-lm/program.ts';
import { environmentRows } from '../megatron-lm/rows.ts';
import { releaseFor } from '../megatron-lm/versions.ts';
import { readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { canonicalFlag, entrySettings, firstLine } from '../setting.ts';
import { flagSettings, switchedOff, withGrouping, withoutCountOfLayout } from './flag-settings.ts';
import { extendedLinks, moduleLinks } from './links.ts';

const framework = 'megatron-yaml';

/** Where the flags of a document stand, and what it is. */
interface Layout {
  readonly kind: 'arguments' | 'primus' | 'primus-part' | 'yaml-cfg';
  readonly prefixes: readonly string[];
  /** The module of a Primus file: `modules.pre_trainer`. */
  readonly module?: string;
}

function layoutOf(document: ConfigDocument): Layout | undefined {
  if (document.format !== 'yaml' && document.format !== 'json') return undefined;
  const names = keyNames(document);
  if (names.has('MODEL_ARGS')) return { kind: 'arguments', prefixes: ['MODEL_ARGS.'] };
  if (names.has('language_model') && names.has('model_parallel')) {
    return { kind: 'yaml-cfg', prefixes: ['', 'language_model.', 'model_parallel.'] };
  }
  const module = primusModule(document);
  if (module !== undefined) return { kind: 'primus', prefixes: [`${module}.overrides.`], module };
  return isPrimusPart(names) ? { kind: 'primus-part', prefixes: [''] } : undefined;
}

/** The module of a Primus file that Megatron runs; TorchTitan's and MaxText's modules are other dialects. */
function primusModule(document: ConfigDocument): string | undefined {
  const entry = document.entries.find(
    ({ path, scalar }) => path[0] === 'modules' && path.length === 3 && path[2] === 'framework' && scalar === 'megatron',
  );
  return entry === undefined ? undefined : entry.path.slice(0, 2).join('.');
}

/** A model or a trainer's defaults that extends another file, with flags as plain names. */
function isPrimusPart(names: ReadonlySet<string>): boolean {
  if (!names.has('extends') && !names.has('bases')) return false;
  const top = [...names].filter((name) => !name.includes('.') && !/^(?:extends|bases)$/.test(name));
  const flags = top.filter((name) => isMegatronFlag(canonicalFlag(name))).length;
  return flags >= 1 && flags >= (sizes.some((name) => names.has(name)) ? 1 : top.length / 2);
}

/** Names that are a language model's or its trainer's, wherever they stand. */
const sizes = ['num_layers', 'hidden_size', 'num_attention_heads', 'micro_batch_size', 'global_batch_size', 'tensor_model_parallel_size'];

function detect(document: ConfigDocument): number {
  const layout = layoutOf(document);
  if (layout === undefined) return 0;
  if (layout.kind !== 'arguments' && layout.kind !== 'yaml-cfg') return layout.kind === 'primus' ? 0.95 : 0.6;
  const known = layoutSettings(document, layout).filter(({ name }) => isMegatronFlag(name)).length;
  return known >= 3 ? 0.95 : 0;
}

const layoutSettings = (document: ConfigDocument, { prefixes }: Layout): readonly Setting[] => {
  const settings = entrySettings(document);
  return prefixes.flatMap((prefix) => flagSettings(settings, prefix));
};

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  const layout = layoutOf(document);
  if (layout === undefined || detect(document) === 0) return [];
  const all = entrySettings(document);
  const written = layoutSettings(document, layout).filter(({ name }) => !/^(?:extends|bases)$/.test(name));
  const settings = withoutIdleRecompute(layout.kind.startsWith('primus') ? withGrouping(withoutCountOfLayout(written)) : written);
  const release = releaseFor(new Set(settings.map(({ name }) => name)), pins);
  const isModel = layout.kind === 'primus-part' && settings.some(({ name }) => name === 'num-layers');
  // Functional tests of Megatron-LM also run inference, with the same arguments.
  const infers = all.some(({ name, scalar }) => name === 'MODE' && scalar === 'inference');
  const kind = isModel || infers ? 'model' : 'training';
  const draft = createDraft({ document, framework, runsAs: 'megatron-lm', kind, release: release.name, launch: firstLine(document) });
  draft.facts.framework = layout.kind === 'arguments' || layout.kind === 'yaml-cfg' ? 'megatron-lm' : 'primus';
  readEnvironment(draft, all);
  if (layout.module !== undefined) noteTrainer(draft, all, layout.module);
  if (layout.kind === 'primus-part') readLatentOff(draft, all);
  if (layout.kind === 'primus') seedPrimus(draft);
  const off = layout.prefixes.flatMap((prefix) => switchedOff(all, prefix));
  readPlainAttention(draft, off, settings);
  const flags = { settings, positional: [], opaque: [] };
  const reading = readProgram(draft, flags, release, layout.kind === 'primus-part' ? undefined : 'pretrain_gpt.py');
  const links = layout.module === undefined ? extendedLinks(all) : moduleLinks(all, layout.module);
  const turnedOff = off.map((setting) => ({ dialect: 'megatron-lm', setting, isOff: true }));
  return [{ ...reading, written: [...reading.written, ...turnedOff], links: [...reading.links, ...links] }];
}

/** `multi_latent_attention: false` in a model that extends one with latent attention. */
function readPlainAttention(draft: Draft, off: readonly Setting[], settings: readonly Setting[]): void {
  const latent = off.find(({ name }) => name === 'multi-latent-attention');
  if (latent === undefined) return;
  const isGrouped = settings.some(({ name }) => name === 'group-query-attention');
  setField(draft, 'model.attentionKind', isGrouped ? 'GQA' : 'MHA', keyOrigin(draft, latent));
}

/** Primus trains models of other kinds with classes of its own, and rules about language models ask for it. */
function noteTrainer(draft: Draft, settings: readonly Setting[], module: string): void {
  const name = `${module}.trainer_class`;
  const found = settings.filter((one) => one.name === name).map((one) => ({ ...one, name: 'trainer-class' }));
  noteWritten(draft, framework, found);
}

/** A model file that extends another and takes its latent attention back: no flag at all would leave the other's standing. */
function readLatentOff(draft: Draft, settings: readonly Setting[]): void {
  const setting = settings.find(({ name }) => name === 'multi_latent_attention');
  if (setting?.scalar !== false) return;
  const isGrouped = settings.some(({ name, scalar }) => name === 'group_query_attention' && scalar === true);
  setField(draft, 'model.attentionKind', isGrouped ? 'GQA' : 'MHA', keyOrigin(draft, setting));
}

/** `ENV_VARS:` beside the arguments. */
function readEnvironment(draft: Draft, settings: readonly Setting[]): void {
  const prefix = 'ENV_VARS.';
  const variables = settings.filter(({ name }) => name.startsWith(prefix)).map((one) => ({ ...one, name: one.name.slice(prefix.length) }));
  readRows(draft, environmentRows, variables);
  noteWritten(draft, 'environment', variables);
}

/** What Primus sets where a file says nothing (primus/configs/modules/megatron/trainer_base.yaml and pre_trainer.yaml at fd1eeabb). */
function seedPrimus(draft: Draft): void {
  const own = 'as in primus/configs/modules/megatron';
  setDefault(draft, 'precision.compute', 'bf16', own);
  setDefault(draft, 'zero.stage', 1, own);
  setDefault(draft, 'zero.implementation', 'megatron-distributed-optimizer', own);
  setDefault(draft, 'batch.global', 16, own);
  setDefault(draft, 'sequence.length', 1024, own);
}

export const adapter: Adapter = { id: framework, label: 'Megatron-LM in YAML', detect, read, keys: megatronKeys };

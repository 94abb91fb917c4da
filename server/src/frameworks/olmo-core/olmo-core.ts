/**
 * OLMo-core: Python scripts whose functions build the parts of one configuration. Batches are in TOKENS. Sources:
 * src/scripts/train, src/olmo_core/train/train_module/transformer/config.py and nn/transformer/config.py of OLMo-core fa6c5014.
 */
import { type ConfigDocument, textAt } from '../../syntax/document.ts';
import { importedNames, type PythonCall, type PythonFunction, type PythonModule } from '../../syntax/python-module.ts';
import type { Adapter, Reading } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { createDraft, finishReading, keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { publicModel } from '../megatron-core/models.ts';
import { bool, count, countOr, numberFormatNamed } from '../parse.ts';
import { callSettings } from '../python-settings.ts';
import { applyDefaults, readRows, row } from '../row.ts';
import { firstLine, type Setting, settingNumber, settingText } from '../setting.ts';
import { olmoCoreKeys } from './keys.ts';

const framework = 'olmo-core';
const release = 'OLMo-core 2 (fa6c5014)';
const own = 'as in TransformerTrainModuleConfig of OLMo-core';

const isModel = (callee: string): boolean => /(?:^|\.)TransformerConfig\.\w+$/.test(callee);
const isTrainModule = (callee: string): boolean => /(?:^|\.)Transformer(?:Pipeline)?TrainModuleConfig$/.test(callee);

export const olmoCoreRows = [
  row({ field: 'parallel.tensor', keys: ['tp_config.degree'], parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.pipeline', keys: ['pp_config.degree'], parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.context', keys: ['cp_config.degree'], parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.expert', keys: ['ep_config.degree'], parse: countOr(['-1'], 'the degree of sharding'), fallback: 1, why: own }),
  row({ field: 'parallel.dataReplicate', keys: ['dp_config.num_replicas'], parse: count }),
  row({ field: 'parallel.dataShard', keys: ['dp_config.shard_degree'], parse: count }),
  row({ field: 'precision.fp8', keys: ['float8_config.enabled'], parse: bool, fallback: false, why: own }),
  row({ field: 'compile.enabled', keys: ['compile_model'], parse: bool, fallback: false, why: own }),
  row({ field: 'cluster.nodes', keys: ['num_nodes'], parse: count }),
  row({ field: 'cluster.gpusPerNode', keys: ['num_gpus'], parse: count }),
];

/** Every call of the script, behind those of the functions that it takes from modules beside it. */
const callsOf = (module: PythonModule): readonly PythonCall[] => [
  ...importedFunctions(module).flatMap(({ calls }) => calls),
  ...module.calls,
  ...module.functions.flatMap(({ calls }) => calls),
];

/** Functions of other modules that the script imports by name, and those that these call. */
function importedFunctions({ imports, imported }: PythonModule): readonly PythonFunction[] {
  const names = new Set(Object.values(imports));
  const found = new Set<PythonFunction>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const one of imported?.functions ?? []) {
      if (!names.has(one.name)) continue;
      found.add(one);
      for (const { callee } of one.calls) names.add(callee);
    }
  }
  return [...found];
}

function detect({ python }: ConfigDocument): number {
  if (python === undefined || !importedNames(python).some((name) => name.startsWith('olmo_core.'))) return 0;
  const calls = callsOf(python);
  return calls.some(({ callee }) => isTrainModule(callee)) && calls.some(({ callee }) => isModel(callee)) ? 0.9 : 0;
}

/** Arguments that only some calls of a script have, whatever builds them: the batch, the length, the nodes. */
const loose: ReadonlySet<string> = new Set(['global_batch_size', 'max_sequence_length', 'sequence_length', 'num_nodes', 'num_gpus']);

function settingsOf(calls: readonly PythonCall[]): readonly Setting[] {
  const module = calls.findLast(({ callee }) => isTrainModule(callee));
  const others = calls
    .filter((call) => call !== module)
    .flatMap((call) => callSettings({ ...call, arguments: call.arguments.filter(({ name }) => name !== undefined && loose.has(name)) }));
  // What a later call passes on from a parameter says less than the number itself.
  const known = others.filter(({ scalar }) => typeof scalar === 'number');
  return [...known, ...(module === undefined ? [] : callSettings(module))];
}

function read(document: ConfigDocument): readonly Reading[] {
  const { python } = document;
  if (python === undefined || detect(document) === 0) return [];
  const calls = callsOf(python);
  const settings = settingsOf(calls);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: firstLine(document) });
  const find = finder(draft, settings);
  readRows(draft, olmoCoreRows, settings);
  readModel(draft, calls);
  readBatch(draft, find, settings);
  readDataParallel(draft, find);
  readRecompute(draft, find);
  applyDefaults(draft, olmoCoreRows);
  setDefault(draft, 'optimizer.kind', 'adam', 'AdamW and SkipStepAdamW are the optimizers of the scripts');
  setDefault(draft, 'dropout.enabled', false, 'the models have no dropout');
  const keys = settings.filter(({ name }) => !/\.\d+(?:\.|$)/.test(name));
  return [finishReading(draft, keys, () => true)];
}

/** Models that OLMo-core builds by name and the Hub has; others are known by their names alone. */
const hub: { readonly [name: string]: string } = {
  olmo2_1B_v2: 'allenai/OLMo-2-0425-1B',
  olmo2_7B: 'allenai/OLMo-2-1124-7B',
  olmo2_13B: 'allenai/OLMo-2-1124-13B',
  olmo2_32B: 'allenai/OLMo-2-0325-32B',
  olmo3_7B: 'allenai/Olmo-3-1025-7B',
  olmo3_32B: 'allenai/Olmo-3-1125-32B',
};

function readModel(draft: Draft, calls: readonly PythonCall[]): void {
  const call = calls.findLast(({ callee }) => isModel(callee));
  const name = call?.callee.split('.').at(-1);
  if (call === undefined || name === undefined) return;
  const { uri } = draft.document;
  setField(draft, 'model.name', `TransformerConfig.${name}`, { kind: 'key', uri, key: call.name, value: call.name, spelling: name });
  const target = (Object.hasOwn(hub, name) ? hub[name] : undefined) ?? publicModel(name.replace('0_6B', '600m').replace('1_7B', '1p7b'));
  if (target !== undefined) draft.links.push({ range: call.name, target, role: 'model' });
  else {
    const why = `the sizes of ${name} stand in nn/transformer/config.py of OLMo-core`;
    setUnknown(draft, 'model.layers', { kind: 'unresolved', uri, key: call.name, value: call.name, spelling: name, why });
  }
}

function readBatch(draft: Draft, find: Find, settings: readonly Setting[]): void {
  const numbers = settings.filter(({ name, scalar }) => /^(?:max_)?sequence_length$/.test(name) && typeof scalar === 'number');
  const length = numbers.at(-1);
  const tokens = settingNumber(length);
  if (length !== undefined && tokens !== undefined) setField(draft, 'sequence.length', tokens, keyOrigin(draft, length));
  find('max_sequence_length', 'sequence_length');
  const global = find('global_batch_size');
  const all = settingNumber(global);
  if (all !== undefined) draft.facts.global_batch_tokens = all;
  if (global !== undefined && all === undefined) setUnknown(draft, 'batch.global', unresolvedOrigin(draft, global));
  else if (all !== undefined && tokens !== undefined && all % tokens === 0) {
    setDerived(draft, 'batch.global', all / tokens, ['sequence.length'], `global_batch_size ${all} / sequence length ${tokens}`);
  }
  const rank = find('rank_microbatch_size');
  if (rank === undefined) return;
  const one = settingNumber(rank);
  const times = timesLength(draft, rank);
  if (times !== undefined) setDerived(draft, 'batch.micro', times, [], 'rank_microbatch_size as a multiple of the sequence length');
  else if (one !== undefined && tokens !== undefined && one % tokens === 0) {
    setDerived(draft, 'batch.micro', one / tokens, ['sequence.length'], `rank_microbatch_size ${one} / sequence length ${tokens}`);
  } else setUnknown(draft, 'batch.micro', unresolvedOrigin(draft, rank));
}

/** `2 * common.max_sequence_length`: a parameter whose value is the length whatever it is. */
function timesLength(draft: Draft, { value }: Setting): number | undefined {
  const text = textAt(draft.document, value).replace(/\s+/g, '');
  const factor = /^(?:(\d+)\*)?(?:\w+\.)*(?:max_)?sequence_length$/i.exec(text);
  const after = /^(?:\w+\.)*(?:max_)?sequence_length\*(\d+)$/i.exec(text);
  return factor ? Number(factor[1] ?? 1) : after ? Number(after[1]) : undefined;
}

type Format = ReturnType<typeof numberFormatNamed>;

/** `DType.bfloat16` */
const formatOf = (setting: Setting | undefined): Format => numberFormatNamed((settingText(setting) ?? '').split('.').at(-1) ?? '');

function readDataParallel(draft: Draft, find: Find): void {
  const name = find('dp_config.name');
  const kind = (settingText(name) ?? '').split('.').at(-1) ?? '';
  const param = formatOf(find('dp_config.param_dtype'));
  find('dp_config.reduce_dtype');
  if (name !== undefined && kind !== '') draft.facts.dp_kind = kind;
  if (kind === 'ddp') setDefault(draft, 'zero.stage', 0, 'DDP keeps everything on every rank');
  else if (kind === 'fsdp' || kind === 'hsdp') {
    setDefault(draft, 'zero.stage', 3, 'FSDP shards parameters, gradients and optimizer states');
    setDefault(draft, 'zero.implementation', 'fsdp2', 'OLMo-core uses fully_shard');
    if (kind === 'fsdp') setDefault(draft, 'parallel.dataReplicate', 1, 'FSDP has no copies');
  }
  const dtype = find('dp_config.param_dtype');
  if (dtype !== undefined && param !== undefined) setField(draft, 'precision.compute', param, keyOrigin(draft, dtype));
  else setDefault(draft, 'precision.compute', 'fp32', 'no param_dtype is given');
  setDefault(draft, 'precision.params', 'fp32', 'sharded parameters are fp32');
  setDefault(draft, 'precision.gradients', 'fp32', 'gradients have the format of the sharded parameters');
}

/** Modes: full, selected_modules, selected_blocks, selected_ops, budget. */
function readRecompute(draft: Draft, find: Find): void {
  const block = find('ac_config');
  const mode = find('ac_config.mode');
  const word = (settingText(mode) ?? '').split('.').at(-1) ?? '';
  if (block === undefined || block.scalar === null) {
    setDefault(draft, 'recompute.granularity', 'none', 'ac_config is None');
    return;
  }
  draft.facts.activation_checkpointing = word;
  const setting = mode ?? block;
  if (word === 'full') {
    setField(draft, 'recompute.granularity', 'full', keyOrigin(draft, setting));
    setDerived(draft, 'recompute.method', 'uniform', ['recompute.granularity'], 'each layer by itself');
    setDerived(draft, 'recompute.layers', 1, ['recompute.granularity'], 'each layer by itself');
    return;
  }
  if (word === '') {
    setUnknown(draft, 'recompute.granularity', unresolvedOrigin(draft, setting));
    return;
  }
  setDerived(draft, 'recompute.granularity', 'selective', [], `mode ${word}`);
  const modules = textAt(draft.document, block.value);
  if (/feed_forward/.test(modules)) setDerived(draft, 'recompute.modules', 'mlp', [], 'the modules named are feed-forward parts');
}

export const adapter: Adapter = { id: framework, label: 'OLMo-core', detect, read, keys: olmoCoreKeys };

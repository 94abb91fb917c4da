/**
 * From the settings of a Megatron-Bridge recipe to job fields: the provider has Megatron Core's own names, beside it stand the
 * batch, the distributed data parallel configuration and the precision. Sources: src/megatron/bridge/recipes/common.py,
 * training/config.py, models/gpt_provider.py and perf_recipes of Megatron-Bridge 067f987d; recipes with keywords of v0.2.0.
 */
import type { PythonCall } from '../../syntax/python-module.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { ddpCoreRows, type KeysOf, memoryCoreRows, parallelCoreRows, readNoChunks, shapeCoreRows } from '../megatron-core/core-rows.ts';
import { defaultGptShape } from '../megatron-core/gpt-defaults.ts';
import { publicModel } from '../megatron-core/models.ts';
import { readCorePrecision } from '../megatron-core/precision.ts';
import { applyRecipe } from '../megatron-core/recipe-defaults.ts';
import { bool, count, optimizerKind, text } from '../parse.ts';
import type { Recipe } from '../python-recipe.ts';
import { applyDefaults, readRows, row } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { wordsOf } from '../trainer/names.ts';
import { bridgeRecipes } from './recipe-table.ts';

const providerWhy = 'as in the configuration classes of Megatron Core';
const model: KeysOf = (...names) => names.flatMap((name) => [`model.${name}`, name]);
const communication: KeysOf = (...names) => names.flatMap((name) => [`model.${name}`, name, `comm_overlap.${name}`]);
const ddp: KeysOf = (...names) => names.flatMap((name) => [`mixed_precision.${name}`, `ddp.${name}`, `comm_overlap.${name}`]);

export const bridgeRows = [
  ...parallelCoreRows(communication, providerWhy),
  ...shapeCoreRows(model),
  ...memoryCoreRows(model, providerWhy),
  ...ddpCoreRows(ddp),
  row({ field: 'batch.micro', keys: ['train.micro_batch_size', 'micro_batch_size'], parse: count }),
  row({ field: 'batch.global', keys: ['train.global_batch_size', 'global_batch_size'], parse: count }),
  row({
    field: 'sequence.length',
    keys: ['model.seq_length', 'dataset.seq_length', 'dataset.sequence_length', 'seq_length'],
    parse: count,
  }),
  row({ field: 'optimizer.precisionAware', keys: ['optimizer.use_precision_aware_optimizer'], parse: bool }),
  row({ field: 'optimizer.name', keys: ['optimizer.optimizer'], parse: text }),
  row({ field: 'optimizer.kind', keys: ['optimizer.optimizer'], parse: (setting) => ({ value: optimizerKind(String(setting.scalar)) }) }),
];

/** Functions a recipe starts from that set nothing but what `recipes/common.py` sets. */
const commons = /(?:^|\.)_(?:pretrain|sft|peft)_common$/;
const isContainer = (callee: string): boolean => /(?:^|\.)ConfigContainer$/.test(callee);
const baseName = (base: PythonCall): string => base.callee.split('.').at(-1) ?? '';

export function readBridge(draft: Draft, { settings, base, calls }: Recipe, name: string): void {
  const find = finder(draft, settings);
  readRows(draft, bridgeRows, settings);
  readNoChunks(draft, settings, model);
  readLists(draft, settings, calls);
  const own = base !== undefined && !isContainer(base.callee) ? base : undefined;
  readModel(draft, find, own, calls);
  const precision = find('mixed_precision', 'precision_config');
  readCorePrecision(draft, find, precision, (part) => find(`mixed_precision.${part}`), calls);
  readSharding(draft, find);
  readBase(draft, own);
  readName(draft, name);
}

/** Settings that are lists, and layouts that a function of the package puts in. */
function readLists(draft: Draft, settings: readonly Setting[], calls: readonly PythonCall[]): void {
  const modules = wordsOf(settings, 'model.recompute_modules');
  const setting = settings.findLast((one) => one.name === 'model.recompute_modules');
  if (setting !== undefined && modules !== undefined && modules.length > 0) {
    setField(draft, 'recompute.modules', modules.join(','), keyOrigin(draft, setting));
    setDefault(draft, 'recompute.granularity', 'selective', 'recompute_modules are those of selective recomputation');
    draft.facts.recompute = `selective: ${modules.join(', ')}`;
  }
  const layout = calls.findLast(({ callee }) => /(?:^|\.)set_\w+_pipeline_model_parallel_layout$/.test(callee));
  if (layout === undefined || draft.sources['parallel.pipelineLayout'] !== undefined) return;
  const written = layout.arguments.find(({ value }) => value.kind === 'scalar' && typeof value.scalar === 'string')?.value;
  const { uri } = draft.document;
  const spelling = baseName(layout);
  if (written?.kind === 'scalar') {
    setField(draft, 'parallel.pipelineLayout', String(written.scalar), {
      kind: 'key',
      uri,
      key: layout.name,
      value: written.value,
      spelling,
    });
  } else {
    const why = `${spelling} chooses a layout by PP and VPP`;
    setUnknown(draft, 'parallel.pipelineLayout', { kind: 'unresolved', uri, key: layout.name, value: layout.name, spelling, why });
  }
}

/** `AutoBridge.from_hf_pretrained("...")`, a provider class of a size, or the recipe it starts from. */
function readModel(draft: Draft, find: Find, base: PythonCall | undefined, calls: readonly PythonCall[]): void {
  const setting = find('model');
  const hub = find('hf_path') ?? undefined;
  const bridge = calls.findLast(({ callee }) => /(?:^|\.)from_hf_pretrained$/.test(callee))?.arguments[0]?.value;
  const provider = setting?.written?.split('.').at(-1) ?? '';
  const named = publicModel(provider);
  if (bridge?.kind === 'scalar') draft.links.push({ range: bridge.value, target: String(bridge.scalar), role: 'model' });
  else if (hub !== undefined && settingText(hub) !== undefined)
    draft.links.push({ range: hub.value, target: settingText(hub) ?? '', role: 'model' });
  else if (setting !== undefined && named !== undefined) draft.links.push({ range: setting.value, target: named, role: 'model' });
  else if (setting !== undefined && /Provider\w*$/.test(provider)) defaultProvider(draft, provider);
  else if (base !== undefined) {
    const target = publicModel(baseName(base));
    if (target !== undefined) draft.links.push({ range: base.name, target, role: 'model' });
  }
  if (draft.links.length === 0 && setting !== undefined && setting.container !== true && draft.job['model.layers'] === undefined) {
    setUnknown(draft, 'model.layers', unresolvedOrigin(draft, setting));
  }
}

function defaultProvider(draft: Draft, provider: string): void {
  if (provider !== 'GPTModelProvider') return;
  defaultGptShape(draft, 'as in GPTModelProvider of src/megatron/bridge/models/gpt_provider.py');
}

const strategies: { readonly [name: string]: 0 | 1 | 2 | 3 } = { no_shard: 0, optim: 1, optim_grads: 2, optim_grads_params: 3 };

function readSharding(draft: Draft, find: Find): void {
  const fsdp = find('ddp.use_megatron_fsdp', 'use_megatron_fsdp');
  const strategy = find('ddp.data_parallel_sharding_strategy');
  const distributed = find('ddp.use_distributed_optimizer', 'optimizer.use_distributed_optimizer');
  if (fsdp?.scalar === true) {
    const stage = strategies[settingText(strategy) ?? 'optim_grads_params'] ?? 3;
    setField(draft, 'zero.stage', stage, keyOrigin(draft, strategy ?? fsdp));
    setDerived(draft, 'zero.implementation', 'fsdp2', ['zero.stage'], 'use_megatron_fsdp is on');
  } else if (distributed?.scalar === false) setField(draft, 'zero.stage', 0, keyOrigin(draft, distributed));
  else if (distributed?.scalar === true) setField(draft, 'zero.stage', 1, keyOrigin(draft, distributed));
  else setDefault(draft, 'zero.stage', 1, 'recipes use the distributed optimizer');
  if (draft.job['zero.stage'] === 1) {
    setDefault(draft, 'zero.implementation', 'megatron-distributed-optimizer', 'use_distributed_optimizer of Megatron Core');
  }
}

/** What the recipe leaves to the function it starts from. */
function readBase(draft: Draft, base: PythonCall | undefined): void {
  const isCommon = base !== undefined && commons.test(base.callee);
  if (base !== undefined && !isCommon) {
    draft.facts.recipe = baseName(base);
    if (!applyRecipe(draft, bridgeRecipes, baseName(base), base)) {
      hide(draft, base);
      return;
    }
  }
  if (base !== undefined) {
    const where = 'src/megatron/bridge/recipes/common.py';
    setDefault(draft, 'precision.compute', 'bf16', `mixed_precision is bf16_mixed in ${where}`);
    setDefault(draft, 'precision.params', 'bf16', 'weights are stored in the training precision');
    setDefault(draft, 'precision.gradients', 'fp32', `grad_reduce_in_fp32 is on in ${where}`);
    setDefault(draft, 'overlap.gradReduce', true, `overlap_grad_reduce is on in ${where}`);
    setDefault(draft, 'overlap.paramGather', true, `overlap_param_gather is on in ${where}`);
    if (isCommon) {
      setDefault(draft, 'batch.global', 32, `as in ${where}`);
      setDefault(draft, 'batch.micro', 2, `as in ${where}`);
      setDefault(draft, 'sequence.length', 4096, `as in ${where}`);
    }
  }
  applyDefaults(draft, bridgeRows);
  setDefault(draft, 'optimizer.kind', 'adam', 'recipes train with Adam');
  setDefault(draft, 'attention.kernel', 'flash', 'layers of Transformer Engine');
}

const decisive = ['parallel.tensor', 'parallel.pipeline', 'parallel.context', 'batch.micro', 'batch.global', 'sequence.length'] as const;

function hide(draft: Draft, base: PythonCall): void {
  const why = `it stands in ${base.callee}, which is not in this file`;
  const origin = { kind: 'unresolved', uri: draft.document.uri, key: base.name, value: base.name, spelling: base.callee, why } as const;
  for (const field of decisive) if (draft.sources[field] === undefined) setUnknown(draft, field, origin);
}

/** Machines with a data sheet among those the recipes are called after. */
const sold: ReadonlySet<string> = new Set(['a100', 'h100', 'h200', 'b200', 'gb200', 'b300', 'gb300']);

/** Benchmarks are called after the machine: `deepseek_v3_pretrain_1024gpu_h100_bf16_config`. */
function readName(draft: Draft, name: string): void {
  const world = Number(/_(\d+)gpus?_/.exec(name)?.[1] ?? 0);
  const gpu = /_((?:gb|vr|h|b|a)\d{3})(?=_|$)/.exec(name)?.[1];
  if (gpu !== undefined) {
    draft.facts.gpu = gpu.toUpperCase();
    if (sold.has(gpu)) setDerived(draft, 'cluster.gpu', gpu, [], `the name of the function says ${gpu.toUpperCase()}`);
  }
  if (world === 0) return;
  setDerived(draft, 'cluster.gpus', world, [], `the name of the function says ${world} GPUs`);
  const { 'parallel.tensor': tp, 'parallel.pipeline': pp, 'parallel.context': cp = 1 } = draft.job;
  if (tp !== undefined && pp !== undefined && world % (tp * pp * cp) === 0) draft.facts.dp = world / (tp * pp * cp);
}

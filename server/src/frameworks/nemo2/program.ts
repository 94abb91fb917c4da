/**
 * From the settings of a NeMo 2 recipe to job fields. The strategy, the model's configuration and the plugin pass on names of
 * Megatron Core; the data module has the batch, the trainer the GPUs. Sources: nemo/lightning/pytorch/strategies/
 * megatron_strategy.py, nemo/collections/llm/recipes and gpt/model of NeMo 8cfedd72.
 */
import type { PythonArgument, PythonCall } from '../../syntax/python-module.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { ddpCoreRows, type KeysOf, memoryCoreRows, parallelCoreRows, readNoChunks, shapeCoreRows } from '../megatron-core/core-rows.ts';
import { defaultGptShape } from '../megatron-core/gpt-defaults.ts';
import { publicModel } from '../megatron-core/models.ts';
import { readCorePrecision } from '../megatron-core/precision.ts';
import { applyRecipe } from '../megatron-core/recipe-defaults.ts';
import { count, countOr, optimizerKind, text } from '../parse.ts';
import type { Recipe } from '../python-recipe.ts';
import { callSettings } from '../python-settings.ts';
import { applyDefaults, applyParsed, readRows, row } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { wordsOf } from '../trainer/names.ts';
import { nemo2Recipes } from './recipe-table.ts';

const strategyWhy = 'as in MegatronStrategy of nemo/lightning/pytorch/strategies/megatron_strategy.py';

/** Short names of what stands in the blocks of a recipe. */
const strategy: KeysOf = (...names) => names.flatMap((name) => [`trainer.strategy.${name}`, `model.config.${name}`]);
const overlap: KeysOf = (...names) =>
  names.flatMap((name) => [`trainer.strategy.ddp.${name}`, `comm_overlap.${name}`, `trainer.plugins.${name}`]);
const communication: KeysOf = (...names) => [...strategy(...names), ...names.map((name) => `comm_overlap.${name}`)];
const config: KeysOf = (...names) => names.map((name) => `model.config.${name}`);
const both: KeysOf = (...names) => names.flatMap((name) => [`model.config.${name}`, `trainer.strategy.${name}`]);

const devices = countOr(['-1', 'auto'], 'the GPUs of the node');

export const nemo2Rows = [
  ...parallelCoreRows(communication, strategyWhy),
  ...shapeCoreRows(config),
  ...memoryCoreRows(both, 'as in TransformerConfig of Megatron Core'),
  ...ddpCoreRows(overlap),
  row({ field: 'cluster.nodes', keys: ['trainer.num_nodes', 'num_nodes'], parse: count }),
  row({ field: 'cluster.gpusPerNode', keys: ['trainer.devices', 'num_gpus_per_node'], parse: devices }),
  row({ field: 'batch.micro', keys: ['data.micro_batch_size', 'trainer.strategy.data_sampler.micro_batch_size'], parse: count }),
  row({ field: 'batch.global', keys: ['data.global_batch_size', 'trainer.strategy.data_sampler.global_batch_size'], parse: count }),
  row({
    field: 'sequence.length',
    keys: ['model.config.seq_length', 'trainer.strategy.data_sampler.seq_len', 'data.seq_length'],
    parse: count,
  }),
  row({ field: 'optimizer.name', keys: ['optim.config.optimizer'], parse: text }),
  row({
    field: 'optimizer.kind',
    keys: ['optim.config.optimizer'],
    parse: (setting) => ({ value: optimizerKind(String(setting.scalar)) }),
  }),
];

/** What stands around a recipe. */
export interface Around {
  /** The executor's arguments count only where the trainer says nothing. */
  readonly executor?: PythonCall | undefined;
  /** Parameters of a function that nobody in the file calls: their defaults may give way to the caller's values. */
  readonly parameters?: readonly PythonArgument[];
}

export function readNemo2(draft: Draft, recipe: Recipe, { executor, parameters: open = [] }: Around): readonly Setting[] {
  const settings = [...recipe.settings.map(plainName), ...callbacks(recipe.calls)];
  const find = finder(draft, settings);
  readRows(draft, nemo2Rows, settings);
  readNoChunks(draft, settings, strategy);
  readModules(draft, settings);
  const base = recipeBase(recipe);
  readBase(draft, base);
  readModel(draft, find, recipe);
  readCorePrecision(
    draft,
    find,
    find('trainer.plugins', 'trainer.plugins.0'),
    (name) => find(`trainer.plugins.${name}`, `trainer.plugins.0.${name}`),
    recipe.calls,
  );
  readAdapter(draft, find);
  if (executor !== undefined) readExecutor(draft, executor);
  leaveToCaller(draft, open);
  if (base === undefined || isShipped(base)) applyDefaults(draft, nemo2Rows);
  else hide(draft, base);
  defaultSharding(draft, find);
  return settings;
}

/** Parameters of functions of other files: `nemotron_recipe(tensor_parallelism=2)`, `trainer=nemotron_trainer(tensor_parallelism=2)`. */
const parameters: { readonly [name: string]: string } = {
  tensor_parallelism: 'trainer.strategy.tensor_model_parallel_size',
  pipeline_parallelism: 'trainer.strategy.pipeline_model_parallel_size',
  virtual_pipeline_parallelism: 'trainer.strategy.virtual_pipeline_model_parallel_size',
  context_parallelism: 'trainer.strategy.context_parallel_size',
  expert_parallelism: 'trainer.strategy.expert_model_parallel_size',
  sequence_parallelism: 'trainer.strategy.sequence_parallel',
  seq_length: 'data.seq_length',
  global_batch_size: 'data.global_batch_size',
  micro_batch_size: 'data.micro_batch_size',
};

function plainName(setting: Setting): Setting {
  const name = setting.name.replace(/^trainer\.(?=\w+$)/, '');
  return Object.hasOwn(parameters, name) ? { ...setting, name: parameters[name] ?? name } : setting;
}

/** Callbacks hold what no block has: `MegatronCommOverlapCallback(tp_comm_overlap=True)`. */
function callbacks(calls: readonly PythonCall[]): readonly Setting[] {
  return calls.flatMap((call) => {
    const first = call.arguments[0]?.value;
    const isOurs = /MegatronCommOverlapCallback$/.test(first?.kind === 'name' ? first.name : call.callee);
    return isOurs ? callSettings(call, { prefix: 'comm_overlap' }) : [];
  });
}

function readModules(draft: Draft, settings: readonly Setting[]): void {
  const modules = wordsOf(settings, 'model.config.recompute_modules');
  const setting = settings.findLast(({ name }) => name === 'model.config.recompute_modules');
  if (setting !== undefined && modules !== undefined) setField(draft, 'recompute.modules', modules.join(','), keyOrigin(draft, setting));
}

/** `llm.llama3_70b.pretrain_recipe` is the recipe `llama3_70b` of the package. */
const recipeName = (base: PythonCall): string =>
  base.callee
    .replace(/\.?(?:pretrain|finetune)_recipe$/, '')
    .split('.')
    .at(-1) ?? '';
const isShipped = (base: PythonCall): boolean => /\.pretrain_recipe$/.test(base.callee) && nemo2Recipes.recipes.has(recipeName(base));

/** The function of another file that makes the recipe; `llm.train(...)` itself only takes what stands here. */
function recipeBase({ base }: Recipe): PythonCall | undefined {
  return base !== undefined && /(?:^|\.)(?:train|pretrain|finetune)$/.test(base.callee) ? undefined : base;
}

function readBase(draft: Draft, base: PythonCall | undefined): void {
  if (base === undefined) return;
  draft.facts.recipe = base.callee.split('.').slice(-2).join('.');
  if (isShipped(base)) {
    applyRecipe(draft, nemo2Recipes, recipeName(base), base);
    setDefault(draft, 'precision.compute', 'bf16', `recipe ${recipeName(base)} of ${nemo2Recipes.source} trains in bf16-mixed`);
    setDefault(draft, 'cluster.nodes', 1, 'num_nodes of the recipe is 1');
    setDefault(draft, 'cluster.gpusPerNode', 8, 'num_gpus_per_node of the recipe is 8');
  }
}

/** A recipe that is not in the table may set anything. */
function hide(draft: Draft, base: PythonCall): void {
  const why = `it stands in ${base.callee}, which is not in this file`;
  const origin = { kind: 'unresolved', uri: draft.document.uri, key: base.name, value: base.name, spelling: base.callee, why } as const;
  for (const field of [
    'parallel.tensor',
    'parallel.pipeline',
    'parallel.context',
    'batch.micro',
    'batch.global',
    'sequence.length',
  ] as const) {
    if (draft.sources[field] === undefined) setUnknown(draft, field, origin);
  }
}

/** The configuration class of the model names a public one; a recipe of the package does too. */
function readModel(draft: Draft, find: Find, { base }: Recipe): void {
  const model = find('model');
  const block = find('model.config');
  const written = (block?.written ?? settingText(block))?.split('.').at(-1);
  const setting = block ?? model;
  const named = written !== undefined ? publicModel(written) : undefined;
  if (setting !== undefined && written !== undefined) {
    setField(draft, 'model.name', written, keyOrigin(draft, setting));
    if (named !== undefined) draft.links.push({ range: setting.value, target: named, role: 'model' });
    else if (draft.job['model.layers'] === undefined) {
      setUnknown(draft, 'model.layers', unresolvedOrigin(draft, setting, `the sizes of ${written} stand in its class`));
    }
  }
  if (written !== undefined) defaultGpt(draft, written);
  const [first] = base?.arguments ?? [];
  const hub = /default_finetune_recipe$/.test(base?.callee ?? '') ? base?.arguments[1]?.value : undefined;
  if (setting === undefined && base !== undefined) {
    const target = publicModel(recipeName(base));
    if (target !== undefined) draft.links.push({ range: base.name, target, role: 'model' });
  } else if (named === undefined && hub?.kind === 'scalar' && first !== undefined) {
    draft.links.push({ range: hub.value, target: String(hub.scalar), role: 'model' });
  }
}

/** GPTConfig of nemo/collections/llm/gpt/model/base.py is that of GPT-2; other classes say more in their names. */
function defaultGpt(draft: Draft, written: string): void {
  if (written !== 'GPTConfig') return;
  defaultGptShape(draft, 'as in GPTConfig of nemo/collections/llm/gpt/model/base.py');
}

/** `model_transform` or `peft` make adapters of a recipe. */
function readAdapter(draft: Draft, find: Find): void {
  const setting = find('peft', 'model.model_transform', 'peft_scheme');
  const name = (setting?.written ?? settingText(setting) ?? '').split('.').at(-1)?.toLowerCase();
  if (setting === undefined || (name !== 'lora' && name !== 'dora')) return;
  setField(draft, 'adapter.kind', name, keyOrigin(draft, setting));
  const rank = find(`${setting.name}.dim`);
  if (typeof rank?.scalar === 'number') setField(draft, 'adapter.rank', rank.scalar, keyOrigin(draft, rank));
}

const executorRows = [
  row({ field: 'cluster.nodes', keys: ['nodes'], parse: count }),
  row({ field: 'cluster.gpusPerNode', keys: ['gpus_per_node', 'ntasks_per_node'], parse: count }),
];

function readExecutor(draft: Draft, executor: PythonCall): void {
  for (const setting of callSettings(executor)) {
    for (const { field, keys } of executorRows) {
      if (keys.includes(setting.name) && (draft.sources[field]?.kind ?? 'default') === 'default')
        applyParsed(draft, field, setting, count as never);
    }
  }
}

/** Recipes train with the distributed optimizer; `fsdp` of the strategy is Megatron's or PyTorch's. */
function defaultSharding(draft: Draft, find: Find): void {
  const fsdp = find('trainer.strategy.fsdp');
  if (fsdp !== undefined && fsdp.scalar !== null) {
    setField(draft, 'zero.stage', 3, keyOrigin(draft, fsdp));
    setDerived(draft, 'zero.implementation', 'fsdp2', ['zero.stage'], `fsdp of the strategy is ${settingText(fsdp) ?? 'on'}`);
    return;
  }
  const distributed = find('optim.config.use_distributed_optimizer', 'trainer.strategy.ddp.use_distributed_optimizer');
  if (distributed?.scalar === false) setField(draft, 'zero.stage', 0, keyOrigin(draft, distributed));
  else if (distributed?.scalar === true) setField(draft, 'zero.stage', 1, keyOrigin(draft, distributed));
  else setDefault(draft, 'zero.stage', 1, 'distributed_fused_adam_with_cosine_annealing uses the distributed optimizer');
  if (draft.job['zero.stage'] === 1) {
    setDefault(draft, 'zero.implementation', 'megatron-distributed-optimizer', 'use_distributed_optimizer of Megatron Core');
  }
  setDefault(draft, 'optimizer.kind', 'adam', 'recipes train with Adam');
  setDefault(draft, 'attention.kernel', 'flash', 'layers of Transformer Engine');
}

/** A default number of nodes on which the recipe cannot run is meant to be replaced by the caller. */
function leaveToCaller(draft: Draft, parameters: readonly PythonArgument[]): void {
  const { 'parallel.tensor': tp = 1, 'parallel.pipeline': pp = 1, 'parallel.context': cp = 1 } = draft.job;
  const { 'cluster.nodes': nodes, 'cluster.gpusPerNode': gpus } = draft.job;
  const origin = draft.sources['cluster.nodes'];
  if (nodes === undefined || gpus === undefined || origin?.kind !== 'key') return;
  const { 'parallel.expert': ep = 1, 'parallel.expertTensor': etp = tp } = draft.job;
  const [dense, experts] = [tp * pp * cp, etp * ep * pp];
  const misfit = (nodes * gpus) % dense !== 0 ? `TP x PP x CP = ${dense}` : `expert TP x EP x PP = ${experts}`;
  if ((nodes * gpus) % dense === 0 && (ep === 1 || (nodes * gpus) % experts === 0)) return;
  const { uri, key, value, spelling } = origin;
  const parameter = parameters.find((one) => one.value.value.start === value.start && one.value.value.end === value.end);
  if (parameter === undefined) return;
  const why = `${parameter.name} is left to the caller: ${nodes} x ${gpus} GPUs do not make up ${misfit}`;
  setUnknown(draft, 'cluster.nodes', { kind: 'unresolved', uri, key, value, spelling, why });
}

/** From LitGPT's keys to job fields: the rows, precision, adapters, and what its scripts do on one and on several GPUs. */
import type { BaseFormat, NumberFormat } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import {
  addProblem,
  keyOrigin,
  setDefault,
  setDerived,
  setField,
  setLeftTo,
  setUnknown,
  setUnwritten,
  unresolvedOrigin,
} from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { bool, ratio, shown } from '../parse.ts';
import { applyDefaults, applyParsed, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { type MethodName, methods } from './methods.ts';
import { litgptRows, optimizerNameRows, shapeRows } from './rows.ts';

/** Model names of litgpt/config.py that are not the model's name on the Hub. */
const hubNames: { readonly [name: string]: string } = {
  'tiny-llama-1.1b': 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
  'tiny-llama-1.1b-chat': 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
};

/** Reads every key that says something. Defaults are left to `defaultLitgpt`, since a command may name a file. */
export function readLitgpt(draft: Draft, settings: readonly Setting[], method: MethodName | undefined): void {
  const find = finder(draft, settings);
  readRows(draft, litgptRows, settings);
  const optimizer = find('optimizer');
  if (optimizer !== undefined && optimizer.container !== true) readRows(draft, optimizerNameRows, settings);
  readRows(draft, shapeRows, settings);
  const named = find('checkpoint_dir', 'model_name', 'repo_id');
  if (!hasShape(settings)) linkModel(draft, named);
  readPrecision(draft, find('precision'));
  if (method !== undefined) readAdapter(draft, find, method, settings);
  readQuantized(draft, find);
}

/** What the scripts do where nothing is written. */
export function defaultLitgpt(draft: Draft, method: MethodName, settings: readonly Setting[]): void {
  const { pretrains, adapter } = methods[method];
  const script = pretrains ? 'litgpt/pretrain.py' : `litgpt/finetune/${method}.py`;
  setDefault(draft, 'batch.global', pretrains ? 512 : 16, `train.global_batch_size of ${script}`);
  setDefault(draft, 'batch.micro', pretrains ? 4 : 1, `train.micro_batch_size of ${script}`);
  if (!pretrains) setDefault(draft, 'cluster.gpusPerNode', 1, `devices of ${script}`);
  setDefault(draft, 'cluster.nodes', 1, `num_nodes of ${script}`);
  if (draft.sources['precision.compute'] === undefined) defaultPrecision(draft);
  setDefault(draft, 'optimizer.kind', 'adam', 'the optimizer of every script is AdamW');
  if (pretrains) {
    setDefault(draft, 'compile.enabled', true, 'litgpt/pretrain.py compiles the model');
    setDefault(draft, 'optimizer.fused', true, 'litgpt/pretrain.py asks for the fused optimizer');
  }
  if (adapter === 'lora') {
    setDefault(draft, 'adapter.rank', 8, 'lora_r of litgpt/finetune/lora.py');
    setDefault(draft, 'adapter.dropout', true, 'lora_dropout of litgpt/finetune/lora.py is 0.05');
  }
  if (hasShape(settings)) {
    if (draft.sources['model.paddedVocab'] === undefined) setDefault(draft, 'model.vocab', 50254, 'vocab_size of litgpt/config.py');
    applyDefaults(draft, shapeRows);
  }
  readOwnProgram(draft, settings);
  defaultSharding(draft, method);
  defaultLength(draft, pretrains);
}

const strategies: { readonly [name: string]: 0 | 3 } = { ddp: 0, fsdp: 3 };

/** Keys that LitGPT's own scripts do not have: a program built on them chooses what they fix. */
function readOwnProgram(draft: Draft, settings: readonly Setting[]): void {
  const strategy = settings.find(({ name }) => name === 'strategy');
  if (strategy !== undefined) {
    draft.used.add(strategy);
    const word = String(strategy.scalar);
    const stage = Object.hasOwn(strategies, word) ? strategies[word] : undefined;
    if (stage !== undefined) setField(draft, 'zero.stage', stage, keyOrigin(draft, strategy));
    else setUnknown(draft, 'zero.stage', unresolvedOrigin(draft, strategy, "the program that reads `strategy` is not LitGPT's own"));
  }
  const checkpoints = settings.find(({ name }) => name === 'train.gradient_checkpointing');
  if (checkpoints === undefined) return;
  draft.used.add(checkpoints);
  setField(draft, 'recompute.granularity', checkpoints.scalar === true ? 'full' : 'none', keyOrigin(draft, checkpoints));
}

/** On one GPU nothing is divided and nothing computed again; on several the scripts choose the strategy themselves. */
function defaultSharding(draft: Draft, method: MethodName): void {
  const { pretrains, implementation } = methods[method];
  const { 'cluster.gpusPerNode': gpus, 'cluster.nodes': nodes } = draft.job;
  const alone = gpus === 1 && nodes === 1;
  const strategy = pretrains ? 'FSDP with HYBRID_SHARD' : method === 'lora' ? 'FSDP2' : 'FSDP';
  setDefault(draft, 'zero.stage', alone ? 0 : 3, alone ? 'one GPU needs no strategy' : `${strategy} on more than one GPU`);
  const isOwn = draft.sources['zero.stage']?.kind === 'default';
  if (!alone && isOwn) setDefault(draft, 'zero.implementation', implementation, `${strategy} on more than one GPU`);
  if (!alone && isOwn && pretrains && nodes !== undefined) {
    setDerived(draft, 'parallel.dataReplicate', nodes, ['cluster.nodes'], 'HYBRID_SHARD shards inside each node and repeats over nodes');
  }
  defaultRecompute(draft, method, alone);
}

function defaultRecompute(draft: Draft, method: MethodName, alone: boolean): void {
  const recomputes = !alone && !methods[method].pretrains;
  const why = recomputes ? 'the scripts checkpoint every block on more than one GPU' : 'nothing is checkpointed here';
  setDefault(draft, 'recompute.granularity', recomputes ? 'full' : 'none', why);
}

const hasShape = (settings: readonly Setting[]): boolean => settings.some(({ name }) => name.startsWith('model_config.'));

function linkModel(draft: Draft, setting: Setting | undefined): void {
  const written = settingText(setting);
  if (setting === undefined || written === undefined) return;
  const target = Object.hasOwn(hubNames, written) ? (hubNames[written] ?? written) : written;
  draft.links.push({ range: setting.value, target, role: 'model' });
}

interface Precision {
  readonly compute: NumberFormat;
  readonly stored: NumberFormat;
}

/** Lightning's words: `-true` keeps everything in that format, `-mixed` keeps fp32 weights and computes in 16 bits. */
const precisions: { readonly [word: string]: Precision } = {
  'bf16-true': { compute: 'bf16', stored: 'bf16' },
  'bf16-mixed': { compute: 'bf16', stored: 'fp32' },
  '16-true': { compute: 'fp16', stored: 'fp16' },
  '16-mixed': { compute: 'fp16', stored: 'fp32' },
  '32-true': { compute: 'fp32', stored: 'fp32' },
  'transformer-engine': { compute: 'bf16', stored: 'bf16' },
};

function readPrecision(draft: Draft, setting: Setting | undefined): void {
  if (setting === undefined || setting.scalar === null) return;
  if (setting.scalar === undefined) {
    setUnknown(draft, 'precision.compute', unresolvedOrigin(draft, setting));
    return;
  }
  const written = String(setting.scalar);
  const found = Object.hasOwn(precisions, written) ? precisions[written] : undefined;
  if (found === undefined) {
    setUnknown(draft, 'precision.compute', unresolvedOrigin(draft, setting, `${shown(setting)} is no precision Rooflint knows`));
    return;
  }
  applyParsed(draft, 'precision.compute', setting, () => ({ value: found.compute }));
  store(draft, found.stored, `${written}: the format weights, gradients and optimizer states are kept in`);
  draft.facts.precision = written;
}

function defaultPrecision(draft: Draft): void {
  setDefault(draft, 'precision.compute', 'bf16', 'LitGPT takes bf16-true on GPUs that have bf16');
  store(draft, 'bf16', 'bf16-true keeps everything in bf16');
}

function store(draft: Draft, format: NumberFormat, how: string): void {
  setDerived(draft, 'precision.params', format, ['precision.compute'], how);
  setDerived(draft, 'precision.gradients', format, ['precision.compute'], how);
}

/** Switch, what it puts an adapter on, and whether it is on when nothing is written. */
const loraSwitches: readonly (readonly [string, string, boolean])[] = [
  ['lora_query', 'q', true],
  ['lora_key', 'k', false],
  ['lora_value', 'v', true],
  ['lora_projection', 'o', false],
  ['lora_mlp', 'gate,up,down', false],
  ['lora_head', 'head', false],
];

function readAdapter(draft: Draft, find: Find, method: MethodName, settings: readonly Setting[]): void {
  const { adapter } = methods[method];
  if (adapter === undefined) return;
  setDefault(draft, 'adapter.kind', adapter, `finetune_${method} trains this kind`);
  if (method !== 'lora') return;
  const on = loraSwitches.flatMap(([name, targets, fallback]) => {
    const setting = find(name);
    const parsed = setting === undefined ? undefined : bool(setting);
    return (typeof parsed === 'object' && 'value' in parsed ? parsed.value : fallback) ? [targets] : [];
  });
  const isWritten = settings.some(({ name }) => loraSwitches.some(([one]) => one === name));
  const targets = on.join(',');
  if (isWritten && targets !== '')
    setDerived(draft, 'adapter.targets', targets, [], 'lora_query, lora_key, lora_value, lora_projection, lora_mlp, lora_head');
  else if (targets !== '') setDefault(draft, 'adapter.targets', targets, 'lora_query and lora_value are on');
  const dropout = find('lora_dropout');
  const share = dropout === undefined ? undefined : ratio(0, 1)(dropout);
  if (typeof share === 'object' && 'value' in share)
    setDerived(draft, 'adapter.dropout', share.value > 0, [], `lora_dropout is ${share.value}`);
}

const fourOrEight: readonly BaseFormat[] = ['nf4', 'nf4-dq', 'int8'];

/** Quantized weights: paged AdamW of bitsandbytes, one GPU, no mixed precision; LitGPT refuses anything else. */
function readQuantized(draft: Draft, find: Find): void {
  const quantize = find('quantize');
  const format = draft.job['model.baseFormat'];
  if (quantize === undefined || format === undefined || !fourOrEight.includes(format)) return;
  if (draft.job['adapter.kind'] === 'lora' && format !== 'int8') {
    setDerived(draft, 'adapter.kind', 'qlora', ['model.baseFormat'], 'LoRA on weights in 4 bits');
  }
  setDerived(draft, 'optimizer.paged', true, ['model.baseFormat'], 'with quantize LitGPT uses the paged AdamW of bitsandbytes');
  const { 'cluster.gpusPerNode': gpus, 'cluster.nodes': nodes } = draft.job;
  if ((gpus ?? 1) * (nodes ?? 1) > 1) {
    const message = 'LitGPT refuses quantize on more than one GPU: set devices and num_nodes to 1, or leave quantize out';
    addProblem(draft, quantize.value, 'error', 'quantized-on-several-gpus', message);
  }
  if (String(draft.facts.precision ?? '').endsWith('-mixed')) {
    addProblem(
      draft,
      quantize.value,
      'error',
      'quantized-mixed-precision',
      'LitGPT refuses quantize with mixed precision: write bf16-true',
    );
  }
}

/** Without a limit the longest sample decides, and in pre-training the model's own context (litgpt/pretrain.py). */
function defaultLength(draft: Draft, pretrains: boolean): void {
  if (pretrains) setLeftTo(draft, 'sequence.length', 'LitGPT, from the context of the model');
  else setUnwritten(draft, 'sequence.length', 'train.max_seq_length is not given: the longest sample of the data decides');
}

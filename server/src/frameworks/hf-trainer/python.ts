/**
 * Python scripts that hold their arguments themselves: `TrainingArguments(...)` and TRL's configuration classes, with the model
 * that `from_pretrained` loads, PEFT's LoraConfig, BitsAndBytesConfig and Unsloth's FastLanguageModel in the same file.
 * Unsloth: unsloth/models/loader.py and llama.py (main, 2025): one GPU, 4 bits and rank 16 unless told otherwise.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { PythonCall, PythonModule } from '../../syntax/python-module.ts';
import type { Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading, setDefault, setField } from '../draft.ts';
import type { Pins } from '../pins.ts';
import { allCalls } from '../python-calls.ts';
import { callSettings } from '../python-settings.ts';
import type { Setting } from '../setting.ts';
import { defaultTrainer, notModelledIn, readTrainer } from '../trainer/program.ts';
import { trainerRelease } from '../trainer/versions.ts';
import { framework, runsAs } from './shell.ts';
import { defaultTrl, taskOfClass, trlAdapters, trlNotModelled, trlTask } from './trl.ts';

const lastPart = (callee: string): string => callee.slice(callee.lastIndexOf('.') + 1);

const argumentClass = /^(?:\w*TrainingArguments|\w+Config)$/;

/** Calls that make the arguments of a training. */
export function argumentCalls(module: PythonModule): readonly PythonCall[] {
  return allCalls(module).filter(({ callee }) => {
    const name = lastPart(callee);
    if (!argumentClass.test(name)) return false;
    return /TrainingArguments$/.test(name) || (taskOfClass(name) !== undefined && /^(?:trl|unsloth)\b|^\w+Config$/.test(callee));
  });
}

export function readPython(document: ConfigDocument, pins: Pins): readonly Reading[] {
  const { python } = document;
  if (python === undefined) return [];
  const calls = allCalls(python);
  return argumentCalls(python).map((call) => readCall(document, python, call, calls, pins));
}

const isUnsloth = (calls: readonly PythonCall[]): boolean =>
  calls.some(({ callee }) => /(?:^|\.)Fast(?:Language|Vision)?Model\./.test(callee));

function readCall(document: ConfigDocument, module: PythonModule, call: PythonCall, calls: readonly PythonCall[], pins: Pins): Reading {
  const own = betweenCells(module, callSettings(call, { positional: ['output_dir'] }));
  const settings = [...betweenCells(module, around(calls)), ...own];
  const taskName = taskOfClass(call.callee);
  const task = taskName === undefined ? undefined : trlTask(taskName, settings, pins);
  const release = trainerRelease(settings, pins);
  const draft = createDraft({ document, framework, runsAs, kind: 'training', release: task?.release ?? release.name, launch: call.range });
  readTrainer(draft, settings);
  if (task !== undefined) draft.facts.framework = 'trl';
  if (isUnsloth(calls)) readUnsloth(draft);
  if (task !== undefined) defaultTrl(draft, task);
  const habits = task === undefined ? {} : { adapter: trlAdapters };
  if (!own.some(({ name }) => name === '**')) defaultTrainer(draft, release, habits);
  const top = own.filter(({ name }) => !name.includes('.') && name !== '**');
  const notModelled = { ...notModelledIn(draft), ...(task === undefined ? {} : trlNotModelled(task)) };
  return finishReading(
    draft,
    [...top, ...settings.filter((one) => !own.includes(one) && !one.name.includes('.'))],
    () => true,
    notModelled,
  );
}

/**
 * In a marimo notebook a cell is a function, and its parameters are names that other cells assign, each in one cell only.
 */
function betweenCells(module: PythonModule, settings: readonly Setting[]): readonly Setting[] {
  if (!Object.values(module.imports).includes('marimo')) return settings;
  return settings.map((setting) => {
    const [name, ...others] = setting.unknown;
    if (setting.scalar !== undefined || name === undefined || others.length > 0) return setting;
    const assigned = module.functions.flatMap(({ assignments }) => assignments.filter(({ target }) => target === name));
    const value = assigned.length === 1 ? assigned[0]?.value : undefined;
    if (value?.kind !== 'scalar') return setting;
    const { why: _why, ...known } = setting;
    return { ...known, scalar: value.scalar, quoted: value.quoted, value: value.value, unknown: [] };
  });
}

/** Unsloth's own kernels and checkpointing; its open version trains on one GPU. */
function readUnsloth(draft: Draft): void {
  draft.facts.framework = 'unsloth';
  setDefault(draft, 'cluster.gpus', 1, 'Unsloth trains on one GPU');
  setDefault(draft, 'kernels.fused', true, "Unsloth's own kernels of norms, rotary embedding and MLP");
  setDefault(draft, 'loss.fused', true, "Unsloth's own cross-entropy never writes all logits");
  setDefault(draft, 'precision.loaded', 'bf16', 'dtype None of FastLanguageModel is bf16 where the GPU has it');
  if (draft.sources['model.baseFormat'] === undefined && draft.job['adapter.kind'] === 'lora') return;
  if (draft.job['model.baseFormat'] === 'nf4')
    setField(draft, 'model.baseFormat', 'nf4-dq', draft.sources['model.baseFormat'] ?? { kind: 'assumed', why: '4 bits' });
}

/** Settings of the calls around the arguments: model, quantization, adapters, trainer. */
function around(calls: readonly PythonCall[]): readonly Setting[] {
  const models = calls.filter(({ callee }) => isModelLoad(callee)).slice(0, 1);
  return [
    ...models.flatMap((call) => renamed(callSettings(call, { positional: ['pretrained_model_name_or_path'] }))),
    ...calls.filter(({ callee }) => lastPart(callee) === 'BitsAndBytesConfig').flatMap((call) => callSettings(call)),
    ...calls
      .filter(({ callee }) => isAdapterCall(callee))
      .slice(0, 1)
      .flatMap((call) => [switchedOn(call), ...callSettings(call)]),
    ...calls
      .filter(({ callee }) => /(?:^|\.)(?:\w*Trainer)$/.test(callee))
      .slice(0, 1)
      .flatMap((call) => ofTrainer(callSettings(call))),
  ];
}

function isModelLoad(callee: string): boolean {
  return /(?:^|\.)(?:\w*For\w+|AutoModel\w*|Fast(?:Language|Vision)?Model|\w+LMHeadModel|\w+Model)\.from_pretrained$/.test(callee);
}

const isAdapterCall = (callee: string): boolean =>
  lastPart(callee) === 'LoraConfig' || /(?:^|\.)Fast(?:Language|Vision)?Model\.get_peft_model$/.test(callee);

/** Loading names of the call as the rows know them; the block of a quantization stands for its keys. */
function renamed(settings: readonly Setting[]): readonly Setting[] {
  return settings
    .filter(({ name }) => !name.startsWith('quantization_config'))
    .map((setting) => (setting.name === 'pretrained_model_name_or_path' ? { ...setting, name: 'model_name_or_path' } : setting));
}

/** The call itself asks for adapters, whatever stands in it. */
function switchedOn({ name }: PythonCall): Setting {
  return {
    name: 'use_peft',
    spelling: 'LoraConfig',
    key: name,
    value: name,
    given: true,
    scalar: true,
    quoted: false,
    unknown: [],
    rest: [],
  };
}

const trainerNames: ReadonlySet<string> = new Set(['max_seq_length', 'max_length', 'max_prompt_length', 'packing', 'neftune_noise_alpha']);

/** Arguments that trainers of TRL took themselves before they had configuration classes, and a model by its name. */
function ofTrainer(settings: readonly Setting[]): readonly Setting[] {
  return settings.flatMap((setting) => {
    if (trainerNames.has(setting.name)) return [setting];
    return setting.name === 'model' && typeof setting.scalar === 'string' && setting.quoted
      ? [{ ...setting, name: 'model_name_or_path' }]
      : [];
  });
}

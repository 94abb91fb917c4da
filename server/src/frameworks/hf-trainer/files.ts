/**
 * Files of training arguments: what `HfArgumentParser.parse_yaml_file` and `parse_json_file` take, TRL's `--config`, and the
 * recipes of alignment-handbook. Keys are those of the flags; how many GPUs there are stands in the launch.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading, noteWritten, setField } from '../draft.ts';
import { topEntries } from '../find.ts';
import type { Pins } from '../pins.ts';
import { entrySettings, firstLine, type Setting } from '../setting.ts';
import { defaultTrainer, notModelledIn, readTrainer } from '../trainer/program.ts';
import { trainerRelease } from '../trainer/versions.ts';
import { framework, runsAs } from './shell.ts';
import { defaultTrl, type TrlTask, taskOfKeys, trlAdapters, trlNotModelled, trlTask } from './trl.ts';

/** Keys of `TrainingArguments`; front ends with their own formats share a few of them. */
const telling: ReadonlySet<string> = new Set(
  `per_device_train_batch_size per_device_eval_batch_size gradient_accumulation_steps gradient_checkpointing num_train_epochs
  lr_scheduler_type save_total_limit evaluation_strategy eval_strategy save_strategy warmup_ratio model_name_or_path report_to
  output_dir logging_steps learning_rate optim bf16`.split(/\s+/),
);
const least = 4;

/** How sure a file of keys is one of these. A state the Trainer wrote has the same keys and more. */
export function detectFile(document: ConfigDocument): number {
  const names = topEntries(document);
  if (!names.has('per_device_train_batch_size') && !names.has('model_name_or_path')) return 0;
  const found = [...telling].filter((name) => names.has(name)).length;
  return found >= least ? 0.7 : found === least - 1 && names.has('per_device_train_batch_size') ? 0.5 : 0;
}

export function readFile(document: ConfigDocument, pins: Pins): readonly Reading[] {
  if (detectFile(document) === 0) return [];
  const settings = entrySettings(document);
  const task = taskOfFile(settings, pins);
  const release = trainerRelease(settings, pins);
  const draft = createDraft({
    document,
    framework,
    runsAs,
    kind: 'training',
    release: task?.release ?? release.name,
    launch: firstLine(document),
  });
  const habits = task === undefined ? {} : { adapter: trlAdapters };
  readTrainer(draft, settings, habits);
  if (task !== undefined) {
    draft.facts.framework = 'trl';
    defaultTrl(draft, task);
  }
  assumeNoSharding(draft);
  defaultTrainer(draft, release, habits);
  const keys = settings.filter(({ name }) => !name.includes('.'));
  // Keys inside blocks have no row of their own, but rules ask for them.
  noteWritten(
    draft,
    framework,
    settings.filter(({ name }) => name.includes('.')),
  );
  return [finishReading(draft, keys, () => true, { ...notModelledIn(draft), ...(task === undefined ? {} : trlNotModelled(task)) })];
}

/** Who shards such a job is told by the launch as a rule: `accelerate launch --config_file`. */
function assumeNoSharding(draft: Draft): void {
  if (draft.sources['zero.stage'] !== undefined || draft.links.some(({ role }) => role === 'deepspeed-config')) return;
  const why =
    'the file asks for neither DeepSpeed nor FSDP: nothing is divided, unless the launch does it (accelerate launch --config_file)';
  setField(draft, 'zero.stage', 0, { kind: 'assumed', why });
}

/** A file of TRL says more than `TrainingArguments` have. */
function taskOfFile(settings: readonly Setting[], pins: Pins): TrlTask | undefined {
  const task = taskOfKeys(settings);
  const isTrl = settings.some(({ name }) =>
    /^(?:use_peft|dataset_name|dataset_mixture|dataset_mixer|torch_dtype|dtype|attn_implementation)$/.test(name),
  );
  return task !== undefined && isTrl ? trlTask(task, settings, pins) : undefined;
}

/**
 * LitGPT: its YAML, and `litgpt finetune_lora CHECKPOINT --config FILE --train.micro_batch_size 2` in a script, where the
 * flags override the file. Source: litgpt/__main__.py and litgpt/parser_config.py at 26857050.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { keyNames } from '../find.ts';
import { withRows } from '../key-table.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { entrySettings, firstLine, type Setting } from '../setting.ts';
import { spellRow } from '../spell-key.ts';
import { launches, readLaunch } from './command.ts';
import { isLitgptKey, litgptKeys } from './keys.ts';
import type { MethodName } from './methods.ts';
import { litgptNotModelled } from './not-modelled.ts';
import { defaultLitgpt, readLitgpt } from './program.ts';
import { litgptRows, optimizerNameRows, shapeRows } from './rows.ts';

const framework = 'litgpt';
const release = 'LitGPT 0.5';

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return launches(document).length > 0 ? 0.95 : 0;
  if (document.format !== 'yaml') return 0;
  const names = keyNames(document);
  const batches = names.has('train.micro_batch_size') || names.has('train.global_batch_size');
  if (batches && (names.has('checkpoint_dir') || names.has('model_name') || names.has('model_config'))) return 0.95;
  // A program built on LitGPT may name its model elsewhere.
  const own = ['train.global_batch_size', 'train.micro_batch_size', 'train.max_tokens', 'train.lr_warmup_steps', 'train.save_interval'];
  return own.every((name) => names.has(name)) && names.has('devices') ? 0.7 : 0;
}

/** A file does not name its command; what it holds tells them apart, but for adapters, whose files look like full ones. */
function methodOf(settings: readonly Setting[]): MethodName {
  if (settings.some(({ name }) => /^(?:model_name|model_config|tokenizer_dir)$/.test(name))) return 'pretrain';
  return settings.some(({ name }) => name.startsWith('lora_')) ? 'lora' : 'full';
}

function read(document: ConfigDocument): readonly Reading[] {
  if (document.format !== 'yaml') return launches(document).map((launch) => readLaunch(document, launch, release));
  if (detect(document) === 0) return [];
  const settings = entrySettings(document);
  const method = methodOf(settings);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: firstLine(document) });
  readLitgpt(draft, settings, method);
  defaultLitgpt(draft, method, settings);
  return [
    finishReading(
      draft,
      settings.filter(({ name }) => !/\.\d+$/.test(name)),
      isLitgptKey,
      litgptNotModelled,
    ),
  ];
}

function spell(field: JobField, value: string | number | boolean): string | undefined {
  return spellRow(litgptRows, field, value);
}

export const adapter: Adapter = {
  id: framework,
  label: 'LitGPT',
  detect,
  read,
  spell,
  keys: withRows(litgptKeys, ...litgptRows, ...optimizerNameRows, ...shapeRows),
};

/** axolotl: its YAML, and the commands that start it. Source: src/axolotl at 067b021c (0.18). */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { topEntries } from '../find.ts';
import { withRows } from '../key-table.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { entrySettings, firstLine } from '../setting.ts';
import { spellProperty } from '../spell-key.ts';
import { type FrontEnd, frontEndRelease } from '../trainer/versions.ts';
import { launches, readLaunch } from './command.ts';
import { axolotlKeys, isAxolotlKey } from './keys.ts';
import { axolotlNotModelled } from './not-modelled.ts';
import { defaultAxolotl, readAxolotl } from './program.ts';
import { axolotlRows } from './rows.ts';

const framework = 'axolotl';
/** requirements.txt at v0.13.2 and v0.14.0. */
const frontEnd: FrontEnd = { package: 'axolotl', label: 'axolotl', newest: 'axolotl 0.18', five: '0.14' };

/** Keys that, beside `base_model`, only axolotl has. */
const telling = [
  'micro_batch_size',
  'sequence_len',
  'sample_packing',
  'val_set_size',
  'dataset_prepared_path',
  'lora_target_linear',
  'num_epochs',
];

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return launches(document).length > 0 ? 0.95 : 0;
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  const top = topEntries(document);
  if (!top.has('base_model')) return 0;
  const found = telling.filter((name) => top.has(name)).length;
  return found > 1 ? 0.95 : found === 1 && top.has('datasets') ? 0.8 : 0;
}

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  const release = frontEndRelease(frontEnd, pins);
  if (document.format !== 'yaml' && document.format !== 'json')
    return launches(document).map((launch) => readLaunch(document, launch, release.name));
  if (detect(document) === 0) return [];
  const settings = entrySettings(document);
  const draft = createDraft({
    document,
    framework,
    runsAs: 'huggingface',
    kind: 'training',
    release: release.name,
    launch: firstLine(document),
  });
  readAxolotl(draft, settings, true);
  defaultAxolotl(draft, settings, release.trainer);
  const keys = settings.filter(({ name }) => !/\.\d+(?:\.|$)/.test(name));
  return [finishReading(draft, keys, isAxolotlKey, axolotlNotModelled(draft))];
}

function spell(field: JobField, value: string | number | boolean): string | undefined {
  if (field === 'sequence.length') return spellProperty('sequence_len', value);
  if (field === 'recompute.granularity') return spellProperty('gradient_checkpointing', value !== 'none');
  if (field === 'zero.offloadParam' || field === 'zero.offloadOptimizer')
    return spellProperty('fsdp_config.offload_params', value !== 'none');
  const key = axolotlRows.find((row) => row.field === field)?.keys[0];
  return key === undefined || field === 'attention.kernel' ? undefined : spellProperty(key, value);
}

export const adapter: Adapter = { id: framework, label: 'axolotl', detect, read, spell, keys: withRows(axolotlKeys, ...axolotlRows) };

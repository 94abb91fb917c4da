/**
 * llm-foundry: the YAML of a run, also inside a file for the MosaicML platform (`parameters`, `compute`), and the commands that
 * start it. Source: llmfoundry/command_utils/train.py and mcli/*.yaml at 8c8dd48f.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { keyNames } from '../find.ts';
import { withRows } from '../key-table.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { resolveInterpolations } from '../omegaconf.ts';
import { entrySettings, firstLine, type Setting } from '../setting.ts';
import { spellProperty, spellRow } from '../spell-key.ts';
import { launches, readLaunch } from './command.ts';
import { isLlmFoundryKey, llmFoundryKeys } from './keys.ts';
import { llmFoundryNotModelled } from './not-modelled.ts';
import { defaultLlmFoundry, readLlmFoundry } from './program.ts';
import { huggingfaceRows, llmFoundryRows, mptRows } from './rows.ts';

const framework = 'llm-foundry';
const release = 'llm-foundry 0.21';
const wrapper = 'parameters.';

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return launches(document).length > 0 ? 0.9 : 0;
  if (document.format !== 'yaml') return 0;
  const names = keyNames(document);
  const has = (name: string): boolean => names.has(name) || names.has(`${wrapper}${name}`);
  const batches = has('global_train_batch_size') || has('device_train_microbatch_size') || has('device_train_batch_size');
  return batches && has('model.name') && has('max_duration') ? 0.95 : 0;
}

/** The keys of the run under their own names: a file for the platform holds them one level down. */
function runSettings(document: ConfigDocument): readonly Setting[] {
  const settings = entrySettings(document).map((setting) =>
    setting.name.startsWith(wrapper) ? { ...setting, name: setting.name.slice(wrapper.length) } : setting,
  );
  return resolveInterpolations(settings);
}

function read(document: ConfigDocument): readonly Reading[] {
  if (document.format !== 'yaml') return launches(document).map((launch) => readLaunch(document, launch, release));
  if (detect(document) === 0) return [];
  const settings = runSettings(document);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: firstLine(document) });
  readLlmFoundry(draft, settings);
  defaultLlmFoundry(draft, settings);
  return [
    finishReading(
      draft,
      settings.filter(({ name }) => !/\.\d+(?:\.|$)/.test(name)),
      isLlmFoundryKey,
      llmFoundryNotModelled,
    ),
  ];
}

function spell(field: JobField, value: string | number | boolean): string | undefined {
  if (field === 'recompute.granularity') return spellProperty('fsdp_config.activation_checkpointing', value !== 'none');
  if (field === 'precision.compute') return spellProperty('precision', value === 'fp32' ? 'fp32' : `amp_${value}`);
  if (field === 'zero.stage') return undefined;
  return spellRow(llmFoundryRows, field, value);
}

export const adapter: Adapter = {
  id: framework,
  label: 'llm-foundry',
  detect,
  read,
  spell,
  keys: withRows(llmFoundryKeys, ...llmFoundryRows, ...mptRows, ...huggingfaceRows),
};

/** LLaMA-Factory: its YAML or JSON, and the commands that start it. Source: src/llamafactory at ff6d4d12. */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument, TextFormat } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { topEntries } from '../find.ts';
import { withRows } from '../key-table.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { resolveInterpolations } from '../omegaconf.ts';
import { entrySettings, firstLine } from '../setting.ts';
import { spellProperty } from '../spell-key.ts';
import { spellTrainer } from '../trainer/spell.ts';
import { type FrontEnd, frontEndRelease } from '../trainer/versions.ts';
import { launches, readLaunch } from './command.ts';
import { llamaFactoryKeys } from './keys.ts';
import { llamaFactoryNotModelled } from './not-modelled.ts';
import { defaultLlamaFactory, isMegatronFlavour, readLlamaFactory } from './program.ts';
import { llamaFactoryRows, megatronFlavourRows } from './rows.ts';

const framework = 'llama-factory';
/** requirements.txt and pyproject.toml at v0.9.4, which stops at transformers 4.57, and v0.9.5. */
const frontEnd: FrontEnd = { package: 'llamafactory', label: 'LLaMA-Factory', newest: 'LLaMA-Factory 0.9', five: '0.9.5' };

const isText = ({ format }: ConfigDocument): boolean => format === 'yaml' || format === 'json';

/** A model and one of the keys only LLaMA-Factory has; what its files for export and chat lack is a training argument. */
function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return launches(document).length > 0 ? 0.95 : 0;
  if (!isText(document)) return 0;
  const top = topEntries(document);
  const has = (...names: readonly string[]): boolean => names.some((name) => top.has(name));
  if (!has('model_name_or_path') || has('export_dir', 'infer_backend')) return 0;
  if (!has('do_train', 'stage', 'per_device_train_batch_size', 'output_dir')) return 0;
  return has('finetuning_type', 'cutoff_len') || (has('stage') && has('template', 'dataset')) ? 0.95 : 0;
}

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  const release = frontEndRelease(frontEnd, pins);
  if (!isText(document)) return launches(document).map((launch) => readLaunch(document, launch, release));
  if (detect(document) === 0) return [];
  const settings = resolveInterpolations(entrySettings(document));
  const runsAs = isMegatronFlavour(settings) ? 'megatron-core' : 'huggingface';
  const draft = createDraft({ document, framework, runsAs, kind: 'training', release: release.name, launch: firstLine(document) });
  readLlamaFactory(draft, settings, true);
  defaultLlamaFactory(draft, settings, release.trainer);
  const keys = settings.filter(({ name }) => !/\.\d+$/.test(name));
  // Every argument of the Trainer is one of LLaMA-Factory too, so that none is a mistake.
  return [finishReading(draft, keys, () => true, llamaFactoryNotModelled(draft))];
}

function spell(field: JobField, value: string | number | boolean, format?: TextFormat): string | undefined {
  if (format === 'shell') return spellTrainer(field, value, format);
  if (field === 'sequence.length') return spellProperty('cutoff_len', value);
  if (field === 'recompute.granularity') return spellProperty('disable_gradient_checkpointing', value === 'none');
  return spellTrainer(field, value, format ?? 'yaml');
}

export const adapter: Adapter = {
  id: framework,
  label: 'LLaMA-Factory',
  detect,
  read,
  spell,
  keys: withRows(llamaFactoryKeys, ...llamaFactoryRows, ...megatronFlavourRows),
};

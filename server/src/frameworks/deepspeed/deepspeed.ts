/** DeepSpeed configuration files: JSON, rarely YAML, often not quite valid; and launches of programs that take one. */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { topEntries } from '../find.ts';
import { withRows } from '../key-table.ts';
import { deepspeedNotModelled } from '../not-modelled.ts';
import { pinnedRelease } from '../pins.ts';
import { entrySettings, firstLine } from '../setting.ts';
import { spellRow } from '../spell-key.ts';
import { isDeepspeedKey } from './key-names.ts';
import { deepspeedKeys } from './keys.ts';
import { defaultDeepspeed, readDeepspeedSettings } from './program.ts';
import { deepspeedRows } from './rows.ts';
import { engineLaunches, framework, newest, readLaunch } from './shell.ts';

/** From v0.8.0 to v0.19.5 deepspeed/runtime/zero/config.py has the same defaults of what is read here. */
const releases = [{ since: '0.8' }];

function detect(document: ConfigDocument): number {
  if (document.format === 'shell') return engineLaunches(document).length > 0 ? 0.5 : 0;
  const top = topEntries(document);
  if (top.has('zero_optimization') || top.has('train_micro_batch_size_per_gpu')) return 0.95;
  const precision = top.has('bf16') || top.has('fp16') || top.has('bfloat16');
  return top.has('train_batch_size') && (precision || top.has('gradient_clipping') || top.has('optimizer')) ? 0.7 : 0;
}

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  if (document.format === 'shell') return engineLaunches(document).map((launch) => readLaunch(document, launch));
  if (detect(document) === 0) return [];
  const release = pinnedRelease(pins, framework, 'DeepSpeed', releases)?.name ?? newest;
  const settings = entrySettings(document);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: firstLine(document) });
  readDeepspeedSettings(draft, settings);
  const sequence = settings.find(({ name }) => name === 'sequence_parallel_size');
  if (typeof sequence?.scalar === 'number') draft.facts.sequence_parallel_size = sequence.scalar;
  defaultDeepspeed(draft);
  const keys = settings.filter(({ name }) => !/\.\d+$/.test(name));
  return [finishReading(draft, keys, isDeepspeedKey, deepspeedNotModelled)];
}

/** The key of a field with its value as JSON, with the blocks it stands in: `"zero_optimization": { "stage": 2 }`. */
function spell(field: JobField, value: string | number | boolean): string | undefined {
  const written = field === 'precision.fp16' || field === 'precision.bf16' ? value === true : value;
  return spellRow(deepspeedRows, field, written);
}

export const adapter: Adapter = { id: framework, label: 'DeepSpeed', detect, read, spell, keys: withRows(deepspeedKeys, ...deepspeedRows) };

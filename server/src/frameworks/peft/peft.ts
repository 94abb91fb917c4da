/**
 * PEFT's `adapter_config.json`: adapters beside a base model it names. Keys: peft src/peft/config.py and
 * src/peft/tuners/lora/config.py (0.17). It says nothing of a training, so that it is read as a model.
 */
import type { AdapterKind } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setField } from '../draft.ts';
import { topEntries } from '../find.ts';
import { text } from '../parse.ts';
import { applyParsed } from '../row.ts';
import { entrySettings, firstLine, type Setting, settingText } from '../setting.ts';
import { isOn, lastOf } from '../trainer/names.ts';
import { readAdapters } from '../trainer/peft.ts';
import { peftKeys } from './keys.ts';

const framework = 'peft';
const release = 'PEFT 0.17';

/** Methods the model follows; the others are known by name alone. */
const kinds: { readonly [type: string]: AdapterKind } = {
  LORA: 'lora',
  ADALORA: 'lora',
  IA3: 'ia3',
  PROMPT_TUNING: 'prompt',
  PREFIX_TUNING: 'prompt',
  P_TUNING: 'prompt',
};

function detect(document: ConfigDocument): number {
  if (document.format !== 'json') return 0;
  const top = topEntries(document);
  return top.has('peft_type') ? 0.95 : top.has('base_model_name_or_path') && top.has('target_modules') ? 0.8 : 0;
}

function read(document: ConfigDocument): readonly Reading[] {
  if (detect(document) === 0) return [];
  const settings = entrySettings(document);
  const draft = createDraft({ document, framework, runsAs: 'huggingface', kind: 'model', release, launch: firstLine(document) });
  readMethod(draft, settings);
  readBase(draft, settings);
  for (const name of ['peft_type', 'task_type', 'use_dora', 'use_rslora', 'lora_alpha'] as const) {
    const setting = lastOf(settings, name);
    if (setting?.scalar === undefined || setting.scalar === null) continue;
    draft.used.add(setting);
    draft.facts[name] = setting.scalar;
  }
  // A configuration class keeps the keys of its release; one of another release is no mistake.
  return [
    finishReading(
      draft,
      settings.filter(({ name }) => !name.includes('.')),
      () => true,
    ),
  ];
}

function readMethod(draft: Draft, settings: readonly Setting[]): void {
  const type = lastOf(settings, 'peft_type');
  const kind = kinds[settingText(type)?.toUpperCase() ?? 'LORA'];
  if (kind === undefined) return;
  if (kind === 'lora') readAdapters(draft, settings, { rank: 8, dropout: false, where: 'as in peft/tuners/lora/config.py' });
  if (type !== undefined && !isOn(lastOf(settings, 'use_dora'))) setField(draft, 'adapter.kind', kind, keyOrigin(draft, type));
}

function readBase(draft: Draft, settings: readonly Setting[]): void {
  const base = lastOf(settings, 'base_model_name_or_path');
  const target = settingText(base);
  if (base === undefined || target === undefined || target === '') return;
  draft.used.add(base);
  applyParsed(draft, 'model.name', base, text);
  draft.links.push({ range: base.value, target, role: 'model' });
}

export const adapter: Adapter = { id: framework, label: 'PEFT adapter', detect, read, keys: peftKeys };

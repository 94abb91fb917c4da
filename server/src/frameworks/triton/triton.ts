/**
 * Triton's `config.pbtxt`: one model of a repository, run by the back end it names. For TensorRT-LLM the memory and batches stand in its parameters;
 * for vLLM in `1/model.json` beside it. The shipped files are templates: what a script fills in is unknown, and says which parameter it is.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading } from '../draft.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { entrySettings, firstLine, settingNumber, settingText } from '../setting.ts';
import { tritonKeys } from './keys.ts';
import { tensorRtDefaults, tritonRows } from './rows.ts';

const telling: ReadonlySet<string> = new Set(['backend', 'platform', 'instance_group', 'parameters', 'input', 'max_batch_size']);

function detect({ format, entries }: ConfigDocument): number {
  if (format !== 'pbtxt') return 0;
  return entries.some(({ path }) => telling.has(String(path[0]))) ? 0.95 : 0;
}

/** The engine that a back end runs. */
const engines: { readonly [backend: string]: string } = { tensorrtllm: 'tensorrt-llm', vllm: 'vllm' };

function read(document: ConfigDocument): readonly Reading[] {
  if (detect(document) === 0) return [];
  const settings = namedSettings(document);
  const find = (name: string): Setting | undefined => settings.findLast((one) => one.name === name);
  const backend = settingText(find('backend')) ?? settingText(find('platform'));
  const isTensorRt =
    backend === 'tensorrtllm' || find('parameters.gpt_model_path') !== undefined || find('parameters.gpt_model_type') !== undefined;
  const runsAs = isTensorRt ? 'tensorrt-llm' : (engines[backend ?? ''] ?? 'triton');
  const draft = createDraft({
    document,
    framework: 'triton',
    runsAs,
    kind: 'serving',
    release: 'Triton 2025',
    launch: firstLine(document),
  });
  readRows(draft, tritonRows, settings);
  nameHidden(draft, settings);
  readInstances(draft, settings, find);
  if (isTensorRt) applyDefaults(draft, tensorRtDefaults);
  if (backend !== undefined) draft.facts.backend = backend;
  const name = settingText(find('name'));
  if (name !== undefined) draft.facts.name = name;
  const engine = find('parameters.gpt_model_path');
  const folder = settingText(engine);
  if (engine !== undefined && folder !== undefined)
    draft.links.push({ range: engine.value, target: `${folder}/config.json`, role: 'engine-config' });
  return [finishReading(draft, settings, isKnown)];
}

const isKnown = (name: string): boolean =>
  tritonKeys.keys.some((key) => key.name === name) || /^(?:parameters|input|output|instance_group)(?:\.|$)/.test(name);

/** Settings without the indexes of messages, and each parameter under its own name. */
function namedSettings(document: ConfigDocument): readonly Setting[] {
  const all = entrySettings(document);
  const keyOf = new Map(all.filter(({ name }) => /^parameters\.\d+\.key$/.test(name)).map((one) => [one.name.split('.')[1], one] as const));
  return all.map((setting) => {
    const [, index, value] = /^parameters\.(\d+)\.value(?:\.0\.string_value)?$/.exec(setting.name) === null ? [] : setting.name.split('.');
    const key = keyOf.get(index);
    if (value !== undefined && key !== undefined && setting.container !== true) {
      const name = String(key.scalar);
      return hidden({ ...setting, name: `parameters.${name}`, spelling: name, key: key.value, quoted: false });
    }
    return hidden({ ...setting, name: setting.name.replaceAll(/\.\d+(?=\.|$)/g, '') });
  });
}

/** A value that a template fills in says which setting it is. */
function hidden(setting: Setting): Setting {
  if (setting.scalar !== undefined || setting.unknown.length === 0) return setting;
  return { ...setting, why: `${setting.spelling} is \${${setting.unknown.join(', ')}}, which is to be filled in` };
}

/** Names what else is to be filled in with the first thing that is unknown for it. */
function nameHidden(draft: Draft, settings: readonly Setting[]): void {
  const open = settings.filter(({ scalar, unknown, container }) => scalar === undefined && container !== true && unknown.length > 0);
  const entry = (Object.entries(draft.sources) as [JobField, Draft['sources'][JobField]][]).find(
    ([, origin]) => origin?.kind === 'unresolved',
  );
  const others = open
    .filter((one) => !draft.used.has(one))
    .map(({ spelling, unknown: [name] }) => (name === spelling || name === undefined ? spelling : `${spelling} (${name})`));
  if (entry === undefined || others.length === 0) return;
  const [field, origin] = entry;
  if (origin?.kind === 'unresolved') draft.sources[field] = { ...origin, why: `${origin.why}; so are ${[...new Set(others)].join(', ')}` };
}

function readInstances(draft: Draft, settings: readonly Setting[], find: (name: string) => Setting | undefined): void {
  const counts = settings.filter(({ name }) => name === 'instance_group.count');
  const numbers = counts.map(settingNumber);
  if (counts.length > 0 && numbers.every((one) => one !== undefined))
    draft.facts.instances = numbers.reduce((sum, one) => sum + (one ?? 0), 0);
  const kind = settingText(find('instance_group.kind'));
  if (kind !== undefined) draft.facts.instance_kind = kind;
  const devices = settingText(find('parameters.gpu_device_ids'));
  const listed = settings.filter(({ name, container }) => name === 'instance_group.gpus' && container !== true).length;
  if (devices !== undefined && devices !== '') draft.facts.gpus = devices.split(/[,;]/).filter((one) => one.trim() !== '').length;
  else if (kind === 'KIND_GPU' && listed > 0) draft.facts.gpus = listed;
  else if (draft.facts.instances !== undefined && kind === 'KIND_GPU') draft.facts.gpus = draft.facts.instances;
}

export const adapter: Adapter = { id: 'triton', label: 'Triton', detect, read, keys: tritonKeys };

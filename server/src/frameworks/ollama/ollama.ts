/** Ollama: Modelfiles, and `ollama run MODEL` in scripts. The tag or the file's name tells how the weights are quantized. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, ReadContext, Reading } from '../adapter.ts';
import { noContext } from '../adapter.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setDefault, setField } from '../draft.ts';
import { engineAdapter } from '../engines/frame.ts';
import { fileName, ggufType } from '../engines/gguf.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { entrySettings, settingText } from '../setting.ts';
import { ollamaKeys } from './keys.ts';
import { ollamaEnvironmentRows, ollamaRows } from './rows.ts';

const id = 'ollama';
const release = { name: 'Ollama 2026 (fb307609)' };

/**
 * A model of the library, or of a repository whose files are fetched: `llama3.1:8b`, `hf.co/user/model-GGUF`. Models published in
 * 4 bits are packed as they are, small models of embeddings in 16 bits.
 */
const isPublished = (name: string): boolean =>
  (/^[\w.-]+(?::[\w.-]+)?$/.test(name) || /^(?:hf\.co|huggingface\.co)\/[\w.-]+\/[\w.-]+$/.test(name)) &&
  !/\.(?:gguf|bin|safetensors)$|^\.|^gpt-oss|embed|minilm|bge-|-qat\b|cloud$/i.test(name);

/** What a model's name says, and where it leads. */
function readModel(draft: Draft, settings: readonly Setting[]): void {
  const from = settings.findLast(({ name }) => name === 'from');
  const name = settingText(from);
  if (from === undefined || name === undefined) return;
  const type = ggufType(name);
  if (type !== undefined) draft.facts.quantization = type;
  if (type !== undefined) setField(draft, 'serving.quantization', type, keyOrigin(draft, from));
  if (type === undefined && isPublished(name))
    setDefault(draft, 'serving.quantization', 'Q4_K_M', 'what the library has under a tag that names no format');
  if (/\.gguf$/i.test(name)) draft.facts['model.gguf'] = fileName(name);
  draft.links.push({ range: from.value, target: name, role: 'model' });
}

function complete(draft: Draft, settings: readonly Setting[]): void {
  readModel(draft, settings);
  applyDefaults(draft, ollamaRows);
  setDefault(draft, 'serving.speculativeTokens', 0, 'no draft is set');
}

const commands = engineAdapter({
  id,
  label: 'Ollama',
  start: { command: { program: /(?:^|\/)ollama$/, subcommands: /^run$/ } },
  flags: { switches: new Set(['verbose', 'insecure', 'nowordwrap', 'hidethinking']) },
  positional: ['from'],
  isKnown: (name) => /^(?:format|keepalive|verbose|insecure|nowordwrap|think|hidethinking|from|dimensions|truncate)$/.test(name),
  rows: ollamaRows,
  environmentRows: ollamaEnvironmentRows,
  keys: ollamaKeys,
  release: () => release,
  complete,
});

/** Instructions in small letters, parameters by their own name. */
function read(document: ConfigDocument, context: ReadContext = noContext): readonly Reading[] {
  if (document.format !== 'modelfile') return commands.read(document, context);
  const from = document.entries.find(({ path }) => path[0] === 'FROM');
  if (from === undefined) return [];
  const launch = { start: from.key.start, end: from.value.end };
  const draft = createDraft({ document, framework: id, kind: 'serving', release: release.name, launch });
  const settings = entrySettings(document).map((setting) => {
    const parameter = /^PARAMETER\.(.+)$/.exec(setting.name)?.[1];
    return { ...setting, name: parameter ?? setting.name.replace(/\..*$/, '').toLowerCase() };
  });
  readRows(draft, ollamaRows, settings);
  for (const { name, scalar } of settings) {
    if (/^(?:temperature|top_k|top_p|min_p|repeat_penalty|seed|num_predict)$/.test(name) && scalar !== undefined)
      draft.facts[`parameters.${name}`] = scalar;
  }
  const adapter = settings.findLast(({ name }) => name === 'adapter');
  if (adapter !== undefined) draft.facts['lora.enabled'] = true;
  complete(draft, settings);
  const known = new Set(ollamaKeys.keys.map(({ name }) => name));
  return [finishReading(draft, settings, (name) => known.has(name) || name === 'message')];
}

export const adapter: Adapter = {
  ...commands,
  detect: (document) => (document.format === 'modelfile' ? 0.95 : commands.detect(document)),
  read,
};

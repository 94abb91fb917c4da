/** MLC LLM: `mlc_llm serve`, `MLCEngine(...)` in Python, and `mlc-chat-config.json` of a compiled model. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, ReadContext, Reading } from '../adapter.ts';
import { noContext } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setField } from '../draft.ts';
import { linkFiles, nameGpus, noteFacts } from '../engines/facts.ts';
import { type EngineFrame, engineAdapter, readKeys } from '../engines/frame.ts';
import { engineName } from '../engines/nested.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { mlcKeys } from './keys.ts';
import { mlcModelRows, mlcRows } from './rows.ts';

/** `name=value;name=value` as settings; all of them stand where the text stands. */
function withOverrides(settings: readonly Setting[]): readonly Setting[] {
  const overrides = settings.findLast(({ name }) => name === 'overrides');
  const inside = (settingText(overrides) ?? '').split(';').flatMap((part): readonly Setting[] => {
    const [name = '', value] = part.split('=', 2).map((one) => one.trim());
    if (overrides === undefined || name === '' || value === undefined) return [];
    return [{ ...overrides, name: engineName(name), spelling: name, scalar: value }];
  });
  return [...settings, ...inside];
}

/** `Llama-3-8B-Instruct-q4f16_1-MLC` and the folders of compiled models say how the weights are quantized. */
function readModel(draft: Draft, settings: readonly Setting[]): void {
  const model = settings.findLast(({ name }) => name === 'model');
  const type = /-((?:q\d+f(?:16|32)|q4bf16|e[45]m[23]\w*f16)(?:_\w+)?)(?=-MLC|$)/i.exec(settingText(model) ?? '')?.[1];
  if (model !== undefined && type !== undefined && draft.sources['serving.quantization'] === undefined)
    setField(draft, 'serving.quantization', type, keyOrigin(draft, model));
}

function complete(draft: Draft, settings: readonly Setting[]): void {
  readRows(draft, mlcModelRows, settings);
  noteFacts(draft, settings, { mode: 'mode', 'speculative-mode': 'speculative.method' });
  readModel(draft, settings);
  nameGpus(draft);
  applyDefaults(draft, mlcRows);
  setDefault(draft, 'serving.prefixCaching', true, 'prefix_cache_mode radix in serve/config.py');
  linkFiles(draft, settings, { model: 'model' });
}

const frame: EngineFrame<{ readonly name: string }> = {
  id: 'mlc',
  label: 'MLC LLM',
  start: { command: { program: /(?:^|\/)mlc_llm$/, subcommands: /^(?:serve|chat|bench)$/ } },
  flags: { switches: new Set(['enable-debug', 'enable-tracing', 'allow-credentials']), several: new Set(['additional-models']) },
  positional: ['model'],
  calls: { callee: /^mlc_llm\b(?:.*\.)?(?:MLCEngine|AsyncMLCEngine)$/, positional: ['model', 'device'] },
  isKnown: (name) =>
    /^(?:version|vocab-size|temperature|top-p|conv-template|tokenizer-\w+|\w+-token-id|\w+-penalty|active-vocab-size|model-task)$/.test(
      name,
    ) || mlcKeys.keys.some((key) => key.name === name || key.name.startsWith(`${name}.`)),
  rename: (name) => (name.startsWith('engine-config.') ? engineName(name.slice('engine-config.'.length)) : name),
  adjust: withOverrides,
  rows: mlcRows,
  keys: mlcKeys,
  release: () => ({ name: 'MLC LLM 2026 (79d603f0)' }),
  complete,
};

const base = engineAdapter(frame);

const isChatConfig = ({ format, entries }: ConfigDocument): boolean =>
  format === 'json' &&
  ['model_config', 'quantization', 'conv_template'].every((name) => entries.some(({ path }) => path.length === 1 && path[0] === name));

export const adapter: Adapter = {
  ...base,
  detect: (document) => (isChatConfig(document) ? 0.97 : base.detect(document)),
  read: (document, context: ReadContext = noContext): readonly Reading[] =>
    isChatConfig(document) ? [readKeys(document, frame, context.pins)] : base.read(document, context),
};

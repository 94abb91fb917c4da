/** Ray Serve LLM: serve configurations in YAML, and `LLMConfig(...)` in Python. RayService holds the former in a text. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { PythonCall } from '../../syntax/python-module.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { callSettings } from '../python-settings.ts';
import { modelsOf, readApplications } from './applications.ts';
import { rayServeKeys } from './keys.ts';
import { readModel } from './models.ts';

const callee = /^ray\.(?:serve\.llm|llm)\b(?:.*\.)?LLMConfig$/;

function callsOf({ python }: ConfigDocument): readonly PythonCall[] {
  if (!python) return [];
  const bodies = [python, ...python.functions, ...python.classes.flatMap(({ functions }) => functions)];
  const calls = bodies.flatMap(({ calls: own }) => own).filter((call) => callee.test(call.callee));
  return [...new Map(calls.map((call) => [call.range.start, call])).values()];
}

function detect(document: ConfigDocument): number {
  if (document.format === 'python') return callsOf(document).length > 0 ? 0.9 : 0;
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  return /llm_configs|model_loading_config|MODEL_ID|prefill_config/.test(document.text) && modelsOf(document).length > 0 ? 0.94 : 0;
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  if (document.format !== 'python') return readApplications(document, readInner);
  return callsOf(document).flatMap((call) =>
    readModel(document, { launch: call.range, settings: callSettings(call, { positional: [] }) }, readInner),
  );
}

export const adapter: Adapter = { id: 'ray-serve', label: 'Ray Serve LLM', detect, read, keys: rayServeKeys };

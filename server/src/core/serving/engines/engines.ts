/** The engines by their id. */
import type { Engine } from './engine.ts';
import type { EngineId } from './engine-id.ts';
import { llamaCpp } from './llama-cpp.ts';
import { lmdeploy } from './lmdeploy.ts';
import { mlc } from './mlc.ts';
import { ollama } from './ollama.ts';
import { sglang } from './sglang.ts';
import { tensorRtLlm } from './tensorrt-llm.ts';
import { tgi } from './tgi.ts';
import { vllm } from './vllm.ts';

const engines: Readonly<Record<EngineId, Engine>> = {
  vllm,
  sglang,
  'tensorrt-llm': tensorRtLlm,
  tgi,
  lmdeploy,
  'llama-cpp': llamaCpp,
  ollama,
  mlc,
};

export const engineOf = (id: EngineId): Engine => engines[id];

export const isEngine = (name: string): name is EngineId => Object.hasOwn(engines, name);

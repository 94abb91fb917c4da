/** Ollama: llama.cpp with a context by the size of the memory (ollama/ollama server/routes.go, envconfig/config.go). */
import { GiB } from '../../units.ts';
import { type Engine, memoryOf } from './engine.ts';
import { llamaCpp } from './llama-cpp.ts';

export const ollama: Engine = {
  ...llamaCpp,
  id: 'ollama',
  label: 'Ollama',
  // Every request that runs beside others has a context of its own (llm/server.go, KvSize: NumCtx * numParallel).
  contexts: (asked, slots) => ({ each: asked, all: asked * slots }),
  defaults: ({ accelerator, tensor, pipeline }) => {
    const memory = memoryOf(accelerator) * tensor * pipeline;
    return {
      sequences: 1,
      batchedTokens: 512,
      share: 1,
      blockSize: 1,
      context: memory >= GiB(47) ? 262_144 : memory >= GiB(23) ? 32_768 : 4096,
      why: "Ollama's default (envconfig/config.go), a context by the memory of the GPUs (server/routes.go)",
    };
  },
};

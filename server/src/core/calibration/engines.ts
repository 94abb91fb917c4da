/** Host work of serving engines; see `fits/engines.json`. */

import engineFits from './fits/engines.json' with { type: 'json' };
import { fitted } from './fitted.ts';

export type EngineHost = Readonly<Record<keyof typeof engineFits.parameters, number>>;

/** The set of an engine by its id; what was not looked at takes vLLM's, and Ollama runs llama.cpp. */
export function engineHost(engine: string): EngineHost {
  const id = engine === 'ollama' ? 'llama-cpp' : engine;
  return fitted(engineFits, engineFits.sets.some((set) => set.id === id) ? id : 'vllm');
}

/** Whether runs of the engine itself were fitted on. */
export function engineMeasured(engine: string): boolean {
  return engineFits.sets.some((set) => set.id === engine && !('assumed' in set));
}

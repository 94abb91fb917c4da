/** Host work of serving engines by release; see `fits/engines.json`. */

import { type EngineChoice, since } from '../serving/engines/engine-id.ts';
import engineFits from './fits/engines.json' with { type: 'json' };
import { fitted } from './fitted.ts';

export type EngineHost = Readonly<Record<keyof typeof engineFits.parameters, number>>;

/** Sets of releases before the first one named, oldest first; later ones take the set of the engine's own name. */
const eras: Readonly<Record<string, readonly (readonly [before: string, set: string])[]>> = {
  // 0.2.7 replays steps as graphs and draws the tokens of all requests at once; 0.6 overlaps text with steps; 0.8 runs V1.
  vllm: [
    ['0.2.7', 'vllm-0.2'],
    ['0.6', 'vllm-0.5'],
    ['0.8', 'vllm-0.7'],
  ],
  // Pull request 6766 (May 2024) brought graphs.
  'llama-cpp': [['b2816', 'llama-cpp-b2800']],
};

/** The set of an engine's release; what was not looked at takes vLLM's newest, and Ollama runs llama.cpp. */
export function engineHost(engine: EngineChoice): EngineHost {
  const id = engine.id === 'ollama' ? 'llama-cpp' : engine.id;
  const era = eras[id]?.find(([before]) => !since(engine, before))?.[1];
  return fitted(engineFits, era ?? (engineFits.sets.some((set) => set.id === id) ? id : 'vllm'));
}

/** Whether runs of the engine itself were fitted on. */
export function engineMeasured(engine: string): boolean {
  return engineFits.sets.some((set) => set.id === engine && !('assumed' in set));
}

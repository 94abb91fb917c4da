/** The engines a serving job may run on, and how their releases compare. */

export type EngineId = 'vllm' | 'sglang' | 'tensorrt-llm' | 'tgi' | 'lmdeploy' | 'llama-cpp' | 'ollama' | 'mlc';

/** An engine, and its release where a file or an image names one; absent: the newest that is known here. */
export interface EngineChoice {
  readonly id: EngineId;
  readonly release?: string;
}

/** Ollama runs llama.cpp. */
export const runsLlamaCpp = ({ id }: EngineChoice): boolean => id === 'llama-cpp' || id === 'ollama';

const numbers = (release: string): readonly number[] => (/\d+(?:\.\d+)*/.exec(release)?.[0] ?? '').split('.').map(Number);

/** Whether the release is at least this one; an unknown one is the newest. */
export function since({ release }: EngineChoice, least: string): boolean {
  if (release === undefined) return true;
  const [own, other] = [numbers(release), numbers(least)];
  for (let part = 0; part < Math.max(own.length, other.length); part++) {
    const difference = (own[part] ?? 0) - (other[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

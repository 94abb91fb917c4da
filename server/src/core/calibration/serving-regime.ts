/** What decides how far a prediction of a serving job may be off: the engine, the device, and whether both were in the fits. */
import type { ServingJob } from '../estimate-inputs.ts';
import { engineMeasured } from './engines.ts';
import { architectureMeasured } from './serving.ts';

export interface ServingRegime {
  /** The engine's id; Ollama runs llama.cpp. */
  readonly engine: string;
  /** First word of the data sheet's architecture with its number, lower case: "ampere", "cdna3" ... */
  readonly generation: string;
  /** `measured`: kernels of this architecture and runs of this engine were fitted on; `carried`: one of them is taken from another. */
  readonly footing: 'measured' | 'carried';
}

export function servingRegime(job: Pick<ServingJob, 'engine' | 'cluster'>): ServingRegime {
  const architecture = job.cluster.accelerator.architecture;
  const engine = job.engine.id === 'ollama' ? 'llama-cpp' : job.engine.id;
  return {
    engine,
    generation: /^[a-z]+\d*/.exec(architecture.toLowerCase())?.[0] ?? 'unknown',
    footing: engineMeasured(engine) && architectureMeasured(architecture) ? 'measured' : 'carried',
  };
}

/** The ways Megatron Core splits a model, by the names of its ModelParallelConfig (model_parallel_config.py at d98e8a64). */
import type { JobField } from '../../core/job-fields.ts';

const names = {
  tensor_model_parallel_size: 'parallel.tensor',
  pipeline_model_parallel_size: 'parallel.pipeline',
  virtual_pipeline_model_parallel_size: 'parallel.virtualStages',
  context_parallel_size: 'parallel.context',
  expert_model_parallel_size: 'parallel.expert',
  sequence_parallel: 'parallel.sequence',
} as const satisfies Readonly<Record<string, JobField>>;

export const splitFields: readonly JobField[] = Object.values(names);

/** The fields by their keys, as tables of keys want them, in a framework that passes them on below `block`. */
export function splitKeys(block: string): Readonly<Record<string, JobField>> {
  return Object.fromEntries(Object.entries(names).map(([name, field]) => [`${block}.${name}`, field]));
}

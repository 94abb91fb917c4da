/** Serving jobs of public models on one node, for the tables of this folder. */
import type { ServingJob } from '../../server/src/core/estimate-inputs.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { completeServing } from '../../server/src/core/serving/complete-serving.ts';
import { findModelCard } from '../../server/src/data/index.ts';
import { cluster } from './shapes.ts';

/** A job of a public model by its name; `fields` go over the model's own. */
export function servingJob(model: string, gpu: string, fields: PartialJob = {}, engine = 'vllm'): ServingJob {
  const card = findModelCard(model);
  if (!card) throw new Error(`no model ${model}`);
  const completed = completeServing({ ...card.fields, ...fields }, engine, cluster(gpu, 1));
  if (!('job' in completed)) throw new Error(JSON.stringify(completed));
  return completed.job;
}

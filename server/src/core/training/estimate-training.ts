/** The training estimate: numbers at once, the terms that explain them when somebody looks. */
import type { EstimateResult } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { TermsOnDemand } from './terms-on-demand.ts';
import { trainingNumbers } from './training-numbers.ts';

/** Estimates a complete training job. Refuses, with the reason, what the device or the schedule cannot run. */
export function estimateTraining(job: TrainingJob): EstimateResult {
  const numbers = trainingNumbers(job);
  if ('refused' in numbers) return { refusal: { why: numbers.refused, missing: [] } };
  return { estimate: new TermsOnDemand(job, numbers, job.assumptions, {}) };
}

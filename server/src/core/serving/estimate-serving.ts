/**
 * A serving job's memory (`memory/serving-memory.ts`, with the arithmetic of its engine) and the times of its steps
 * (`speed-terms.ts`). Known to be wrong for speculative decoding and disaggregated serving, which are not modelled.
 */
import { peakRate } from '../compute/gemm.ts';
import type { EstimateResult } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { usableMemory } from '../memory/usable.ts';
import { servingMemory } from './memory/serving-memory.ts';
import { servingTerms } from './serving-terms.ts';

/** Estimates a complete serving job. Refuses what the device cannot run. */
export function estimateServing(job: ServingJob): EstimateResult {
  const { accelerator } = job.cluster;
  if (peakRate(accelerator, 'bf16') === undefined)
    return { refusal: { why: `the data sheet of ${accelerator.label} gives no dense 16-bit rate`, missing: [] } };
  const usable = usableMemory(accelerator);
  return { estimate: servingTerms(job, usable, servingMemory(job, usable.value)) };
}

/**
 * The pipeline bubble in closed form, used only to say what would help: the share itself comes from the estimate.
 *
 *   bubble share = (p - 1) / (v m + p - 1)      p stages, m micro batches, v virtual stages per rank
 *
 * Source: Narayanan et al. 2021, "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM",
 * section 2.2 (bubble time over ideal time is (p - 1) / (v m)). Assumes equal stages and free transfers, so it is a
 * little kinder than the simulated schedule.
 */

/** Micro batches needed to bring the bubble share down to `budget`. */
export function microBatchesForBubble(stages: number, virtualStages: number, budget: number): number {
  return Math.ceil(((stages - 1) * (1 - budget)) / (budget * virtualStages));
}

/** Share of the step that a rank idles. */
export function bubbleShare(stages: number, microBatches: number, virtualStages: number): number {
  return (stages - 1) / (virtualStages * microBatches + stages - 1);
}

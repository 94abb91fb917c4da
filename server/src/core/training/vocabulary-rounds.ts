/**
 * Vocabulary parallelism in the pipeline lets a micro batch live longer: between its forward and its backward pass the
 * output layer runs on all ranks with one barrier (Vocab-2), two (Vocab-1), or in step with the other ranks (interlaced).
 *
 * Source: Yeung et al. 2024, "Balancing Pipeline Parallelism with Vocabulary Parallelism" (arXiv:2411.05288), sections 5
 * and 6: one, two, or half of p micro batches more are alive. In a pipeline that starts one micro batch per round, a life
 * that is that many rounds longer also ends the step that many rounds later.
 */
import type { TrainingJob } from '../estimate-inputs.ts';

/** Rounds of the pipeline that a micro batch lives longer. */
export function vocabularyRounds({ parallel: { vocabPipeline, pipeline } }: TrainingJob): number {
  if (vocabPipeline === 'none' || pipeline === 1) return 0;
  return { 'vocab-1': 2, 'vocab-2': 1, interlaced: pipeline / 2 }[vocabPipeline];
}

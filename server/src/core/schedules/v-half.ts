/**
 * V-Half: the building block that holds about half of what 1F1B holds and waits less than V-Min.
 *
 * Source: Qi et al. 2024, "Pipeline Parallelism with Controllable Memory" (arXiv:2405.15362), section 3, figure 5; see
 * controlled-memory.ts.
 */
import { type BuildingBlock, controlledMemory } from './controlled-memory.ts';

/** Passes that run down the ranks two slots behind their neighbour: offsets 2, -1, 2, -1. */
export const vHalfBlock: BuildingBlock = (p, rank) => {
  const gap = p % 2 === 0 ? 3 : 0;
  return [2 * rank, 3 * p - rank - 2, 3 * p + gap + 2 * rank - 1, 6 * p + gap - rank - 2];
};

export const vHalf = controlledMemory('v-half', 'V-Half', vHalfBlock);

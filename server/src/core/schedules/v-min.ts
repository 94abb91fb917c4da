/**
 * V-Min: the building block of the least memory, about a third of what 1F1B holds.
 *
 * Source: Qi et al. 2024, "Pipeline Parallelism with Controllable Memory" (arXiv:2405.15362), section 3, figure 4; see
 * controlled-memory.ts.
 */
import { type BuildingBlock, controlledMemory } from './controlled-memory.ts';

/** Every pass one slot behind its neighbour: offsets 1, -1, 1, -1 (figure 4). The gap keeps the slots apart modulo 6. */
export const vMinBlock: BuildingBlock = (p, rank) => {
  const gap = p % 3 === 0 ? 2 : 0;
  return [rank, 2 * p - rank - 1, 2 * p + gap + rank, 4 * p + gap - rank - 1];
};

export const vMin = controlledMemory('v-min', 'V-Min', vMinBlock);

/**
 * Which virtual stage each chunk of each rank is, and so who hands a micro batch to whom.
 *
 * - `loop`: chunk c of rank r is virtual stage c p + r (Narayanan et al. 2021, PTD-P, arXiv:2104.04473, section 2.2.2).
 * - `v`: the second chunk runs back, so rank r holds virtual stages r and 2 p - 1 - r, and the last rank hands chunk 0 to
 *   itself (Qi et al. 2024, arXiv:2401.10241, section 6).
 * - `two-way`: two copies of the model in opposite directions; rank r holds stage r of the one and stage p - 1 - r of the
 *   other, and half of the micro batches run through each (DeepSeek-AI 2024, DeepSeek-V3, arXiv:2412.19437, section 3.2.1).
 */
export type Placement = 'loop' | 'v' | 'two-way';

/** Place of a chunk in its pipeline, from 0; the last place of a pipeline is `lastPosition`. */
export function positionOf(placement: Placement, stages: number, rank: number, chunk: number): number {
  if (placement === 'two-way') return chunk === 0 ? rank : stages - 1 - rank;
  return chunk * stages + (placement === 'v' && chunk % 2 === 1 ? stages - 1 - rank : rank);
}

/** Place of the chunk that computes the loss. */
export function lastPosition(placement: Placement, stages: number, virtualStages: number): number {
  return placement === 'two-way' ? stages - 1 : stages * virtualStages - 1;
}

/** Micro batches that run through one chunk: all of them, or half where each direction takes its half. */
export function microBatchesPerChunk(placement: Placement, microBatches: number): number {
  return placement === 'two-way' ? microBatches / 2 : microBatches;
}

/** Neighbours of each slot `rank * virtualStages + chunk`; -1 where a pipeline begins or ends. */
export interface Route {
  readonly next: Int32Array;
  readonly previous: Int32Array;
}

export function routeOf(placement: Placement, stages: number, virtualStages: number): Route {
  const slots = stages * virtualStages;
  const next = new Int32Array(slots).fill(-1);
  const previous = new Int32Array(slots).fill(-1);
  // Both directions of a two-way pipeline have positions of their own, hence one row of slots per direction.
  const rows = placement === 'two-way' ? virtualStages : 1;
  const length = placement === 'two-way' ? stages : slots;
  const slotAt = new Int32Array(rows * length);
  for (let rank = 0; rank < stages; rank++) {
    for (let chunk = 0; chunk < virtualStages; chunk++) {
      const row = placement === 'two-way' ? chunk : 0;
      slotAt[row * length + positionOf(placement, stages, rank, chunk)] = rank * virtualStages + chunk;
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let position = 1; position < length; position++) {
      const from = slotAt[row * length + position - 1] ?? 0;
      const to = slotAt[row * length + position] ?? 0;
      next[from] = to;
      previous[to] = from;
    }
  }
  return { next, previous };
}

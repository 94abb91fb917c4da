/**
 * A folded pipeline on a grid of time slots, one operation per rank and slot: what the schedules with controllable memory
 * are built on. Kinds in the order a micro batch runs through them on a rank: forward of chunk 0 (down the ranks), forward
 * of chunk 1 (up), input gradient of chunk 1 (down), input gradient of chunk 0 (up), and the weight gradients of both.
 *
 * Source: Qi et al. 2024, "Pipeline Parallelism with Controllable Memory" (arXiv:2405.15362), section 3.
 */
export const weights = 4;
export const idle = -1;

export interface FoldGrid {
  readonly stages: number;
  readonly microBatches: number;
  /** Slots of a row. */
  readonly length: number;
  /** Kind of the operation in a slot, or idle: `at[rank * length + slot]`. */
  readonly at: Int8Array;
  /** Slot of the k-th operation of a kind: `slots[(rank * 5 + kind) * 2 * microBatches + k]`. */
  readonly slots: Int32Array;
}

/** Where the slot of the k-th operation of a kind stands in `slots`. */
export const placeOf = ({ microBatches }: FoldGrid, rank: number, kind: number, k: number): number =>
  (rank * 5 + kind) * 2 * microBatches + k;

export function emptyGrid(stages: number, microBatches: number, length: number): FoldGrid {
  return {
    stages,
    microBatches,
    length,
    at: new Int8Array(stages * length).fill(idle),
    slots: new Int32Array(stages * 5 * 2 * microBatches),
  };
}

/** Puts the k-th operation of a kind into a slot. */
export function put(grid: FoldGrid, rank: number, kind: number, k: number, slot: number): void {
  grid.at[rank * grid.length + slot] = kind;
  grid.slots[placeOf(grid, rank, kind, k)] = slot;
}

/** Calls `visit` for every operation in the order of slots, then ranks, as they stood when the walk began. */
export function walk(grid: FoldGrid, visit: (rank: number, kind: number, k: number, slot: number) => void): void {
  const { stages, length } = grid;
  const at = grid.at.slice();
  const counts = new Int32Array(stages * 5);
  for (let slot = 0; slot < length; slot++) {
    for (let rank = 0; rank < stages; rank++) {
      const kind = at[rank * length + slot] ?? idle;
      if (kind === idle) continue;
      const k = counts[rank * 5 + kind] ?? 0;
      counts[rank * 5 + kind] = k + 1;
      visit(rank, kind, k, slot);
    }
  }
}

/** Weight gradients that found no idle slot in a row. */
function leftAtEnd({ at, length }: FoldGrid, rank: number): number {
  let waiting = 0;
  for (let cell = rank * length; cell < (rank + 1) * length; cell++) {
    const kind = at[cell] ?? idle;
    if (kind === idle) waiting = Math.max(0, waiting - 1);
    else if (kind >= 2) waiting++;
  }
  return waiting;
}

/** The grid, given without weight gradients, with one in every idle slot that has one to do, and the rest at the end. */
export function fillWeights(grid: FoldGrid): FoldGrid {
  const { stages, microBatches, length } = grid;
  let longest = 0;
  for (let rank = 0; rank < stages; rank++) longest = Math.max(longest, leftAtEnd(grid, rank));
  const filled = emptyGrid(stages, microBatches, length + longest);
  const counts = new Int32Array(5);
  for (let rank = 0; rank < stages; rank++) {
    counts.fill(0);
    let waiting = 0;
    for (let slot = 0; slot < filled.length; slot++) {
      let kind = slot < length ? (grid.at[rank * length + slot] ?? idle) : idle;
      if (kind === idle) {
        if (waiting === 0) continue;
        kind = weights;
        waiting--;
      } else if (kind >= 2) waiting++;
      const k = counts[kind] ?? 0;
      counts[kind] = k + 1;
      put(filled, rank, kind, k, slot);
    }
  }
  return filled;
}

/** The first slot in which the inputs of an operation are there, were each to take one slot. */
export function earliest(grid: FoldGrid, rank: number, kind: number, k: number): number {
  const { stages, slots } = grid;
  let after = k > 0 ? (slots[placeOf(grid, rank, kind, k - 1)] ?? 0) : -1;
  if (kind === weights) return after + 1;
  const from = kind % 2 === 0 ? rank - 1 : rank + 1;
  if (from >= 0 && from < stages) after = Math.max(after, slots[placeOf(grid, from, kind, k)] ?? 0);
  if (kind > 0) after = Math.max(after, slots[placeOf(grid, rank, kind - 1, k)] ?? 0);
  return after + 1;
}

/** The same order on every rank with each operation as early as its inputs and its rank allow. */
export function squeeze(grid: FoldGrid): FoldGrid {
  const squeezed = emptyGrid(grid.stages, grid.microBatches, grid.length);
  const free = new Int32Array(grid.stages);
  walk(grid, (rank, kind, k) => {
    const slot = Math.max(earliest(squeezed, rank, kind, k), free[rank] ?? 0);
    put(squeezed, rank, kind, k, slot);
    free[rank] = slot + 1;
  });
  return squeezed;
}

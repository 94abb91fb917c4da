/**
 * Moves operations of a folded pipeline into idle slots before them where that does not raise the most that any rank
 * holds: before the first rank sees its first gradient come home, and after its last forward pass. Between the two the
 * pattern repeats and stays.
 *
 * Source: Qi et al. 2024 (arXiv:2405.15362), section 3.3; the two passes, with weight gradients as operations of their own
 * and then as whatever fills the gaps, are those of zbv_greedy.py in sail-sg/zero-bubble-pipeline-parallelism.
 */
import { earliest, emptyGrid, type FoldGrid, fillWeights, idle, placeOf, put, squeeze, walk, weights } from './fold-grid.ts';

/** What an operation adds to the chunks of activations a rank holds. */
const heldBy = (kind: number): number => (kind < 2 ? 1 : kind === weights ? -1 : 0);

type Phase = 'warm-up' | 'steady' | 'cool-down';

/** Tells the phase of each operation of a walk, in order. */
function phases(microBatches: number): (rank: number, kind: number, k: number) => Phase {
  let phase: Phase = 'warm-up';
  return (rank, kind, k) => {
    if (phase === 'warm-up' && kind === 3 && rank === 0) phase = 'steady';
    if (phase !== 'steady') return phase;
    // A step too short to have a steady part keeps the order of the pattern to its end.
    if (kind === 0 && k === microBatches - 1) phase = 'cool-down';
    return 'steady';
  };
}

function move(grid: FoldGrid, rank: number, kind: number, k: number, from: number, to: number): void {
  grid.at[rank * grid.length + from] = idle;
  put(grid, rank, kind, k, to);
}

/** With weight gradients in the grid: what each rank holds after each slot is kept up to date. */
function reorderWithWeights(grid: FoldGrid): void {
  const { stages, microBatches, length } = grid;
  const held = new Int16Array(stages * length);
  let most = 0;
  for (let rank = 0; rank < stages; rank++) {
    let now = 0;
    for (let slot = 0; slot < length; slot++) {
      const kind = grid.at[rank * length + slot] ?? idle;
      if (kind !== idle) now += heldBy(kind);
      held[rank * length + slot] = now;
      most = Math.max(most, now);
    }
  }
  /** Slots of the input gradients seen so far, in rising order. */
  const gradients = Array.from({ length: stages }, (): number[] => []);
  const phaseOf = phases(microBatches);
  walk(grid, (rank, kind, k, slot) => {
    const row = rank * length;
    if (phaseOf(rank, kind, k) !== 'steady') {
      let from = earliest(grid, rank, kind, k);
      if (kind === weights) from = Math.max(from, (gradients[rank]?.[k] ?? slot) + 1);
      if (kind < 2) {
        for (let before = slot - 1; before >= from; before--) if ((held[row + before] ?? 0) >= most) from = before + 1;
      }
      while (from < slot && grid.at[row + from] !== idle) from++;
      if (from < slot) {
        move(grid, rank, kind, k, slot, from);
        const change = heldBy(kind);
        if (change !== 0) for (let at = from; at < slot; at++) held[row + at] = (held[row + at] ?? 0) + change;
      }
    }
    if (kind === 2 || kind === 3) insert(gradients[rank] ?? [], grid.slots[placeOf(grid, rank, kind, k)] ?? slot);
  });
}

/** Adds a number to a rising list; it nearly always belongs near the end. */
function insert(rising: number[], value: number): void {
  let index = rising.length;
  while (index > 0 && (rising[index - 1] ?? 0) > value) index--;
  rising.splice(index, 0, value);
}

/** Follows one row whose idle slots do weight gradients: what waits for one and what is held before each slot. */
function rowFollower({ at, length }: FoldGrid, rank: number) {
  const row = rank * length;
  const waitingBefore = new Int16Array(length + 1);
  const heldBefore = new Int16Array(length + 1);
  /**
   * Follows the row after a change in the slots `from` to `to`; false as soon as more than `limit` is held. Stops where
   * the row goes on as it did before the change.
   */
  const follow = (from: number, to: number, limit: number, record: boolean): boolean => {
    let waiting = waitingBefore[from] ?? 0;
    let held = heldBefore[from] ?? 0;
    for (let slot = from; slot < length; slot++) {
      const kind = at[row + slot] ?? idle;
      if (kind >= 2) waiting++;
      else if (kind !== idle) held++;
      else if (waiting > 0) {
        held--;
        waiting--;
      }
      if (held > limit) return false;
      if (slot >= to && waiting === waitingBefore[slot + 1] && held === heldBefore[slot + 1]) return true;
      if (!record) continue;
      waitingBefore[slot + 1] = waiting;
      heldBefore[slot + 1] = held;
    }
    return true;
  };
  follow(0, length, Number.POSITIVE_INFINITY, true);
  let most = 0;
  for (const held of heldBefore) if (held > most) most = held;
  return { follow, most };
}

/** Without weight gradients in the grid: only the cool-down is moved. */
function reorderWithoutWeights(grid: FoldGrid): void {
  const { stages, microBatches, length } = grid;
  const rows = Array.from({ length: stages }, (_, rank) => rowFollower(grid, rank));
  const most = Math.max(...rows.map((row) => row.most));
  const phaseOf = phases(microBatches);
  walk(grid, (rank, kind, k, slot) => {
    if (phaseOf(rank, kind, k) !== 'cool-down') return;
    const row = rows[rank];
    for (let to = earliest(grid, rank, kind, k); to < slot; to++) {
      if (grid.at[rank * length + to] !== idle) continue;
      move(grid, rank, kind, k, slot, to);
      if (row?.follow(to, slot, most, false)) {
        row.follow(to, slot, most, true);
        return;
      }
      move(grid, rank, kind, k, to, slot);
    }
  });
}

function withoutWeights(grid: FoldGrid): FoldGrid {
  const bare = emptyGrid(grid.stages, grid.microBatches, grid.length);
  walk(grid, (rank, kind, k, slot) => {
    if (kind !== weights) put(bare, rank, kind, k, slot);
  });
  return bare;
}

/** The grid, given without weight gradients, reordered; without weight gradients again. */
export function reorder(pattern: FoldGrid): FoldGrid {
  const full = fillWeights(pattern);
  reorderWithWeights(full);
  const bare = withoutWeights(squeeze(full));
  reorderWithoutWeights(bare);
  return withoutWeights(squeeze(fillWeights(bare)));
}

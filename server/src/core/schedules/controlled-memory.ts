/**
 * What V-Half and V-Min share: a folded pipeline whose building block, repeated every six slots, sets how long activations live and
 * so the peak: about a half and a third of what 1F1B holds. Warm-up and cool-down are then packed without raising the
 * peak. The order does not depend on the times.
 *
 * Source: Qi et al. 2024, "Pipeline Parallelism with Controllable Memory" (arXiv:2405.15362), sections 3.1 to 3.3, figures
 * 4 and 5; the offsets are those of zbv_greedy.py in sail-sg/zero-bubble-pipeline-parallelism.
 */
import { emptyGrid, type FoldGrid, idle, put } from './fold-grid.ts';
import { reorder } from './fold-reorder.ts';
import type { RankOrder, Schedule, ScheduleShape, VisitOperation } from './schedule.ts';
import { refuseUnlessTwoChunks } from './shape.ts';

/** Slots of the four passes of the first micro batch on a rank. */
export type BuildingBlock = (stages: number, rank: number) => readonly [number, number, number, number];

const period = 6;

function repeated(block: BuildingBlock, { stages, microBatches }: ScheduleShape): FoldGrid {
  const grid = emptyGrid(stages, microBatches, period * (microBatches + stages + 1));
  for (let rank = 0; rank < stages; rank++) {
    block(stages, rank).forEach((first, kind) => {
      for (let k = 0; k < microBatches; k++) put(grid, rank, kind, k, first + period * k);
    });
  }
  return grid;
}

/** Visits the operations of a row; an idle slot does the oldest weight gradient of the chunk that runs backward first. */
function visitRow({ at, length }: FoldGrid, rank: number, visit: VisitOperation): void {
  const forwards: [number, number] = [0, 0];
  const inputs: [number, number] = [0, 0];
  const done: [number, number] = [0, 0];
  const weight = (): void => {
    const chunk = done[1] < inputs[1] ? 1 : 0;
    if (done[chunk] < inputs[chunk]) visit('backward-weight', done[chunk]++, chunk);
  };
  for (let cell = rank * length; cell < (rank + 1) * length; cell++) {
    const kind = at[cell] ?? idle;
    if (kind === idle) weight();
    else if (kind < 2) visit('forward', forwards[kind === 0 ? 0 : 1]++, kind);
    else visit('backward-input', inputs[kind === 2 ? 1 : 0]++, 3 - kind);
  }
  while (done[0] < inputs[0] || done[1] < inputs[1]) weight();
}

function orderOf(block: BuildingBlock, shape: ScheduleShape): RankOrder {
  const grid = reorder(repeated(block, shape));
  return (rank, visit) => visitRow(grid, rank, visit);
}

/** The schedule that repeats a building block. */
export function controlledMemory(id: 'v-half' | 'v-min', label: string, block: BuildingBlock): Schedule {
  return {
    id,
    label,
    source: 'Qi et al. 2024 (arXiv:2405.15362), section 3',
    interleaves: true,
    fixedChunks: 2,
    placement: 'v',
    splitsBackward: true,
    microBatchMultiple: () => 1,
    refuses: (shape) => refuseUnlessTwoChunks(label, shape),
    order: (shape) => orderOf(block, shape),
  };
}

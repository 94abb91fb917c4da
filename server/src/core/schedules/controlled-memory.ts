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
import { forwardOf, inputOf, longRows, operationsEach, weightOf, writeCodes } from './fold-rows.ts';
import type { RankOrder, Schedule, ScheduleShape } from './schedule.ts';
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

/** The operations of a row; an idle slot does the oldest weight gradient of the chunk that runs backward first. */
function rowOf({ at, length, microBatches }: FoldGrid, rank: number): Uint8Array {
  const row = new Uint8Array(operationsEach * microBatches);
  const waiting: [number, number] = [0, 0];
  let count = 0;
  const weight = (): void => {
    const chunk = waiting[1] > 0 ? 1 : 0;
    if (waiting[chunk] === 0) return;
    waiting[chunk]--;
    row[count++] = weightOf(chunk);
  };
  for (let cell = rank * length; cell < (rank + 1) * length; cell++) {
    const kind = at[cell] ?? idle;
    if (kind === idle) weight();
    else if (kind < 2) row[count++] = forwardOf(kind === 0 ? 0 : 1);
    else {
      const chunk = kind === 2 ? 1 : 0;
      waiting[chunk]++;
      row[count++] = inputOf(chunk);
    }
  }
  while (waiting[0] + waiting[1] > 0) weight();
  return row;
}

/** The rows of a step, made from its grid. */
export function rowsOf(block: BuildingBlock, shape: ScheduleShape): readonly Uint8Array[] {
  const grid = reorder(repeated(block, shape));
  return Array.from({ length: shape.stages }, (_, rank) => rowOf(grid, rank));
}

/** Micro batches after which a step has all that is special about its ends: a test holds that it is enough. */
export const enoughFor = (stages: number): number => stages + 4;

function orderOf(block: BuildingBlock, shape: ScheduleShape): RankOrder {
  const rows = longRows((microBatches) => rowsOf(block, { ...shape, microBatches }), shape.microBatches, enoughFor(shape.stages));
  return (rank, sheet) => writeCodes(rows[rank] ?? new Uint8Array(), sheet);
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

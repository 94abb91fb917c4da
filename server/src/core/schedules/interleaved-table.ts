/**
 * The forward or backward passes of a rank that interleaves its chunks, one after the other: a group of micro batches
 * runs through every chunk before the next group starts; backward passes take the chunks from the last to the first. The
 * last group holds what is left over.
 *
 * Source: `get_schedule_table` of megatron/core/pipeline_parallel/schedules.py in Megatron-LM.
 */
import { forwardKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';
import type { ScheduleProblem, ScheduleShape } from './schedule.ts';

/**
 * Micro batches that run on one chunk before the next. Megatron-LM takes the number of stages, and starts only when what
 * is left for the last group is nothing or again at least that many; otherwise it has to be told a larger group, which
 * here is the smallest that will do. Fewer micro batches than stages are one group.
 */
export function groupOf({ stages, microBatches, microBatchGroup }: ScheduleProblem): number {
  if (microBatchGroup !== undefined) return microBatchGroup;
  for (let group = stages; group < microBatches; group++) {
    const left = microBatches % group;
    if (left === 0 || left >= stages) return group;
  }
  return microBatches;
}

/** Passes of one kind of one rank: micro batches times chunks. */
export const passesOf = ({ microBatches, virtualStages }: ScheduleShape): number => microBatches * virtualStages;

/** Writes the passes of one kind in their order; `group` micro batches run on one chunk before the next. */
export class InterleavedPasses {
  private readonly sheet: OrderSheet;
  private readonly kind: number;
  private readonly microBatches: number;
  private readonly firstChunk: number;
  private readonly lastChunk: number;
  private readonly group: number;
  private first = 0;
  private end: number;
  private microBatch = 0;
  private chunk: number;

  constructor({ microBatches, virtualStages }: ScheduleShape, group: number, kind: number, sheet: OrderSheet) {
    this.sheet = sheet;
    this.kind = kind;
    this.microBatches = microBatches;
    this.firstChunk = kind === forwardKind ? 0 : virtualStages - 1;
    this.lastChunk = virtualStages - 1 - this.firstChunk;
    this.group = group;
    this.end = Math.min(group, microBatches);
    this.chunk = this.firstChunk;
  }

  next(): void {
    this.sheet.put(this.kind, this.microBatch, this.chunk);
    this.microBatch++;
    if (this.microBatch < this.end) return;
    if (this.chunk === this.lastChunk) {
      this.first = this.end;
      this.end = Math.min(this.end + this.group, this.microBatches);
      this.chunk = this.firstChunk;
    } else this.chunk += this.firstChunk < this.lastChunk ? 1 : -1;
    this.microBatch = this.first;
  }
}

/** What the two breadth-first schedules share: chunk by chunk, all micro batches through one before the next. */
import type { ScheduleShape, VisitOperation } from './schedule.ts';

/** Visits the operations of any rank; `goesBack(k)` is the micro batch whose backward pass is the k-th on a chunk. */
export function visitBreadthFirst(
  { microBatches, virtualStages }: ScheduleShape,
  visit: VisitOperation,
  goesBack: (k: number) => number,
): void {
  for (let chunk = 0; chunk < virtualStages; chunk++) {
    for (let microBatch = 0; microBatch < microBatches; microBatch++) visit('forward', microBatch, chunk);
  }
  for (let chunk = virtualStages - 1; chunk >= 0; chunk--) {
    for (let k = 0; k < microBatches; k++) visit('backward', goesBack(k), chunk);
  }
}

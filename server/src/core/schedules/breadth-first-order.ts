/** What the two breadth-first schedules share: chunk by chunk, all micro batches through one before the next. */
import type { OrderSheet } from './order-sheet.ts';
import type { ScheduleShape } from './schedule.ts';

/** Writes the operations of any rank; `goesBack(k)` is the micro batch whose backward pass is the k-th on a chunk. */
export function writeBreadthFirst(
  { microBatches, virtualStages }: ScheduleShape,
  sheet: OrderSheet,
  goesBack: (k: number) => number,
): void {
  for (let chunk = 0; chunk < virtualStages; chunk++) {
    for (let microBatch = 0; microBatch < microBatches; microBatch++) sheet.forward(microBatch, chunk);
  }
  for (let chunk = virtualStages - 1; chunk >= 0; chunk--) {
    for (let k = 0; k < microBatches; k++) sheet.backward(goesBack(k), chunk);
  }
}

/**
 * Breadth-first: every micro batch runs through one chunk before any runs through the next, forward and then backward;
 * the micro batch that came last goes back first.
 *
 * Source: Lamy-Poirier 2022, "Breadth-First Pipeline Parallelism" (arXiv:2211.05953), section 4; the order is that of
 * `ScheduleLoopedBFS` of torch/distributed/pipelining/schedules.py in PyTorch. With equal stages and at least p micro
 * batches the bubble is (p - 1) / (v m) of the computing time, as of interleaved 1F1B, but all m micro batches stay alive;
 * in return fully sharded parameters are gathered once per chunk and direction.
 */
import type { Schedule } from './schedule.ts';

export const breadthFirst: Schedule = {
  id: 'breadth-first',
  label: 'Breadth-first',
  source: 'Lamy-Poirier 2022 (arXiv:2211.05953), section 4',
  interleaves: true,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: () => 1,
  refuses: () => undefined,
  order:
    ({ microBatches, virtualStages }) =>
    (_rank, visit) => {
      for (let chunk = 0; chunk < virtualStages; chunk++) {
        for (let microBatch = 0; microBatch < microBatches; microBatch++) visit('forward', microBatch, chunk);
      }
      for (let chunk = virtualStages - 1; chunk >= 0; chunk--) {
        for (let microBatch = microBatches - 1; microBatch >= 0; microBatch--) visit('backward', microBatch, chunk);
      }
    },
};

/**
 * Looped BFS: PyTorch's breadth-first pipeline, in which the micro batch that came last goes back first.
 *
 * Source: `ScheduleLoopedBFS` of torch/distributed/pipelining/schedules.py in PyTorch at 00722e64, after Lamy-Poirier 2022
 * (arXiv:2211.05953). Bubble and memory are those of `breadth-first`.
 */
import { writeBreadthFirst } from './breadth-first-order.ts';
import type { Schedule } from './schedule.ts';

export const loopedBfs: Schedule = {
  id: 'looped-bfs',
  label: 'Looped BFS',
  source: 'PyTorch ScheduleLoopedBFS; Lamy-Poirier 2022 (arXiv:2211.05953)',
  interleaves: true,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: () => 1,
  refuses: () => undefined,
  order: (problem) => (_rank, sheet) => writeBreadthFirst(problem, sheet, (backward) => problem.microBatches - 1 - backward),
};

/**
 * Breadth-first: every micro batch runs through one chunk before any runs through the next, forward and then backward, each
 * time in the order of the micro batches.
 *
 * Source: Lamy-Poirier 2022, "Breadth-First Pipeline Parallelism" (arXiv:2211.05953), section 4; the order is that of
 * fast_llm/engine/schedule/schedule.py in ServiceNow/Fast-LLM, the author's own. With equal stages and at least p micro
 * batches the bubble is (p - 1) / (v m) of the computing time, as of interleaved 1F1B, but all m micro batches stay alive;
 * in return fully sharded parameters are gathered once per chunk and direction.
 */
import { writeBreadthFirst } from './breadth-first-order.ts';
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
  order: (problem) => (_rank, sheet) => writeBreadthFirst(problem, sheet, (backward) => backward),
};

/** A schedule's order as the CSV that PyTorch and torchtitan load (compute only). */

import { backwardInputKind, backwardKind, backwardWeightKind, forwardKind } from '../operation-kind.ts';
import { mostOperationsOfRank, OrderSheet } from '../order-sheet.ts';
import { positionOf } from '../placement.ts';
import type { Schedule, ScheduleProblem } from '../schedule.ts';

const letters = new Map<number, string>([
  [forwardKind, 'F'],
  [backwardKind, 'B'],
  [backwardInputKind, 'I'],
  [backwardWeightKind, 'W'],
]);

/** One line per rank; undefined for two-way pipelines, which PyTorch has no stages for. */
export function orderAsCsv(schedule: Schedule, problem: ScheduleProblem): string | undefined {
  if (schedule.placement === 'two-way') return undefined;
  const order = schedule.order(problem);
  const sheet = new OrderSheet(mostOperationsOfRank(schedule, problem));
  let lines = '';
  for (let rank = 0; rank < problem.stages; rank++) {
    sheet.clear();
    order(rank, sheet);
    const cells: string[] = [];
    let ahead: string | undefined;
    for (let row = 0; row < sheet.count; row++) {
      const stage = positionOf(schedule.placement, problem.stages, rank, sheet.chunk[row] ?? 0);
      const action = `${stage}${letters.get(sheet.kind[row] ?? forwardKind)}${sheet.microBatch[row]}`;
      if (sheet.paired[row] === 1) ahead = action;
      else if (ahead === undefined) cells.push(action);
      else {
        cells.push(`(${ahead};${action})OVERLAP_F_B`);
        ahead = undefined;
      }
    }
    lines += `${cells.join(',')}\n`;
  }
  return lines;
}

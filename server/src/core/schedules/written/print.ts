/** A schedule's order as the CSV that PyTorch and torchtitan load (compute only). */

import { positionOf } from '../placement.ts';
import type { Schedule, ScheduleProblem } from '../schedule.ts';

const letters = { forward: 'F', backward: 'B', 'backward-input': 'I', 'backward-weight': 'W' } as const;

/** One line per rank; undefined for two-way pipelines, which PyTorch has no stages for. */
export function orderAsCsv(schedule: Schedule, problem: ScheduleProblem): string | undefined {
  if (schedule.placement === 'two-way') return undefined;
  const order = schedule.order(problem);
  let lines = '';
  for (let rank = 0; rank < problem.stages; rank++) {
    const cells: string[] = [];
    let ahead: string | undefined;
    order(rank, (kind, microBatch, chunk, paired) => {
      const action = `${positionOf(schedule.placement, problem.stages, rank, chunk)}${letters[kind]}${microBatch}`;
      if (paired === true) ahead = action;
      else if (ahead === undefined) cells.push(action);
      else {
        cells.push(`(${ahead};${action})OVERLAP_F_B`);
        ahead = undefined;
      }
    });
    lines += `${cells.join(',')}\n`;
  }
  return lines;
}

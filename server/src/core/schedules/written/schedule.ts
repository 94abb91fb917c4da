/**
 * A schedule that the user wrote: its order stands in the request as CSV. Two of them, because a schedule says where its
 * chunks stand: round the ranks, or folded once.
 */

import { codeOf } from '../operation-kind.ts';
import type { RankOrder, Schedule, ScheduleProblem } from '../schedule.ts';
import type { ScheduleName } from '../schedule-name.ts';
import { checkOrder } from './order.ts';
import { csvRows } from './table.ts';
import type { WrittenOrder } from './written-order.ts';

/** The order in the request, or one sentence why there is none. */
function writtenOrder({ writtenOrder: text }: ScheduleProblem): WrittenOrder | string {
  if (text === undefined) return 'A written schedule needs its order.';
  const rows = csvRows(text);
  if (!rows) return 'The written order has too many cells.';
  const { order, problems } = checkOrder(rows);
  const [first] = problems;
  return order ?? `The written order cannot be run: rank ${first?.rank}, cell ${(first?.place ?? 0) + 1}: ${first?.message}.`;
}

function refuses(problem: ScheduleProblem, id: ScheduleName): string | undefined {
  const order = writtenOrder(problem);
  if (typeof order === 'string') return order;
  const { stages, microBatches, virtualStages } = problem;
  if (writtenScheduleName(order) !== id) return 'The stages of the written order lie on other ranks than the schedule says.';
  if (order.ranks !== stages) return `The written order is for ${order.ranks} pipeline ranks, not ${stages}.`;
  if (order.virtualStages !== virtualStages)
    return `The written order has ${order.virtualStages} stages per rank (VPP), not ${virtualStages}.`;
  return order.microBatches === microBatches
    ? undefined
    : `The written order is for ${order.microBatches} micro batches, not ${microBatches}.`;
}

function orderOf(problem: ScheduleProblem): RankOrder {
  const order = writtenOrder(problem);
  return (rank, sheet) => {
    if (typeof order === 'string') return;
    for (const { kind, microBatch, stage, paired } of order.rows[rank] ?? []) {
      sheet.put(codeOf(kind), microBatch, Math.floor(stage / order.ranks));
      if (paired) sheet.pairWithNext();
    }
  };
}

function written(id: 'written' | 'written-v', label: string, placement: 'loop' | 'v'): Schedule {
  return {
    id,
    label,
    source: 'the user; format of torch.distributed.pipelining',
    interleaves: true,
    ...(placement === 'v' ? { fixedChunks: 2 } : {}),
    placement,
    splitsBackward: true,
    microBatchMultiple: () => 1,
    refuses: (problem) => refuses(problem, id),
    order: orderOf,
  };
}

export const writtenSchedules: readonly Schedule[] = [
  written('written', 'Written order', 'loop'),
  written('written-v', 'Written order, folded', 'v'),
];

/** The schedule that runs a written order. */
export const writtenScheduleName = ({ placement }: Pick<WrittenOrder, 'placement'>): 'written' | 'written-v' =>
  placement === 'v' ? 'written-v' : 'written';

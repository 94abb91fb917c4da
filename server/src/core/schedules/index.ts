/** Every pipeline schedule, in the order the panel offers them; a written order is none of them, but found by its id. */
import type { ScheduleName } from '../job-fields.ts';
import { breadthFirst } from './breadth-first.ts';
import { dualPipe } from './dual-pipe.ts';
import { dualPipeV } from './dual-pipe-v.ts';
import { expertOverlap1F1B } from './expert-overlap-1f1b.ts';
import { gpipe } from './gpipe.ts';
import { interleaved1F1B } from './interleaved-1f1b.ts';
import { interleavedZeroBubble } from './interleaved-zero-bubble.ts';
import { loopedBfs } from './looped-bfs.ts';
import { oneFOneB } from './one-f-one-b.ts';
import { forwardKind, kindOf } from './operation-kind.ts';
import { mostOperationsOfRank, OrderSheet } from './order-sheet.ts';
import type { Operation, Schedule, ScheduleProblem } from './schedule.ts';
import { vHalf } from './v-half.ts';
import { vMin } from './v-min.ts';
import { writtenSchedules } from './written/schedule.ts';
import { zeroBubble1p } from './zb-1p.ts';
import { zeroBubble2p } from './zb-2p.ts';
import { zeroBubbleH1 } from './zb-h1.ts';
import { zeroBubbleH2 } from './zb-h2.ts';
import { zeroBubbleV } from './zb-v.ts';

export const schedules: readonly Schedule[] = [
  gpipe,
  oneFOneB,
  interleaved1F1B,
  breadthFirst,
  loopedBfs,
  zeroBubbleH1,
  zeroBubbleH2,
  zeroBubble1p,
  zeroBubble2p,
  interleavedZeroBubble,
  zeroBubbleV,
  vHalf,
  vMin,
  dualPipe,
  dualPipeV,
  expertOverlap1F1B,
];

/** The schedule of that id; undefined for a name nobody knows (it may come from a command line). */
export function findSchedule(name: ScheduleName | (string & {})): Schedule | undefined {
  return schedules.find((schedule) => schedule.id === name) ?? writtenSchedules.find((schedule) => schedule.id === name);
}

/** The operations of one rank as a list. */
export function listOperations(schedule: Schedule, rank: number, problem: ScheduleProblem): readonly Operation[] {
  const sheet = new OrderSheet(mostOperationsOfRank(schedule, problem));
  schedule.order(problem)(rank, sheet);
  return Array.from({ length: sheet.count }, (_, row) => ({
    kind: kindOf(sheet.kind[row] ?? forwardKind),
    microBatch: sheet.microBatch[row] ?? 0,
    chunk: sheet.chunk[row] ?? 0,
    paired: sheet.paired[row] === 1,
  }));
}

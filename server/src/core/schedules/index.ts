/** Every pipeline schedule, in the order the panel offers them. */
import type { ScheduleName } from '../job-fields.ts';
import { gpipe } from './gpipe.ts';
import { interleaved1F1B } from './interleaved-1f1b.ts';
import { oneFOneB } from './one-f-one-b.ts';
import type { Operation, Schedule, ScheduleShape } from './schedule.ts';

export const schedules: readonly Schedule[] = [gpipe, oneFOneB, interleaved1F1B];

/** The schedule of that id; undefined for a name nobody knows (it may come from a command line). */
export function findSchedule(name: ScheduleName | (string & {})): Schedule | undefined {
  return schedules.find((schedule) => schedule.id === name);
}

/** The operations of one rank as a list. */
export function listOperations(schedule: Schedule, rank: number, shape: ScheduleShape): readonly Operation[] {
  const operations: Operation[] = [];
  schedule.order(rank, shape, (kind, microBatch, chunk) => operations.push({ kind, microBatch, chunk }));
  return operations;
}

/** What schedules have in common when they refuse a shape. */

import type { ScheduleShape } from './schedule.ts';
import type { ScheduleName } from './schedule-name.ts';

/** One sentence when the shape has more than one chunk per rank, which `label` cannot run. */
export function refuseVirtualStages(label: string, { virtualStages }: ScheduleShape): string | undefined {
  if (virtualStages === 1) return undefined;
  return `${label} has no virtual stages, but VPP is ${virtualStages}; use interleaved 1F1B.`;
}

/** One sentence when a schedule that folds the pipeline cannot run the shape. */
export function refuseUnlessTwoChunks(label: string, { stages, virtualStages }: ScheduleShape): string | undefined {
  if (stages < 2) return `${label} needs at least 2 pipeline stages.`;
  if (virtualStages === 2) return undefined;
  return `${label} has exactly 2 chunks per rank, but VPP is ${virtualStages}.`;
}

/** Plain schedules send and wait; those made to leave no gaps send beside computation. */
export function sendsBesideComputation(name: ScheduleName, virtualStages: number): boolean {
  return virtualStages > 1 || (name !== 'gpipe' && name !== '1f1b');
}

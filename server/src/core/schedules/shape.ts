/** What the schedules without virtual stages have in common when they refuse a shape. */
import type { ScheduleShape } from './schedule.ts';

/** One sentence when the shape has more than one chunk per rank, which `label` cannot run. */
export function refuseVirtualStages(label: string, { virtualStages }: ScheduleShape): string | undefined {
  if (virtualStages === 1) return undefined;
  return `${label} has no virtual stages, but VPP is ${virtualStages}; use interleaved 1F1B.`;
}

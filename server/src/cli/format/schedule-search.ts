/** A search among schedules as text or JSON. */
import type { FoundSchedule, ScheduleSearch } from '../../core/schedules/search.ts';
import { memoryText, type ScheduleUnits, timeText } from './schedule.ts';
import { table } from './table.ts';

const nameOf = ({ label, virtualStages, isCurrent }: FoundSchedule): string =>
  `${label}${virtualStages > 1 ? `, VPP ${virtualStages}` : ''}${isCurrent ? ' (now)' : ''}`;

/** The schedules that run, fastest first, and why the others do not. */
export function searchText({ best, found }: ScheduleSearch, units: ScheduleUnits): string {
  const running = found.filter(({ rejected }) => rejected === undefined);
  const rejected = found.flatMap((one) => (one.rejected === undefined ? [] : [[nameOf(one), one.rejected]]));
  const rows = running.map((one) => [
    nameOf(one),
    timeText(one.stepSeconds, units),
    `${(100 * one.bubbleShare).toFixed(1)} %`,
    memoryText(one.peakBytes, units),
  ]);
  const parts = [
    best ? `fastest that fits: ${nameOf(best)}` : 'no schedule fits',
    ...(rows.length > 0 ? [table(['schedule', 'step', 'bubble', units === 'any' ? 'alive' : 'peak memory'], rows, [1, 2, 3])] : []),
    ...(rejected.length > 0 ? [`\n${table(['rejected', 'why'], rejected)}`] : []),
  ];
  return `${parts.join('\n')}\n`;
}

export function searchJson({ best, found }: ScheduleSearch): string {
  return JSON.stringify({ best: best ?? null, schedules: found });
}

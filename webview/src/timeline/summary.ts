/** The timeline in words, for those who do not see it. Pure. */
import { plural } from '../../../server/src/core/rules/shared/numbers.ts';
import { type IdleSlots, idleCauseLabels, idleCauses } from '../../../server/src/core/schedules/idle-slots.ts';
import { findSchedule } from '../../../server/src/core/schedules/index.ts';
import type { ScheduleShape } from '../../../server/src/core/schedules/schedule.ts';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { figuresOf } from '../figures.ts';
import { formatBytes, formatPercent, formatSeconds } from '../format.ts';

/** Seconds of each cause, all stages together, the greatest first; causes without time are left out. */
export function causeSeconds(slots: IdleSlots): readonly (readonly [cause: number, seconds: number])[] {
  const sums = idleCauses.map((_, cause) => {
    let seconds = 0;
    for (let at = cause; at < slots.seconds.length; at += idleCauses.length) seconds += slots.seconds[at] ?? 0;
    return [cause, seconds] as const;
  });
  return sums.filter(([, seconds]) => seconds > 0).sort(([, one], [, other]) => other - one);
}

/** How large a pipeline is, in words. */
export const sizeText = ({ stages, microBatches }: Pick<ScheduleShape, 'stages' | 'microBatches'>): string =>
  `${plural(stages, 'stage')}, ${plural(microBatches, 'micro batch', 'micro batches')}`;

export function summaryOf(simulation: Simulation, idle: IdleSlots | undefined): string {
  const { request, stepSeconds } = simulation;
  const figures = figuresOf(simulation);
  const chunks = request.virtualStages > 1 ? `, ${request.virtualStages} chunks per stage` : '';
  const sentences = [
    `${findSchedule(request.name)?.label ?? request.name}: ${sizeText(request)}${chunks}.`,
    `A step takes ${formatSeconds(stepSeconds)}; stages wait ${formatPercent(figures.bubbleShare)} of it on average.`,
    `Stage ${figures.fullestStage} holds the most memory: ${formatBytes(figures.peakBytes)}.`,
  ];
  if (idle) {
    const whole = request.stages * stepSeconds;
    const causes = causeSeconds(idle).map(([cause, seconds]) => {
      const name = idleCauses[cause];
      return `${name ? idleCauseLabels[name] : ''} ${formatPercent(whole > 0 ? seconds / whole : 0)}`;
    });
    if (causes.length > 0) sentences.push(`Not computing, by cause: ${causes.join(', ')}.`);
  }
  return sentences.join(' ');
}

/** Which schedule would run the job fastest within its memory, and what to write for it. */
import { fieldInfo } from '../core/fields.ts';
import type { FoundSchedule } from '../core/schedules/search.ts';
import { formatBytes, formatPercent, formatValue } from '../engine/format.ts';
import type { ScheduleAdvice } from '../engine/schedule-search/advice.ts';
import { plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';

const verdicts = { yes: 'yes', close: 'perhaps', no: 'no' } as const;

const nameOf = ({ label, virtualStages, isCurrent }: FoundSchedule): string =>
  `${label}${virtualStages > 1 ? `, VPP ${virtualStages}` : ''}${isCurrent ? ' (now)' : ''}`;

/** A table of those that have figures, the best with its patch, and why the others are out of the question. */
export function schedulesSection({ schedules }: ReportSubject): string | undefined {
  if (!schedules) return undefined;
  const { found } = schedules.search;
  const estimated = found.filter(({ stepSeconds }) => Number.isFinite(stepSeconds));
  if (estimated.length === 0) return undefined;
  const rows = estimated.map((one) => [
    plain(nameOf(one)),
    plain(formatValue(one.stepSeconds, 's')),
    formatPercent(one.bubbleShare),
    `${plain(formatBytes(one.peakBytes))}${one.fullestRank === undefined ? '' : ` on rank ${one.fullestRank}`}`,
    verdicts[one.fits ?? 'yes'],
  ]);
  return [
    '## Schedules',
    'Every schedule that the framework runs, with every VPP that the layers allow, estimated with all else as the file has it: micro batches, recomputation, degrees of parallelism. The fastest that fits comes first.',
    tableOf(['schedule', 'step', 'bubble', 'fullest rank', 'fits'], rows, [1, 2, 3]),
    bestText(schedules),
    ...rejectedText(found),
  ].join('\n\n');
}

function bestText({ search: { best, found }, patch, unwritable }: ScheduleAdvice): string {
  if (!best) return 'None of them fits.';
  if (best.isCurrent) return 'The job runs the fastest that fits.';
  const now = found.find(({ isCurrent }) => isCurrent);
  const gain = now && Number.isFinite(now.stepSeconds) ? 1 - best.stepSeconds / now.stepSeconds : 0;
  const head = `Best: ${plain(nameOf(best))}${gain > 0.0005 ? `, a step ${formatPercent(gain)} shorter` : ''}.`;
  const [first] = unwritable;
  if (first) return `${head} ${plain(fieldInfo[first.field].label)} cannot be written into the file: ${plain(first.why)}.`;
  return patch === '' ? head : `${head} To write:\n\n\`\`\`diff\n${patch.trimEnd()}\n\`\`\``;
}

/** Each reason once, with the schedules it holds for. */
function rejectedText(found: readonly FoundSchedule[]): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const one of found) {
    if (one.rejected === undefined || Number.isFinite(one.stepSeconds)) continue;
    reasons.set(one.rejected, (reasons.get(one.rejected) ?? new Set()).add(plain(one.label)));
  }
  if (reasons.size === 0) return [];
  return [['Not estimated:', '', ...[...reasons].map(([why, names]) => `- ${[...names].join(', ')}: ${plain(why)}`)].join('\n')];
}

/** Time and communication of a training step. */
import type { StepShares, TrainingEstimate } from '../core/estimate.ts';
import { formatPercent, formatSeconds, formatTerm } from '../engine/format.ts';
import { termLines } from './explain.ts';
import { plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';

/** What each share of the step is called. */
export const shareLabels: Readonly<Record<keyof StepShares, string>> = {
  compute: 'Compute',
  recompute: 'Recomputation',
  exposedCommunication: 'Exposed communication',
  bubble: 'Pipeline bubble',
  optimizer: 'Optimizer',
  host: 'Host and launches',
};

/** Shares in a fixed order, as names and ratios; what takes no time is left out. */
export function shareRows(shares: StepShares): readonly (readonly [string, number])[] {
  const keys = (Object.keys(shareLabels) as (keyof StepShares)[]).filter((key) => shares[key] > 0);
  return keys.map((key) => [shareLabels[key], shares[key]] as const);
}

/** Step time, its shares and how it comes about. */
export function timeSection({ time }: TrainingEstimate, subject: ReportSubject): string {
  const rows = shareRows(time.shares).map(([label, share]) => [label, formatSeconds(share * time.step.value), formatPercent(share)]);
  return [
    '## Time per step',
    `One step takes ${plain(formatTerm(time.step))}.`,
    tableOf(['part', 'time', 'share'], rows, [1, 2]),
    '### How it comes about',
    termLines(time.step, subject, 0).join('\n'),
  ].join('\n\n');
}

/** Traffic by kind: bytes one GPU sends per step, how long the network is busy, how long computation waits. */
export function communicationSection({ communication }: TrainingEstimate, subject: ReportSubject): string {
  const used = communication.filter(({ bytes }) => bytes.value > 0);
  if (used.length === 0) return '## Communication\n\nNothing is communicated between GPUs.';
  const rows = used.map(({ label, bytes, busy, exposed }) => [
    plain(label),
    plain(formatTerm(bytes)),
    plain(formatTerm(busy)),
    plain(formatTerm(exposed)),
    plain(String(busy.inputs?.find(({ name }) => name === 'network')?.value ?? '')),
  ]);
  return [
    '## Communication',
    tableOf(['kind', 'bytes per GPU and step', 'network busy', 'exposed', 'over'], rows, [1, 2, 3]),
    '### How it comes about',
    used.flatMap(({ bytes, busy, exposed }) => [bytes, busy, exposed].flatMap((term) => termLines(term, subject, 0))).join('\n'),
  ].join('\n\n');
}

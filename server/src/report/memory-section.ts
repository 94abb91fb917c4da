/** Memory of a job: training per pipeline stage and component, serving by part. */
import type { ServingEstimate, TrainingEstimate } from '../core/estimate.ts';
import type { Term } from '../core/term.ts';
import { formatBytes, formatPercent, formatTerm } from '../engine/format.ts';
import { worstStageOf } from '../engine/terms.ts';
import { termLines } from './explain.ts';
import { code, plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';

const verdicts = { yes: 'It fits.', no: 'It does not fit.', close: 'It may or may not fit: the capacity lies inside the band.' } as const;

/** What a sum is made of, sums inside it opened once: "states" becomes parameters, gradients and optimizer states. */
export function componentsOf(term: Term): readonly Term[] {
  const opened = (term.children ?? []).flatMap((part) =>
    part.combine === 'sum' && part.children && part.children.length > 0 ? part.children : [part],
  );
  return opened.filter(({ value }) => value !== 0);
}

/** A term's parts with their share, and the formula of each. */
function componentTable(term: Term): string {
  const parts = componentsOf(term);
  const rows = parts.map((part) => [
    plain(part.label),
    plain(formatTerm(part)),
    term.value > 0 ? formatPercent(part.value / term.value) : '',
    part.formula === undefined ? (part.children ?? []).map(({ label }) => plain(label)).join(', ') : code(part.formula),
  ]);
  return tableOf(['component', 'size', 'share', 'how'], rows, [1, 2]);
}

/** The memory section of a training report. */
export function trainingMemory(estimate: TrainingEstimate, subject: ReportSubject): string {
  const { memory } = estimate;
  const stages = memory.stages.map((stage) => [
    `${stage.stage}${stage.stage === memory.stages[memory.worstStage]?.stage ? ' (fullest)' : ''}`,
    plain(formatTerm(stage.allocated)),
    plain(formatTerm(stage.reserved)),
    plain(formatTerm(stage.device)),
    memory.usable.value > 0 ? formatPercent(stage.device.value / memory.usable.value) : '',
  ]);
  const worst = worstStageOf(estimate);
  const parts = [
    '## Memory per GPU',
    `${verdicts[memory.fits]} The driver offers ${plain(formatTerm(memory.usable))}. Allocated is what tensors use, reserved what the allocator holds, device what nvidia-smi shows.`,
    tableOf(['pipeline stage', 'allocated', 'reserved', 'device', 'of usable'], stages, [1, 2, 3, 4]),
  ];
  if (worst) {
    parts.push(`### Components of stage ${worst.stage}`, componentTable(worst.allocated));
    parts.push('### How they come about', [worst.device].flatMap((term) => termLines(term, subject, 0)).join('\n'));
  }
  return parts.join('\n\n');
}

/** The memory section of a serving report. */
export function servingMemory(estimate: ServingEstimate, subject: ReportSubject): string {
  const { memory } = estimate;
  const rows = [memory.weights, memory.overhead, memory.kvCache, memory.total, memory.usable].map((term) => [
    plain(term.label),
    plain(formatTerm(term)),
    memory.usable.value > 0 ? formatPercent(term.value / memory.usable.value) : '',
  ]);
  return [
    '## Memory per GPU',
    `${verdicts[memory.fits]} The driver offers ${formatBytes(memory.usable.value)}.`,
    tableOf(['part', 'size', 'of usable'], rows, [1, 2]),
    '### How they come about',
    [memory.weights, memory.overhead, memory.kvCache, estimate.kvBytesPerToken, estimate.kvTokens, estimate.concurrency]
      .flatMap((term) => termLines(term, subject, 0))
      .join('\n'),
  ].join('\n\n');
}

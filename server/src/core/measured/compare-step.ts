/** Prediction and measurement of a training step side by side, and where they differ most, in words. */
import type { Seconds } from '../units.ts';
import type { MeasuredStep } from './measured-step.ts';
import { type PartId, partIds, partInfo } from './parts.ts';
import type { PredictedStep } from './predicted-step.ts';

export interface ComparedPart {
  readonly id: PartId | 'step' | 'computation' | 'waiting';
  readonly label: string;
  readonly predicted?: Seconds;
  readonly measured: Seconds;
  /** Measured seconds that ran beside computation. */
  readonly hidden?: Seconds;
  /** Measured minus predicted. */
  readonly difference?: Seconds;
}

export interface StepComparison {
  readonly step: ComparedPart;
  /** Parts that either has; sums first where parts are best judged together. */
  readonly parts: readonly ComparedPart[];
  /** Sentences, the largest difference first. */
  readonly words: readonly string[];
}

const least = 1e-9;

/** A measured step against the predicted one; without one, the measured parts alone. */
export function compareStep(measured: MeasuredStep, predicted: PredictedStep | undefined): StepComparison {
  const visible = (id: PartId): Seconds => measured.parts.find((part) => part.id === id)?.visible ?? 0;
  const busy = (id: PartId): Seconds => measured.parts.find((part) => part.id === id)?.busy ?? 0;
  const isWhole = measured.parts.some(({ id }) => id === 'pass');
  const expected = (id: PartId): Seconds | undefined =>
    predicted ? ((isWhole ? predicted.wholePasses : predicted.parts).find((part) => part.id === id)?.visible ?? 0) : undefined;
  const parts = partIds
    .map((id) => compared(id, partInfo[id].label, expected(id), visible(id), Math.max(0, busy(id) - visible(id))))
    .filter(({ predicted: before = 0, measured: now, hidden = 0 }) => before > least || now > least || hidden > least);
  const step = compared('step', 'Step', predicted?.seconds, measured.seconds);
  return { step, parts, words: predicted ? wordsOf(step, parts) : [] };
}

function compared(
  id: ComparedPart['id'],
  label: string,
  predicted: Seconds | undefined,
  measured: Seconds,
  hidden?: Seconds,
): ComparedPart {
  return {
    id,
    label,
    measured,
    // What is left of sums that cancel out is no prediction.
    ...(predicted === undefined ? {} : { predicted: predicted > least ? predicted : 0, difference: measured - predicted }),
    ...(hidden === undefined || hidden <= least ? {} : { hidden }),
  };
}

/** How far off the step is, and what explains most of it. */
function wordsOf(step: ComparedPart, parts: readonly ComparedPart[]): readonly string[] {
  const off = step.difference ?? 0;
  const share = (step.predicted ?? 0) > 0 ? off / (step.predicted ?? 1) : 0;
  const first =
    Math.abs(share) < 0.01
      ? 'The measured step is as long as the predicted one, within 1 %.'
      : `The measured step is ${percent(Math.abs(share))} ${off > 0 ? 'longer' : 'shorter'} than predicted (${timeText(step.measured)} instead of ${timeText(step.predicted ?? 0)}).`;
  const largest = [...parts]
    .filter(({ difference = 0 }) => Math.abs(difference) > 0.01 * step.measured)
    .sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0))
    .slice(0, 3);
  return [first, ...largest.map(sentence)];
}

/** Work is done faster; waiting and idling only take less. */
const isWork = (id: ComparedPart['id']): boolean => ['pass', 'gemm', 'attention', 'memory-bound', 'optimizer', 'copy'].includes(id);

function sentence({ id, label, predicted = 0, measured, difference = 0 }: ComparedPart): string {
  const size = `${timeText(Math.abs(difference))} ${difference > 0 ? 'more' : 'less'} than predicted`;
  if (predicted < least) return `${label}: ${timeText(measured)} that the prediction does not have.`;
  if (measured < least) return `${label}: predicted ${timeText(predicted)}, nothing of it in the trace.`;
  const factor = measured / predicted;
  const times =
    factor >= 1.02
      ? `, ${factor.toFixed(2)} times as long`
      : factor <= 0.98
        ? `, ${percent(1 - factor)} ${isWork(id) ? 'faster' : 'shorter'}`
        : '';
  return `${label}: ${size} (${timeText(measured)} instead of ${timeText(predicted)}${times}).`;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(share < 0.1 ? 2 : 3))} %`;
/** Three digits, in seconds or milliseconds. */
function timeText(seconds: Seconds): string {
  const [value, unit] = seconds >= 0.9995 ? [seconds, 's'] : [seconds * 1e3, 'ms'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

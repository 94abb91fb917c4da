/** The time series of a simulation, brought to the columns of a chart and to the rows of a table. Pure. */
import type { SeriesPoint } from '../../../server/src/core/serving/simulation/step-series.ts';
import { type TimeScale, toTime } from '../time-scale.ts';

/** What happened in a stretch of time: averages per step, and the most of an engine replica. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  readonly waiting: number;
  readonly running: number;
  readonly kvShare: number;
}

/** Where the series ends, in seconds. */
export function endOf(series: readonly SeriesPoint[]): number {
  const last = series.at(-1);
  return last ? last.time + last.seconds : 0;
}

/** The index of the point at a time. */
export function pointAt(series: readonly SeriesPoint[], time: number): number {
  const width = series[0]?.seconds ?? 1;
  return Math.min(series.length - 1, Math.max(0, Math.floor(time / width)));
}

/** The points `from` to `to` (excluded) as one stretch. */
export function stretchOf(series: readonly SeriesPoint[], from: number, to: number): Stretch {
  let [steps, prefill, decode, waiting, running, kvShare] = [0, 0, 0, 0, 0, 0];
  for (let index = from; index < to; index++) {
    const point = series[index];
    if (!point) continue;
    steps += point.steps;
    prefill += point.prefillTokens;
    decode += point.decodeTokens;
    waiting = Math.max(waiting, point.waiting);
    running = Math.max(running, point.running);
    kvShare = Math.max(kvShare, point.kvShare);
  }
  const width = series[0]?.seconds ?? 0;
  const per = Math.max(1, steps);
  return {
    start: from * width,
    end: to * width,
    steps,
    prefillTokens: prefill / per,
    decodeTokens: decode / per,
    waiting,
    running,
    kvShare,
  };
}

/**
 * The series with the points in which no step ended filled up from the point before: a step is longer than a point, so that its engine
 * was at work there. Longer gaps are times without requests and stay empty.
 */
export function bridged(series: readonly SeriesPoint[], longestStep: number): readonly SeriesPoint[] {
  const width = series[0]?.seconds ?? 1;
  const most = Math.ceil(longestStep / width);
  let since = Number.POSITIVE_INFINITY;
  let last: SeriesPoint | undefined;
  return series.map((point) => {
    if (point.steps > 0) {
      since = 0;
      last = point;
      return point;
    }
    since++;
    return last && since <= most ? { ...last, time: point.time } : point;
  });
}

/** One stretch for each pixel column of the scale. */
export function columnsOf(series: readonly SeriesPoint[], scale: TimeScale): readonly Stretch[] {
  const width = series[0]?.seconds ?? 1;
  return Array.from({ length: Math.ceil(scale.width) }, (_, column) => {
    const from = Math.floor(toTime(scale, scale.left + column) / width + 1e-9);
    const to = Math.ceil(toTime(scale, scale.left + column + 1) / width - 1e-9);
    return stretchOf(series, from, Math.max(from + 1, to));
  });
}

/** The whole series in at most `count` stretches of the same length. */
export function rowsOf(series: readonly SeriesPoint[], count: number): readonly Stretch[] {
  const each = Math.max(1, Math.ceil(series.length / count));
  return Array.from({ length: Math.ceil(series.length / each) }, (_, row) =>
    stretchOf(series, row * each, Math.min(series.length, (row + 1) * each)),
  );
}

/** Round numbers from 0 to at least `most`, at most `count` of them beside 0. */
export function plainTicks(most: number, count: number): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const least = most / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, tick) => tick * step);
}

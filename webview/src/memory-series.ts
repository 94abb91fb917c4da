/** Memory over time as a line that a canvas can draw whatever the number of operations. Pure. */
import { type TimeScale, toX } from './time-scale.ts';
import { type HeldBytes, stepAt } from './timeline/held-bytes.ts';

export interface SeriesPoint {
  readonly x: number;
  readonly bytes: number;
}

/**
 * The corners of the step line from `scale.start` to `until`. Where several samples fall on one pixel, only the lowest,
 * the highest and the last of them are kept: at most four points a pixel.
 */
export function stepLine(held: HeldBytes, scale: TimeScale, until: number): readonly SeriesPoint[] {
  const { time } = held;
  const end = Math.min(scale.end, until);
  if (time.length === 0 || end <= scale.start) return [];
  let step = stepAt(held, scale.start);
  let bytes = held.bytes[step] ?? 0;
  const points: SeriesPoint[] = [{ x: scale.left, bytes }];
  step++;
  while (step < time.length && (time[step] ?? 0) <= end) {
    const x = toX(scale, time[step] ?? 0);
    const pixel = Math.floor(x);
    points.push({ x, bytes });
    let low = bytes;
    let high = bytes;
    for (; step < time.length && (time[step] ?? 0) <= end; step++) {
      if (Math.floor(toX(scale, time[step] ?? 0)) !== pixel) break;
      bytes = held.bytes[step] ?? 0;
      low = Math.min(low, bytes);
      high = Math.max(high, bytes);
    }
    if (low < bytes) points.push({ x, bytes: low });
    if (high > bytes) points.push({ x, bytes: high });
    points.push({ x, bytes });
  }
  points.push({ x: toX(scale, end), bytes });
  return points;
}

/** Round numbers of GiB from 0 up to `most` bytes, about `count` of them. */
export function byteTicks(most: number, count: number): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0];
  const least = most / count / 2 ** 30;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= least) ?? 10) * power * 2 ** 30;
  const ticks: number[] = [];
  for (let value = 0; value <= most; value += step) ticks.push(value);
  return ticks;
}

/** Memory over time as a line that a canvas can draw whatever the number of operations. Pure. */
import type { MemorySample } from '../../server/src/core/estimate.ts';
import { type TimeScale, toX } from './time-scale.ts';

export interface SeriesPoint {
  readonly x: number;
  readonly bytes: number;
}

/** Bytes held at a time; each sample holds until the next. */
export function bytesAt(samples: readonly MemorySample[], time: number): number {
  return samples[lastAtOrBefore(samples, time)]?.bytes ?? 0;
}

function lastAtOrBefore(samples: readonly MemorySample[], time: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/**
 * The corners of the step line from `scale.start` to `until`. Where several samples fall on one pixel, only the lowest,
 * the highest and the last of them are kept: at most four points a pixel.
 */
export function stepLine(samples: readonly MemorySample[], scale: TimeScale, until: number): readonly SeriesPoint[] {
  const end = Math.min(scale.end, until);
  if (samples.length === 0 || end <= scale.start) return [];
  let index = lastAtOrBefore(samples, scale.start);
  let bytes = samples[index]?.bytes ?? 0;
  const points: SeriesPoint[] = [{ x: scale.left, bytes }];
  index++;
  while (index < samples.length && (samples[index]?.time ?? 0) <= end) {
    const x = toX(scale, samples[index]?.time ?? 0);
    const pixel = Math.floor(x);
    points.push({ x, bytes });
    let low = bytes;
    let high = bytes;
    for (; index < samples.length && (samples[index]?.time ?? 0) <= end; index++) {
      if (Math.floor(toX(scale, samples[index]?.time ?? 0)) !== pixel) break;
      bytes = samples[index]?.bytes ?? 0;
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

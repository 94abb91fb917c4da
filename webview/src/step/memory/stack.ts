/** Memory by component as areas that lie on each other, whatever the number of operations. Pure; positions in CSS pixels. */
import type { MemoryOverTime } from '../../../../server/src/core/profile/memory-over-time.ts';
import { type TimeScale, toTime } from '../../time-scale.ts';

/** Bytes in tensors at a sample: all but what lies outside them. */
function usedAt({ layers }: MemoryOverTime, sample: number): number {
  return layers.reduce((sum, { id, bytes }) => (id === 'cache' ? sum : sum + (bytes[sample] ?? 0)), 0);
}

/** The sample that holds at a time: the last one not after it. */
export function sampleAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The sample drawn in each column of pixels: of those that fall on it the fullest, so that no peak is lost. */
export function sampleColumns(memory: MemoryOverTime, scale: TimeScale): Int32Array {
  const count = Math.max(1, Math.ceil(scale.width));
  const columns = new Int32Array(count);
  let next = sampleAt(memory.times, scale.start);
  let holding = next;
  for (let column = 0; column < count; column++) {
    const until = toTime(scale, scale.left + column + 1);
    let best = holding;
    let most = usedAt(memory, holding);
    while (next < memory.times.length && (memory.times[next] ?? 0) < until) {
      const used = usedAt(memory, next);
      if (used > most) [best, most] = [next, used];
      holding = next;
      next++;
    }
    columns[column] = best;
  }
  return columns;
}

/** The outline of every component, from the bottom of the stack to its top, as the path of an SVG. */
export function stackPaths(
  { layers }: MemoryOverTime,
  columns: Int32Array,
  left: number,
  toY: (bytes: number) => number,
): readonly { readonly id: string; readonly path: string }[] {
  const runs: { readonly x: number; readonly sample: number }[] = [];
  columns.forEach((sample, column) => {
    if (runs.at(-1)?.sample !== sample) runs.push({ x: left + column, sample });
  });
  const right = left + columns.length;
  const round = (value: number): number => Math.round(value * 100) / 100;
  const base = new Float64Array(runs.length);
  return layers.map(({ id, bytes }) => {
    let over = '';
    const under: string[] = [];
    runs.forEach(({ x, sample }, index) => {
      const end = runs[index + 1]?.x ?? right;
      const low = base[index] ?? 0;
      const high = low + (bytes[sample] ?? 0);
      over += `${index === 0 ? 'M' : 'L'}${x} ${round(toY(high))}H${end}`;
      under.push(`L${end} ${round(toY(low))}H${x}`);
      base[index] = high;
    });
    return { id, path: `${over}${under.reverse().join('')}Z` };
  });
}

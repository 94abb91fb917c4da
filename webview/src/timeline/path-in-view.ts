/** The part of a chain of operations that a picture can show. Pure. */
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { TimeScale } from '../time-scale.ts';

/**
 * The operations of a chain in order of time that are in sight, and one on either side, so that lines lead out of the picture. Of
 * several that begin and end within one pixel, the first is kept: at most two a pixel.
 */
export function pathInView(
  { start, end }: Pick<Simulation, 'start' | 'end'>,
  operations: Uint32Array,
  scale: TimeScale,
): readonly number[] {
  const pixel = (scale.end - scale.start) / Math.max(1, scale.width);
  const shown: number[] = [];
  let before: number | undefined;
  let drawnUntil = Number.NEGATIVE_INFINITY;
  for (const index of operations) {
    const [from, to] = [start[index] ?? 0, end[index] ?? 0];
    if (to <= scale.start) before = index;
    else if (from >= scale.end) {
      shown.push(index);
      break;
    } else if (to - drawnUntil >= pixel / 2 || shown.length === 0) {
      shown.push(index);
      drawnUntil = to;
    }
  }
  return before === undefined ? shown : [before, ...shown];
}

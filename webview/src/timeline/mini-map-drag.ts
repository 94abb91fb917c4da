/** What a drag on the mini-map means. Pure. */
import { type TimeScale, toTime, type View } from '../time-scale.ts';

/** What of the window is held: its left or right edge, all of it, or nothing, which brings it to the pointer. */
export type Grip = 'start' | 'end' | 'window' | 'beside';

const nearEdge = 6;

export function gripAt(x: number, left: number, right: number): Grip {
  // The edges of a narrow window lie outside of it, so that it can still be moved.
  const inside = Math.min(nearEdge, (right - left) / 4);
  if (x >= left - nearEdge && x <= left + inside) return 'start';
  if (x >= right - inside && x <= right + nearEdge) return 'end';
  return x > left && x < right ? 'window' : 'beside';
}

/** The view after the pointer went from `from` to `to` on the map. */
export function dragWindow(before: View, grip: Grip, map: TimeScale, from: number, to: number): View {
  const time = toTime(map, to);
  const length = before.end - before.start;
  if (grip === 'start') return { start: Math.min(time, before.end), end: before.end };
  if (grip === 'end') return { start: before.start, end: Math.max(time, before.start) };
  if (grip === 'beside') return { start: time - length / 2, end: time + length / 2 };
  const shift = time - toTime(map, from);
  return { start: before.start + shift, end: before.end + shift };
}

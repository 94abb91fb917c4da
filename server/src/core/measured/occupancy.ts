/**
 * What a GPU does at each moment of a stretch of time: one sweep over the starts and ends of its kernels on all streams. While
 * something computes, communication is hidden; while only communication runs, it is exposed; copies come last; the rest is idle. The parts
 * of a stretch add up to its length exactly.
 */
import type { Seconds } from '../units.ts';
import type { KernelColumns } from './recorder.ts';

export interface Window {
  readonly start: Seconds;
  readonly end: Seconds;
}

/** How early a slot is blamed for a moment that several share: computing, then communicating, then copying. */
export type Rank = 0 | 1 | 2;

/** Kernels told apart: `slot[kernel]` says what each counts as, `rank[slot]` how it is blamed. */
export interface Slots {
  readonly slot: Uint8Array;
  readonly rank: readonly Rank[];
}

export interface Occupancy {
  /** By slot: seconds the moment was blamed on it, and seconds it ran at all. */
  readonly visible: Float64Array;
  readonly busy: Float64Array;
  readonly idle: Seconds;
}

/** Positions of the kernels of one device by their start. */
export function byStart({ count, start, device }: KernelColumns, wanted: number): Uint32Array {
  let length = 0;
  for (let at = 0; at < count; at++) if (device[at] === wanted) length++;
  const order = new Uint32Array(length);
  let next = 0;
  let sorted = true;
  let before = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    if (device[at] !== wanted) continue;
    order[next++] = at;
    const begin = start[at] ?? 0;
    if (begin < before) sorted = false;
    before = begin;
  }
  return sorted ? order : order.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0));
}

/** The same order by end, made from the order by start: ends are nearly in it. */
function byEnd({ start, duration }: KernelColumns, order: Uint32Array): Uint32Array {
  const end = (at: number): Seconds => (start[at] ?? 0) + (duration[at] ?? 0);
  return order.slice().sort((a, b) => end(a) - end(b));
}

/** The occupancy of each window; windows are in order and do not overlap. */
export function occupancyOf(kernels: KernelColumns, order: Uint32Array, slots: Slots, windows: readonly Window[]): readonly Occupancy[] {
  const { start, duration } = kernels;
  const { slot, rank } = slots;
  const ends = byEnd(kernels, order);
  const active = new Uint32Array(rank.length);
  const found: Occupancy[] = [];
  let nextStart = 0;
  let nextEnd = 0;
  let now = Number.NEGATIVE_INFINITY;
  for (const window of windows) {
    const visible = new Float64Array(rank.length);
    const busy = new Float64Array(rank.length);
    let idle = 0;
    const spend = (until: Seconds): void => {
      const from = Math.max(now, window.start);
      const seconds = Math.min(until, window.end) - from;
      if (seconds > 0) idle += blame(active, rank, visible, busy, seconds);
      now = Math.max(now, until);
    };
    for (;;) {
      const s = nextStart < order.length ? (start[order[nextStart] ?? 0] ?? 0) : Number.POSITIVE_INFINITY;
      const last = ends[nextEnd] ?? 0;
      const e = nextEnd < ends.length ? (start[last] ?? 0) + (duration[last] ?? 0) : Number.POSITIVE_INFINITY;
      const at = Math.min(s, e);
      if (at > window.end || at === Number.POSITIVE_INFINITY) break;
      spend(at);
      // A kernel of no length starts before it ends.
      if (s <= e) change(active, slot[order[nextStart++] ?? 0] ?? 0, 1);
      else change(active, slot[ends[nextEnd++] ?? 0] ?? 0, -1);
    }
    spend(window.end);
    found.push({ visible, busy, idle });
  }
  return found;
}

function change(active: Uint32Array, slot: number, by: 1 | -1): void {
  active[slot] = (active[slot] ?? 0) + by;
}

/** Shares seconds among the active slots of the first rank that has any; returns what nobody takes. */
function blame(active: Uint32Array, rank: readonly Rank[], visible: Float64Array, busy: Float64Array, seconds: Seconds): Seconds {
  let first = 3;
  let sharing = 0;
  for (let one = 0; one < active.length; one++) {
    if ((active[one] ?? 0) === 0) continue;
    busy[one] = (busy[one] ?? 0) + seconds;
    const its = rank[one] ?? 2;
    if (its < first) {
      first = its;
      sharing = 1;
    } else if (its === first) sharing++;
  }
  if (sharing === 0) return seconds;
  for (let one = 0; one < active.length; one++) {
    if ((active[one] ?? 0) > 0 && rank[one] === first) visible[one] = (visible[one] ?? 0) + seconds / sharing;
  }
  return 0;
}

/**
 * The kernels of one step as tracks to be drawn: one for each stream, in order of time, with times from the start of the step. What is too
 * short to be seen is joined with its neighbours of the same part, so that a track stays small however long the step is.
 */
import type { Seconds } from '../units.ts';
import { partOfSlot } from './measured-step.ts';
import type { Window } from './occupancy.ts';
import { type PartId, partIds } from './parts.ts';
import type { KernelColumns, Recording } from './recorder.ts';

/** Columns of equal length. */
export interface MeasuredTrack {
  readonly label: string;
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Index into `partIds`. */
  readonly part: readonly number[];
  /** Index into the names of the tracks; -1 of several joined. */
  readonly name: readonly number[];
}

export interface MeasuredTracks {
  readonly tracks: readonly MeasuredTrack[];
  readonly names: readonly string[];
}

/** Parts of the step that can be told apart when all of it is in sight, and as many times closer. */
const resolution = 20_000;
const mostTracks = 24;
const longestName = 160;

interface Growing {
  readonly start: number[];
  readonly end: number[];
  readonly part: number[];
  readonly name: number[];
}

export function tracksOf(recording: Recording, slots: Uint8Array, device: number, window: Window): MeasuredTracks {
  const { kernels, streams, names } = recording;
  const least = (window.end - window.start) / resolution;
  const byStream = new Map<number, number[]>();
  for (const at of inside(kernels, device, window)) {
    const stream = kernels.stream[at] ?? 0;
    const list = byStream.get(stream);
    if (list) list.push(at);
    else byStream.set(stream, [at]);
  }
  const used = new Map<number, number>();
  const nameOf = (at: number): number => {
    const index = kernels.name[at] ?? 0;
    const known = used.get(index);
    if (known !== undefined) return known;
    used.set(index, used.size);
    return used.size - 1;
  };
  const tracks = [...byStream].map(([stream, list]) => ({
    busy: list.reduce((sum, at) => sum + (kernels.duration[at] ?? 0), 0),
    track: { label: `Stream ${streams[stream] ?? stream}`, ...trackOf(kernels, slots, list, window, least, nameOf) },
  }));
  return {
    tracks: tracks
      .sort((a, b) => b.busy - a.busy)
      .slice(0, mostTracks)
      .map(({ track }) => track),
    names: [...used.keys()].map((index) => (names[index]?.name ?? '').slice(0, longestName)),
  };
}

/** Kernels of a device that touch the window, by their start. */
function inside({ count, start, duration, device }: KernelColumns, wanted: number, window: Window): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < count; at++) {
    const from = start[at] ?? 0;
    if (device[at] === wanted && from < window.end && from + (duration[at] ?? 0) > window.start) found.push(at);
  }
  return found.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0));
}

const partIndex = (slot: number): number => partIds.indexOf(partOfSlot(slot) satisfies PartId);

function trackOf(
  kernels: KernelColumns,
  slots: Uint8Array,
  list: readonly number[],
  window: Window,
  least: Seconds,
  nameOf: (at: number) => number,
): Growing {
  const grown: Growing = { start: [], end: [], part: [], name: [] };
  for (const at of list) {
    const start = Math.max(window.start, kernels.start[at] ?? 0) - window.start;
    const end = Math.min(window.end, (kernels.start[at] ?? 0) + (kernels.duration[at] ?? 0)) - window.start;
    const part = partIndex(slots[at] ?? 0);
    const last = grown.start.length - 1;
    const from = grown.start[last] ?? 0;
    const until = grown.end[last] ?? 0;
    const joins = last >= 0 && grown.part[last] === part && start - until < least && (end - start < least || until - from < least);
    if (joins) {
      grown.end[last] = Math.max(until, end);
      grown.name[last] = -1;
    } else {
      grown.start.push(start);
      grown.end.push(end);
      grown.part.push(part);
      grown.name.push(nameOf(at));
    }
  }
  return grown;
}

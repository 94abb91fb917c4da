/**
 * Where the rows and boxes of the timeline lie, what is under the pointer, and which operation comes next. Pure; times
 * in seconds, positions in CSS pixels.
 */
import { type Simulation, transferKind } from '../../server/src/core/schedules/simulate.ts';
import { type TimeScale, toTime, toX } from './time-scale.ts';

export interface Rows {
  readonly count: number;
  /** Top of the first row. */
  readonly top: number;
  /** From one row's top to the next. */
  readonly pitch: number;
  /** Height of the boxes of computation. */
  readonly bar: number;
  /** Height of the lane of overlapped transfers under them; 0 when there is none. */
  readonly lane: number;
  readonly height: number;
}

export const axisHeight = 22;
/** Tallest canvas that browsers draw without trouble at twice the pixel density. */
const tallest = 8000;

/** The rows of a pipeline: thinner the more ranks there are. */
export function layoutRows(stages: number, hasLane: boolean): Rows {
  const wanted = stages <= 8 ? 34 : stages <= 16 ? 27 : stages <= 32 ? 20 : 14;
  const pitch = Math.max(1, Math.min(wanted, tallest / stages));
  const gap = pitch >= 14 ? 4 : pitch >= 4 ? 1 : 0;
  const lane = hasLane && pitch >= 14 ? Math.max(3, Math.round(pitch / 7)) : 0;
  return { count: stages, top: axisHeight, pitch, bar: pitch - gap - lane, lane, height: Math.ceil(axisHeight + stages * pitch + 2) };
}

/**
 * The boxes to draw of one row. A box is one operation, or, where operations are narrower than a pixel, one column of
 * pixels with the shares of its time.
 */
export interface Boxes {
  readonly boxes: readonly Box[];
  readonly columns: readonly Column[];
  /** Operations in sight. */
  readonly operations: number;
}

export interface Box {
  readonly x: number;
  readonly width: number;
  readonly kind: number;
  readonly index: number;
}

export interface Column {
  readonly x: number;
  readonly width: number;
  readonly forward: number;
  readonly backward: number;
}

/** Index of the first operation in [from, to) that ends after `time`. Operations of a row do not overlap. */
export function firstEndingAfter(simulation: Simulation, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((simulation.end[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function firstStartingAt(simulation: Simulation, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((simulation.start[middle] ?? 0) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Pixels of an operation on average below which a row is drawn by columns. */
const narrow = 1.5;

/** The boxes of forward and backward of one rank. */
export function computeBoxes(simulation: Simulation, rank: number, scale: TimeScale): Boxes {
  return boxesBetween(simulation, simulation.computeOffset[rank] ?? 0, simulation.computeOffset[rank + 1] ?? 0, scale);
}

/** The boxes of the transfers that one rank sends. */
export function transferBoxes(simulation: Simulation, rank: number, scale: TimeScale): Boxes {
  return boxesBetween(simulation, simulation.transferOffset[rank] ?? 0, simulation.transferOffset[rank + 1] ?? 0, scale);
}

function boxesBetween(simulation: Simulation, from: number, to: number, scale: TimeScale): Boxes {
  const first = firstEndingAfter(simulation, from, to, scale.start);
  const last = firstStartingAt(simulation, first, to, scale.end);
  const operations = last - first;
  if (operations > scale.width / narrow) return { boxes: [], columns: columnsOf(simulation, first, last, scale), operations };
  const boxes: Box[] = [];
  for (let index = first; index < last; index++) {
    const left = Math.max(scale.left, toX(scale, simulation.start[index] ?? 0));
    const right = Math.min(scale.left + scale.width, toX(scale, simulation.end[index] ?? 0));
    boxes.push({ x: left, width: right - left, kind: simulation.kind[index] ?? 0, index });
  }
  return { boxes, columns: [], operations };
}

/** Shares are rounded to this many steps, so that neighbouring columns that look alike become one. */
const shareSteps = 24;

function columnsOf(simulation: Simulation, first: number, last: number, scale: TimeScale): readonly Column[] {
  const count = Math.max(1, Math.ceil(scale.width));
  const perColumn = (scale.end - scale.start) / count;
  const forward = new Float64Array(count);
  const backward = new Float64Array(count);
  for (let index = first; index < last; index++) {
    const start = Math.max(scale.start, simulation.start[index] ?? 0) - scale.start;
    const end = Math.min(scale.end, simulation.end[index] ?? 0) - scale.start;
    // A transfer counts as "forward" here: its row holds nothing else.
    const shares = simulation.kind[index] === 1 ? backward : forward;
    const to = Math.min(count - 1, Math.floor(end / perColumn));
    for (let column = Math.floor(start / perColumn); column <= to; column++) {
      const inside = Math.min(end, (column + 1) * perColumn) - Math.max(start, column * perColumn);
      shares[column] = (shares[column] ?? 0) + inside / perColumn;
    }
  }
  const columns: Column[] = [];
  let previous: { x: number; width: number; forward: number; backward: number } | undefined;
  for (let column = 0; column < count; column++) {
    const f = Math.round((forward[column] ?? 0) * shareSteps) / shareSteps;
    const b = Math.round((backward[column] ?? 0) * shareSteps) / shareSteps;
    if (previous && previous.forward === f && previous.backward === b) previous.width++;
    else {
      previous = { x: scale.left + column, width: 1, forward: f, backward: b };
      columns.push(previous);
    }
  }
  return columns;
}

export type TailPart = 'gradientReduction' | 'optimizer' | 'parameterGather';

export const tailLabels: { readonly [part in TailPart]: string } = {
  gradientReduction: 'Gradient reduction',
  optimizer: 'Optimizer',
  parameterGather: 'Parameter gather',
};

export interface TailSpan {
  readonly part: TailPart;
  readonly start: number;
  readonly end: number;
}

/** What follows the pipeline, in order; parts without time are left out. */
export function tailSpans({ request, makespan }: Simulation): readonly TailSpan[] {
  const spans: TailSpan[] = [];
  let start = makespan;
  for (const part of ['gradientReduction', 'optimizer', 'parameterGather'] as const) {
    const end = start + request.tail[part];
    if (end > start) spans.push({ part, start, end });
    start = end;
  }
  return spans;
}

/** What a point of the timeline shows. */
export type Target =
  | { readonly type: 'operation'; readonly index: number }
  | { readonly type: 'tail'; readonly rank: number; readonly span: TailSpan }
  | { readonly type: 'bubble'; readonly rank: number; readonly start: number; readonly end: number }
  /** A moment on the memory chart. */
  | { readonly type: 'moment'; readonly time: number; readonly rank: number };

/** The operation, tail part or bubble at a point; undefined outside the rows. */
export function targetAt(simulation: Simulation, rows: Rows, scale: TimeScale, x: number, y: number): Target | undefined {
  const rank = Math.floor((y - rows.top) / rows.pitch);
  if (rank < 0 || rank >= rows.count || x < scale.left || x > scale.left + scale.width) return undefined;
  const time = toTime(scale, x);
  const inLane = rows.lane > 0 && y - rows.top - rank * rows.pitch > rows.bar;
  const sent = transferAt(simulation, rank, time);
  if (sent !== undefined && (inLane || !simulation.request.transferOverlapped)) return { type: 'operation', index: sent };
  if (time >= simulation.makespan) {
    const span = tailSpans(simulation).find((part) => time < part.end);
    return span && { type: 'tail', rank, span };
  }
  const from = simulation.computeOffset[rank] ?? 0;
  const to = simulation.computeOffset[rank + 1] ?? 0;
  const index = firstEndingAfter(simulation, from, to, time);
  if (index < to && (simulation.start[index] ?? 0) <= time) return { type: 'operation', index };
  let start = index > from ? (simulation.end[index - 1] ?? 0) : 0;
  const before = transferEndingBefore(simulation, rank, time);
  if (!simulation.request.transferOverlapped && before !== undefined) start = Math.max(start, before);
  return { type: 'bubble', rank, start, end: index < to ? (simulation.start[index] ?? 0) : simulation.makespan };
}

function transferAt(simulation: Simulation, rank: number, time: number): number | undefined {
  const to = simulation.transferOffset[rank + 1] ?? 0;
  const index = firstEndingAfter(simulation, simulation.transferOffset[rank] ?? 0, to, time);
  return index < to && (simulation.start[index] ?? 0) <= time ? index : undefined;
}

function transferEndingBefore(simulation: Simulation, rank: number, time: number): number | undefined {
  const from = simulation.transferOffset[rank] ?? 0;
  const index = firstEndingAfter(simulation, from, simulation.transferOffset[rank + 1] ?? 0, time) - 1;
  return index >= from ? simulation.end[index] : undefined;
}

export type Direction = 'previous' | 'next' | 'up' | 'down';

/** The operation that an arrow key leads to: along the rank, or to the one running at that moment on the next rank. */
export function neighbour(simulation: Simulation, index: number, direction: Direction): number {
  const rank = simulation.rank[index] ?? 0;
  const offset = simulation.kind[index] === transferKind ? simulation.transferOffset : simulation.computeOffset;
  if (direction === 'previous') return Math.max(offset[rank] ?? 0, index - 1);
  if (direction === 'next') return Math.min((offset[rank + 1] ?? 1) - 1, index + 1);
  const other = direction === 'up' ? rank - 1 : rank + 1;
  if (other < 0 || other >= simulation.request.stages) return index;
  const middle = ((simulation.start[index] ?? 0) + (simulation.end[index] ?? 0)) / 2;
  const to = simulation.computeOffset[other + 1] ?? 1;
  return Math.min(to - 1, firstEndingAfter(simulation, simulation.computeOffset[other] ?? 0, to, middle));
}

/** The first operation in sight on the first rank: where the keyboard starts. */
export function firstInView(simulation: Simulation, start: number): number {
  const to = simulation.computeOffset[1] ?? 1;
  return Math.min(to - 1, firstEndingAfter(simulation, 0, to, start));
}

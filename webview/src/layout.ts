/**
 * Where the rows and boxes of the timeline lie, what is under the pointer, and which operation comes next. Pure; times
 * in seconds, positions in CSS pixels.
 */
import {
  gradientReductionKind,
  optimizerKind,
  parameterGatherKind,
  type Simulation,
  transferKind,
} from '../../server/src/core/schedules/simulate.ts';
import { type TimeScale, toTime, toX } from './time-scale.ts';

export interface Rows {
  readonly count: number;
  /** Top of the first row. */
  readonly top: number;
  /** From one row's top to the next. */
  readonly pitch: number;
  /** Height of the boxes of computation. */
  readonly bar: number;
  /** Height of the lane of communication under them; 0 when there is none. */
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
  const lane = hasLane && pitch >= 14 ? Math.max(3, Math.round(pitch / 5)) : 0;
  return { count: stages, top: axisHeight, pitch, bar: pitch - gap - lane, lane, height: Math.ceil(axisHeight + stages * pitch + 2) };
}

/** The part of a chart that is painted: a chart taller than some windows is painted as far as it is in sight, and some more. */
export interface Slab {
  readonly top: number;
  readonly height: number;
}

/** The rows that a stretch of the canvas from `top` to `bottom` touches: `first` to `last - 1`. */
export function rowsBetween(rows: Rows, top: number, bottom: number): Span {
  const first = Math.max(0, Math.floor((top - rows.top) / rows.pitch));
  return { first: Math.min(first, rows.count), last: Math.max(0, Math.min(rows.count, Math.ceil((bottom - rows.top) / rows.pitch))) };
}

/** The operations of one row that are in sight: indexes `first` to `last - 1`. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface Box {
  readonly x: number;
  readonly width: number;
  readonly kind: number;
  readonly index: number;
}

/** Slices of rows as columns; those of a row lie in order of time and do not overlap. */
export interface Slices {
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
}

/** Index of the first operation in [from, to) that ends after `time`. Operations of a row do not overlap. */
export function firstEndingAfter(simulation: Slices, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((simulation.end[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function firstStartingAt(simulation: Slices, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((simulation.start[middle] ?? 0) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Forward and backward of one rank in sight. */
export function computeSpan(simulation: Simulation, rank: number, scale: TimeScale): Span {
  return spanBetween(simulation, simulation.computeOffset[rank] ?? 0, simulation.computeOffset[rank + 1] ?? 0, scale);
}

/** Transfers sent by one rank in sight. */
export function transferSpan(simulation: Simulation, rank: number, scale: TimeScale): Span {
  return spanBetween(simulation, simulation.transferOffset[rank] ?? 0, simulation.transferOffset[rank + 1] ?? 0, scale);
}

/** The slices of [from, to) that are in sight. */
export function spanBetween(simulation: Slices, from: number, to: number, scale: TimeScale): Span {
  const first = firstEndingAfter(simulation, from, to, scale.start);
  return { first, last: Math.max(first, firstStartingAt(simulation, first, to, scale.end)) };
}

/** Operations of a row narrower than this many pixels on average cannot be told apart. */
const narrow = 3;
/** Boxes of all rows together that a canvas draws without a pause. */
const mostBoxes = 3_000;

/** How a row is drawn: box by box, or pixel by pixel where boxes would be too many or too narrow. */
export function detailOf({ first, last }: Span, rowCount: number, scale: TimeScale): 'boxes' | 'pixels' {
  return isNarrow({ first, last }, scale) || (last - first) * rowCount > mostBoxes ? 'pixels' : 'boxes';
}

/** True when operations are narrower than a pixel or so. */
export function isNarrow({ first, last }: Span, scale: TimeScale): boolean {
  return last - first > scale.width / narrow;
}

/** One box for each operation of a span, cut to the scale. */
export function boxesOf(simulation: Simulation, { first, last }: Span, scale: TimeScale): readonly Box[] {
  const boxes: Box[] = [];
  for (let index = first; index < last; index++) {
    const left = Math.max(scale.left, toX(scale, simulation.start[index] ?? 0));
    const right = Math.min(scale.left + scale.width, toX(scale, simulation.end[index] ?? 0));
    boxes.push({ x: left, width: right - left, kind: simulation.kind[index] ?? 0, index });
  }
  return boxes;
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

const tailKinds: { readonly [kind: number]: TailPart } = {
  [gradientReductionKind]: 'gradientReduction',
  [optimizerKind]: 'optimizer',
  [parameterGatherKind]: 'parameterGather',
};

/** What follows the pipeline on every rank, in order; parts without time are left out. A reduction may begin before the pipeline has drained. */
export function tailSpans({ tailOffset, kind, start, end }: Simulation): readonly TailSpan[] {
  const spans: TailSpan[] = [];
  for (let index = tailOffset[0] ?? 0; index < (tailOffset[1] ?? 0); index++) {
    const part = tailKinds[kind[index] ?? 0];
    if (part) spans.push({ part, start: start[index] ?? 0, end: end[index] ?? 0 });
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
  const collective =
    inLane && sent === undefined ? tailSpans(simulation).find((part) => within(part, time) && part.part !== 'optimizer') : undefined;
  if (collective) return { type: 'tail', rank, span: collective };
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

const within = (part: TailSpan, time: number): boolean => time >= part.start && time < part.end;

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

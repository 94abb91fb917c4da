/**
 * What a rank holds over time, for charts: its steps as columns, and a pyramid of the least and the most of ever longer cells, so that a
 * column of pixels costs a few reads however many steps fall on it. Pure.
 */
import { forwardKind, type Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { TimeScale } from '../time-scale.ts';

/** Each value holds from its time until the next. */
export interface HeldBytes {
  readonly time: Float64Array;
  readonly bytes: Float64Array;
  readonly levels: readonly Level[];
}

export interface Level {
  /** Seconds of a cell. */
  readonly cell: number;
  readonly least: Float32Array;
  readonly most: Float32Array;
}

const kept = new WeakMap<Simulation, (HeldBytes | undefined)[]>();
const bands = new WeakMap<Simulation, readonly Level[]>();

/** The steps of a rank; they end with the last operation. */
export function heldBytesOf(simulation: Simulation, rank: number): HeldBytes {
  let ranks = kept.get(simulation);
  if (!ranks) {
    ranks = [];
    kept.set(simulation, ranks);
  }
  ranks[rank] ??= make(simulation, rank);
  return ranks[rank];
}

function make(simulation: Simulation, rank: number): HeldBytes {
  const { request, computeOffset, kind, start, end, heldBytes, leftBytes } = simulation;
  const from = computeOffset[rank] ?? 0;
  const count = (computeOffset[rank + 1] ?? 0) - from;
  const time = new Float64Array(count + 1);
  const bytes = new Float64Array(count + 1);
  bytes[0] = request.residentBytes[rank] ?? 0;
  for (let step = 1; step <= count; step++) {
    const index = from + step - 1;
    const grows = kind[index] === forwardKind;
    time[step] = (grows ? start[index] : end[index]) ?? 0;
    bytes[step] = (grows ? heldBytes[index] : leftBytes[index]) ?? 0;
  }
  return { time, bytes, levels: levelsOf(time, bytes, Math.max(simulation.makespan, simulation.stepSeconds)) };
}

/** Cells of the coarsest level: fewer than columns on any screen. */
const coarsest = 512;
/** Cells of the finest level of all ranks together. */
const finestOfBand = 2 ** 14;

function levelsOf(time: Float64Array, bytes: Float64Array, span: number): readonly Level[] {
  const cells = Math.min(2 ** 17, Math.max(coarsest, 2 ** Math.ceil(Math.log2(time.length / 2))));
  if (!(span > 0)) return [];
  const least = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(cells).fill(Number.NEGATIVE_INFINITY);
  for (let step = 0; step < time.length; step++) {
    const held = bytes[step] ?? 0;
    const last = Math.min(cells - 1, Math.floor(((time[step + 1] ?? span) / span) * cells));
    for (let cell = Math.min(cells - 1, Math.floor(((time[step] ?? 0) / span) * cells)); cell <= last; cell++) {
      if (held < (least[cell] ?? 0)) least[cell] = held;
      if (held > (most[cell] ?? 0)) most[cell] = held;
    }
  }
  return pyramid({ cell: span / cells, least, most });
}

/** The level and ever coarser ones, each with half as many cells. */
function pyramid(finest: Level): readonly Level[] {
  const levels: Level[] = [finest];
  for (let finer = finest; finer.least.length > coarsest; ) {
    const { cell, least, most } = finer;
    finer = {
      cell: cell * 2,
      least: Float32Array.from({ length: least.length / 2 }, (_, at) => Math.min(least[2 * at] ?? 0, least[2 * at + 1] ?? 0)),
      most: Float32Array.from({ length: most.length / 2 }, (_, at) => Math.max(most[2 * at] ?? 0, most[2 * at + 1] ?? 0)),
    };
    levels.push(finer);
  }
  return levels;
}

/** The least and the most that any rank holds over time, down to a fineness that all of them have. */
export function heldBandOf(simulation: Simulation): readonly Level[] {
  const known = bands.get(simulation);
  if (known) return known;
  const { stages } = simulation.request;
  let cells = finestOfBand;
  for (let rank = 0; rank < stages; rank++) cells = Math.min(cells, heldBytesOf(simulation, rank).levels[0]?.least.length ?? cells);
  const least = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(cells).fill(Number.NEGATIVE_INFINITY);
  let cell = 0;
  for (let rank = 0; rank < stages; rank++) {
    const level = heldBytesOf(simulation, rank).levels.find((of) => of.least.length === cells);
    if (!level) continue;
    cell = level.cell;
    for (let at = 0; at < cells; at++) {
      least[at] = Math.min(least[at] ?? 0, level.least[at] ?? 0);
      most[at] = Math.max(most[at] ?? 0, level.most[at] ?? 0);
    }
  }
  const levels = cell > 0 ? pyramid({ cell, least, most }) : [];
  bands.set(simulation, levels);
  return levels;
}

/** Bytes held at a time. */
export function bytesHeld(held: HeldBytes, time: number): number {
  return held.bytes[stepAt(held, time)] ?? 0;
}

/** The last step at or before a time. */
export function stepAt({ time }: HeldBytes, at: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** True where so many steps are in sight that a line through all of them would be slower and no sharper than a band. */
export function isDense(held: HeldBytes, scale: TimeScale): boolean {
  return stepAt(held, scale.end) - stepAt(held, scale.start) > 2 * scale.width;
}

/** The least and the most held during each column of pixels, widened into what is there already. */
export function widen(held: HeldBytes, scale: TimeScale, least: Float64Array, most: Float64Array): void {
  if (!widenByLevels(held.levels, scale, least, most)) widenBySteps(held, scale, least, most);
}

/** The same from a pyramid alone; false, with nothing done, where it is not fine enough for the scale. */
export function widenByLevels(levels: readonly Level[], scale: TimeScale, least: Float64Array, most: Float64Array): boolean {
  const perColumn = (scale.end - scale.start) / Math.max(1, scale.width);
  const level = levels.findLast(({ cell }) => cell <= perColumn);
  if (!level) return false;
  const last = level.least.length - 1;
  for (let column = 0; column < least.length; column++) {
    const from = (scale.start + column * perColumn) / level.cell;
    const to = Math.min(last, Math.ceil(from + perColumn / level.cell) - 1);
    for (let cell = Math.max(0, Math.min(last, Math.floor(from))); cell <= to; cell++) {
      if ((level.least[cell] ?? 0) < (least[column] ?? 0)) least[column] = level.least[cell] ?? 0;
      if ((level.most[cell] ?? 0) > (most[column] ?? 0)) most[column] = level.most[cell] ?? 0;
    }
  }
  return true;
}

function widenBySteps(held: HeldBytes, scale: TimeScale, least: Float64Array, most: Float64Array): void {
  const perColumn = (scale.end - scale.start) / Math.max(1, scale.width);
  let step = stepAt(held, scale.start);
  for (let column = 0; column < least.length; column++) {
    const until = scale.start + (column + 1) * perColumn;
    for (; ; step++) {
      const bytes = held.bytes[step] ?? 0;
      if (bytes < (least[column] ?? 0)) least[column] = bytes;
      if (bytes > (most[column] ?? 0)) most[column] = bytes;
      if (step + 1 >= held.time.length || (held.time[step + 1] ?? 0) >= until) break;
    }
  }
}

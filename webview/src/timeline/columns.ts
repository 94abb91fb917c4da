/**
 * What every column of pixels of a row shows: slice by slice where few are in sight, from the running totals (totals.ts) where they
 * are many. Totals are made when a row is first drawn in little, and kept as long as the simulation. No DOM.
 */
import { type IdleSlots, idleCauses } from '../../../server/src/core/schedules/idle-slots.ts';
import { forwardKind, type Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { type Slices, type Span, spanBetween } from '../layout.ts';
import type { TimeScale } from '../time-scale.ts';
import { addShares, type Edges, edgesOf, isSharp, readShares, type Sorting, type Totals, totalsOf } from './totals.ts';

/** Slices in sight per column of pixels from which the totals are cheaper to read. */
const many = 1;

/** One category of slices of every rank: how its columns are found. */
interface Lane extends Slices, Sorting {
  /** Rank r owns the slices `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: ArrayLike<number>;
  readonly span: number;
  readonly totals: (Totals | undefined)[];
  /** The answer, used again for the next row: sixty times a second, new ones would keep the garbage collector busy. */
  shares: Float32Array[];
  /** Those of `shares` that hold something. */
  filled: boolean[];
}

/** Operations of a rank: forward is 0, all that goes back is 1. */
const computeCategories = Uint8Array.from({ length: 256 }, (_, kind) => (kind === forwardKind ? 0 : 1));
const all = new Uint8Array(256);
const asTheyAre = Uint8Array.from({ length: 256 }, (_, kind) => kind);

interface Lanes {
  readonly compute: Lane;
  readonly transfer: Lane;
}

const lanes = new WeakMap<Simulation, Lanes>();
const idleLanes = new WeakMap<IdleSlots, Lane>();

function lanesOf(simulation: Simulation): Lanes {
  const known = lanes.get(simulation);
  if (known) return known;
  const { start, end, kind, computeOffset, transferOffset, makespan, stepSeconds } = simulation;
  const common = { start, end, kind, span: Math.max(makespan, stepSeconds) };
  const made: Lanes = {
    compute: { ...common, offset: computeOffset, categoryOf: computeCategories, categories: 2, totals: [], shares: [], filled: [] },
    transfer: { ...common, offset: transferOffset, categoryOf: all, categories: 1, totals: [], shares: [], filled: [] },
  };
  lanes.set(simulation, made);
  return made;
}

function idleLaneOf(simulation: Simulation, slots: IdleSlots): Lane {
  const known = idleLanes.get(slots);
  if (known) return known;
  const { start, end, offset, cause } = slots;
  const span = Math.max(simulation.makespan, simulation.stepSeconds);
  const made: Lane = {
    start,
    end,
    offset,
    kind: cause,
    categoryOf: asTheyAre,
    categories: idleCauses.length,
    span,
    totals: [],
    shares: [],
    filled: [],
  };
  idleLanes.set(slots, made);
  return made;
}

/** The edges of the last scale, by the number of cells of a row. */
const edges = { scale: undefined as TimeScale | undefined, byCells: new Map<string, Edges>() };

function edgesFor(totals: Totals, scale: TimeScale, columns: number): Edges {
  if (edges.scale !== scale) {
    edges.scale = scale;
    edges.byCells.clear();
  }
  const name = `${totals.cells} ${totals.cell}`;
  const known = edges.byCells.get(name);
  if (known) return known;
  const made = edgesOf(totals, scale, columns);
  edges.byCells.set(name, made);
  return made;
}

/** Fills the columns of a lane for a rank, good until the next rank. */
function fill(lane: Lane, rank: number, scale: TimeScale): void {
  const columns = Math.max(1, Math.ceil(scale.width));
  if (lane.shares[0]?.length !== columns) lane.shares = Array.from({ length: lane.categories }, () => new Float32Array(columns));
  const [from, to] = [lane.offset[rank] ?? 0, lane.offset[rank + 1] ?? 0];
  const inSight: Span = spanBetween(lane, from, to, scale);
  if (inSight.last - inSight.first > many * scale.width) {
    lane.totals[rank] ??= totalsOf(lane, { first: from, last: to }, lane.span, lane);
    const totals = lane.totals[rank];
    if (isSharp(totals, scale)) {
      const at = edgesFor(totals, scale, columns);
      for (let category = 0; category < lane.categories; category++) {
        const [sum, shares] = [totals.sums[category], lane.shares[category]];
        if (sum && shares) readShares(sum, at, shares);
        lane.filled[category] = sum !== undefined;
      }
      return;
    }
  }
  for (const shares of lane.shares) shares.fill(0);
  addShares(lane, inSight, scale, lane, lane.shares);
  lane.filled = lane.shares.map(() => inSight.last > inSight.first);
}

function sharesOf(lane: Lane, rank: number, scale: TimeScale): readonly (Float32Array | undefined)[] {
  fill(lane, rank, scale);
  return lane.shares.map((shares, category) => (lane.filled[category] ? shares : undefined));
}

/**
 * The shares of forward and of backward; undefined where there are none. This and the others below are good until they are asked for
 * another rank.
 */
export function computeShares(simulation: Simulation, rank: number, scale: TimeScale): readonly (Float32Array | undefined)[] {
  return sharesOf(lanesOf(simulation).compute, rank, scale);
}

/** The share of what a rank sends. */
export function transferShares(simulation: Simulation, rank: number, scale: TimeScale): Float32Array | undefined {
  return sharesOf(lanesOf(simulation).transfer, rank, scale)[0];
}

/** The share of each cause of waiting, in the order of `idleCauses`. */
export function idleShares(
  simulation: Simulation,
  slots: IdleSlots,
  rank: number,
  scale: TimeScale,
): readonly (Float32Array | undefined)[] {
  return sharesOf(idleLaneOf(simulation, slots), rank, scale);
}

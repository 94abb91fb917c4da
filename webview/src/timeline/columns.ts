/**
 * What every column of pixels of a row shows: slice by slice where few are in sight, from the running totals (totals.ts) where they
 * are many. Totals are made when a row is first drawn in little, and kept as long as the simulation. Pure.
 */
import { type IdleSlots, idleCauses } from '../../../server/src/core/schedules/idle-slots.ts';
import { forwardKind, type Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { type Slices, type Span, spanBetween } from '../layout.ts';
import type { TimeScale } from '../time-scale.ts';
import { addShares, isSharp, readShares, type Sorting, type Totals, totalsOf } from './totals.ts';

/** Slices in sight per column of pixels from which the totals are cheaper to read. */
const many = 4;

/** One category of slices of every rank: how its columns are found. */
interface Lane extends Slices, Sorting {
  /** Rank r owns the slices `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: ArrayLike<number>;
  readonly span: number;
  readonly totals: (Totals | undefined)[];
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
    compute: { ...common, offset: computeOffset, categoryOf: computeCategories, categories: 2, totals: [] },
    transfer: { ...common, offset: transferOffset, categoryOf: all, categories: 1, totals: [] },
  };
  lanes.set(simulation, made);
  return made;
}

function idleLaneOf(simulation: Simulation, slots: IdleSlots): Lane {
  const known = idleLanes.get(slots);
  if (known) return known;
  const { start, end, offset, cause } = slots;
  const span = Math.max(simulation.makespan, simulation.stepSeconds);
  const made: Lane = { start, end, offset, kind: cause, categoryOf: asTheyAre, categories: idleCauses.length, span, totals: [] };
  idleLanes.set(slots, made);
  return made;
}

function sharesOf(lane: Lane, rank: number, scale: TimeScale): readonly Float32Array[] {
  const [from, to] = [lane.offset[rank] ?? 0, lane.offset[rank + 1] ?? 0];
  const shares = Array.from({ length: lane.categories }, () => new Float32Array(Math.max(1, Math.ceil(scale.width))));
  const inSight: Span = spanBetween(lane, from, to, scale);
  if (inSight.last - inSight.first > many * scale.width) {
    lane.totals[rank] ??= totalsOf(lane, { first: from, last: to }, lane.span, lane);
    const totals = lane.totals[rank];
    if (isSharp(totals, scale)) {
      shares.forEach((into, category) => {
        readShares(totals, category, scale, into);
      });
      return shares;
    }
  }
  addShares(lane, inSight, scale, lane, shares);
  return shares;
}

/** The shares of forward and of backward. */
export function computeShares(simulation: Simulation, rank: number, scale: TimeScale): readonly Float32Array[] {
  return sharesOf(lanesOf(simulation).compute, rank, scale);
}

/** The share of what a rank sends. */
export function transferShares(simulation: Simulation, rank: number, scale: TimeScale): Float32Array {
  return sharesOf(lanesOf(simulation).transfer, rank, scale)[0] ?? new Float32Array(1);
}

/** The share of each cause of waiting, in the order of `idleCauses`. */
export function idleShares(simulation: Simulation, slots: IdleSlots, rank: number, scale: TimeScale): readonly Float32Array[] {
  return sharesOf(idleLaneOf(simulation, slots), rank, scale);
}

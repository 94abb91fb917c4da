/** The running totals of a simulation's rows, made when a row is first drawn in little and kept as long as the simulation. Pure. */
import { forwardKind, type Simulation, transferKind } from '../../../server/src/core/schedules/simulate.ts';
import { type Totals, totalsOf, uncounted } from './totals.ts';

export const forwardCategory = 0;
export const backwardCategory = 1;

const computeCategories = Uint8Array.from({ length: 16 }, (_, kind) =>
  kind === forwardKind ? forwardCategory : kind === transferKind ? uncounted : backwardCategory,
);
const transferCategories = Uint8Array.from({ length: 16 }, (_, kind) => (kind === transferKind ? 0 : uncounted));

interface Levels {
  readonly compute: (Totals | undefined)[];
  readonly transfer: (Totals | undefined)[];
}

const kept = new WeakMap<Simulation, Levels>();

function levelsOf(simulation: Simulation): Levels {
  const known = kept.get(simulation);
  if (known) return known;
  const made: Levels = { compute: [], transfer: [] };
  kept.set(simulation, made);
  return made;
}

/** Totals of forward and backward of a rank. */
export function computeTotals(simulation: Simulation, rank: number): Totals {
  const { compute } = levelsOf(simulation);
  const { computeOffset, stepSeconds, makespan } = simulation;
  compute[rank] ??= totalsOf(
    simulation,
    computeOffset[rank] ?? 0,
    computeOffset[rank + 1] ?? 0,
    Math.max(makespan, stepSeconds),
    computeCategories,
    2,
  );
  return compute[rank];
}

/** Totals of the transfers a rank sends. */
export function transferTotals(simulation: Simulation, rank: number): Totals {
  const { transfer } = levelsOf(simulation);
  const { transferOffset, stepSeconds, makespan } = simulation;
  transfer[rank] ??= totalsOf(
    simulation,
    transferOffset[rank] ?? 0,
    transferOffset[rank + 1] ?? 0,
    Math.max(makespan, stepSeconds),
    transferCategories,
    1,
  );
  return transfer[rank];
}

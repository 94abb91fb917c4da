/**
 * What an operation of a simulation waited for and what waits for it: the operation before it on its rank, the one whose
 * result it takes in, the transfer between the two, and the other way round. Found by looking up, not by searching: building
 * takes one walk over the operations, asking for one of them a few reads.
 */
import { findSchedule } from './index.ts';
import { backwardInputKind, backwardKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import { type Route, routeOf } from './placement.ts';
import type { Simulation } from './simulate.ts';

const none = -1;

export interface OperationLinks {
  /** The transfer that carries what an operation made, or -1: `transfer[index]`, computing operations only. */
  readonly transfer: Int32Array;
  /** The computing operation of a row, micro batch and slot (`rank * virtualStages + chunk`): see `placeOf`. */
  readonly at: Int32Array;
  readonly route: Route;
}

/** Rows of `OperationLinks.at`: forward passes, what goes back, weight gradients. */
const rowOf = (kind: number): number => (kind === forwardKind ? 0 : kind === backwardWeightKind ? 2 : 1);

const placeOf = ({ request }: Simulation, row: number, slot: number, microBatch: number): number =>
  (3 * slot + row) * request.microBatches + microBatch;

const slotOf = ({ request, rank, chunk }: Simulation, index: number): number =>
  (rank[index] ?? 0) * request.virtualStages + (chunk[index] ?? 0);

export function linkOperations(simulation: Simulation): OperationLinks {
  const { request, computeCount, kind, microBatch, sender } = simulation;
  const { stages, virtualStages, microBatches, name } = request;
  const transfer = new Int32Array(computeCount).fill(none);
  for (let sent = 0; sent < sender.length; sent++) transfer[sender[sent] ?? 0] = computeCount + sent;
  const at = new Int32Array(3 * stages * virtualStages * microBatches).fill(none);
  for (let index = 0; index < computeCount; index++) {
    at[placeOf(simulation, rowOf(kind[index] ?? 0), slotOf(simulation, index), microBatch[index] ?? 0)] = index;
  }
  return { transfer, at, route: routeOf(findSchedule(name)?.placement ?? 'loop', stages, virtualStages) };
}

/** The operation whose result a computing operation takes in, or -1. */
export function sourceOf(simulation: Simulation, { at, route }: OperationLinks, index: number): number {
  const kind = simulation.kind[index] ?? 0;
  const slot = slotOf(simulation, index);
  const find = (row: number, where: number): number => at[placeOf(simulation, row, where, simulation.microBatch[index] ?? 0)] ?? none;
  if (kind === backwardWeightKind) return find(1, slot);
  const from = (kind === forwardKind ? route.previous[slot] : route.next[slot]) ?? none;
  if (from >= 0) return find(kind === forwardKind ? 0 : 1, from);
  return kind === forwardKind ? none : find(0, slot);
}

/** The operation that takes in the result of a computing operation, or -1. */
export function targetOf(simulation: Simulation, { at, route }: OperationLinks, index: number): number {
  const kind = simulation.kind[index] ?? 0;
  if (kind === backwardWeightKind) return none;
  const slot = slotOf(simulation, index);
  const find = (row: number, where: number): number => at[placeOf(simulation, row, where, simulation.microBatch[index] ?? 0)] ?? none;
  const to = (kind === forwardKind ? route.next[slot] : route.previous[slot]) ?? none;
  if (to >= 0) return find(kind === forwardKind ? 0 : 1, to);
  return kind === forwardKind ? find(1, slot) : none;
}

/** Indexes of operations; each list is in the order a reader would follow. */
export interface Dependencies {
  /** What had to end first: the operation before it on the rank, and what made (and carried) its input. */
  readonly waitedFor: readonly number[];
  /** What could not start before: the operation after it on the rank, and what carried and took in its result. */
  readonly waitedBy: readonly number[];
}

const known = (indexes: readonly number[]): readonly number[] => [...new Set(indexes.filter((index) => index >= 0))];

/** The operations that one operation or transfer depends on, and those that depend on it. */
export function dependenciesOf(simulation: Simulation, links: OperationLinks, index: number): Dependencies {
  const { computeCount, computeOffset, tailOffset, sender, rank: ranks, kind: kinds } = simulation;
  const rank = ranks[index] ?? 0;
  if (index >= (tailOffset[0] ?? 0)) {
    const [first, last] = [tailOffset[rank] ?? 0, tailOffset[rank + 1] ?? 0];
    const before = index > first ? index - 1 : (computeOffset[rank + 1] ?? 0) - 1;
    return { waitedFor: known([before]), waitedBy: index + 1 < last ? [index + 1] : [] };
  }
  if (index >= computeCount) {
    const from = sender[index - computeCount] ?? none;
    return { waitedFor: known([from]), waitedBy: known([targetOf(simulation, links, from)]) };
  }
  const source = sourceOf(simulation, links, index);
  const carried = source >= 0 && ranks[source] !== rank ? (links.transfer[source] ?? none) : none;
  const before = index > (computeOffset[rank] ?? 0) ? index - 1 : none;
  const after = index + 1 < (computeOffset[rank + 1] ?? 0) ? index + 1 : none;
  const kind = kinds[index] ?? 0;
  // A weight gradient waits for the input gradient of the same slot.
  const weight =
    kind === backwardInputKind
      ? (links.at[placeOf(simulation, 2, slotOf(simulation, index), simulation.microBatch[index] ?? 0)] ?? none)
      : none;
  const target = kind === backwardKind || kind === backwardInputKind || kind === forwardKind ? targetOf(simulation, links, index) : none;
  return {
    waitedFor: known([before, carried, source]),
    waitedBy: known([after, links.transfer[index] ?? none, target, weight]),
  };
}

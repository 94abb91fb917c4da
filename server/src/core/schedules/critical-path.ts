/**
 * The critical path of a simulation: the chain of operations and transfers without a gap that ends last. Shortening
 * anything on it shortens the step, until another chain takes its place; shortening anything else does not.
 *
 * Followed back from the operation that ends last: whatever ended when an operation started is what it waited for, its
 * own rank before its input where both did.
 */
import type { Seconds } from '../units.ts';
import { linkOperations, type OperationLinks, sourceOf } from './operation-links.ts';
import type { Simulation } from './simulate.ts';

export interface CriticalPath {
  /** Computing operations and transfers in the order of time. */
  readonly operations: Uint32Array;
  /** Seconds on the path of each kind of operation (operation-kind.ts). */
  readonly secondsByKind: Float64Array;
  /** Seconds of computing on the path, per rank: where shortening a stage pays. */
  readonly secondsByRank: Float64Array;
  /** What is left of the makespan: launch gaps, waiting for a wire that is taken, and barriers. */
  readonly otherSeconds: Seconds;
}

const none = -1;
const kinds = 10;

function lastToEnd({ computeCount, end }: Simulation): number {
  let last = none;
  for (let index = 0; index < computeCount; index++) if (last < 0 || (end[index] ?? 0) >= (end[last] ?? 0)) last = index;
  return last;
}

/** Steps back from one operation or transfer to what it waited for. */
function stepper(simulation: Simulation, links: OperationLinks): (index: number) => number {
  const { computeCount, computeOffset, rank: ranks, start, end, sender, paired, request } = simulation;
  const launch = request.launchGap ?? 0;
  /** A result leaves its rank when the pair it belongs to has ended. */
  const leaving = (index: number): number => (paired[index] === 1 ? index + 1 : index);
  const isPairEnd = (index: number): boolean => index > 0 && paired[index - 1] === 1;
  /** The transfer or operation that brought the input of an operation, and when it was there. */
  const inputOf = (index: number): readonly [number, Seconds] => {
    const source = sourceOf(simulation, links, index);
    if (source < 0) return [none, 0];
    const carried = ranks[source] === ranks[index] ? none : (links.transfer[source] ?? none);
    const from = carried >= 0 ? carried : leaving(source);
    return [from, end[from] ?? 0];
  };
  /** What kept the rank busy until the operation: the one before it, or the last transfer that blocked it. */
  const before = (index: number): readonly [number, Seconds] => {
    if (index <= (computeOffset[ranks[index] ?? 0] ?? 0)) return [none, 0];
    const ended = end[index - 1] ?? 0;
    let [from, until] = [index - 1, ended];
    if (request.transferOverlapped) return [from, until];
    for (const sending of isPairEnd(index - 1) ? [index - 1, index - 2] : [index - 1]) {
      const sent = links.transfer[sending] ?? none;
      // Blocking sends of a pair follow one another.
      if (sent >= 0) [from, until] = [sent, until + (end[sent] ?? 0) - ended];
    }
    return [from, until];
  };
  return (index) => {
    if (index >= computeCount) return leaving(sender[index - computeCount] ?? 0);
    if (isPairEnd(index)) return index - 1;
    const [own, ownUntil] = before(index);
    let [from, until] = [own, ownUntil];
    for (const taken of paired[index] === 1 ? [index, index + 1] : [index]) {
      const [input, there] = inputOf(taken);
      if (input >= 0 && there > until) [from, until] = [input, there];
    }
    const ready = (start[index] ?? 0) - launch;
    return from >= 0 && until >= ready - 1e-9 * Math.max(1, ready) ? from : none;
  };
}

export function criticalPath(simulation: Simulation, links: OperationLinks = linkOperations(simulation)): CriticalPath {
  const { computeCount, kind, rank, start, end, request } = simulation;
  const back = stepper(simulation, links);
  const path: number[] = [];
  const secondsByKind = new Float64Array(kinds);
  const secondsByRank = new Float64Array(request.stages);
  for (let index = lastToEnd(simulation); index >= 0; index = back(index)) {
    path.push(index);
    const seconds = (end[index] ?? 0) - (start[index] ?? 0);
    const of = kind[index] ?? 0;
    secondsByKind[of] = (secondsByKind[of] ?? 0) + seconds;
    if (index < computeCount) {
      const on = rank[index] ?? 0;
      secondsByRank[on] = (secondsByRank[on] ?? 0) + seconds;
    }
  }
  const onPath = secondsByKind.reduce((sum, seconds) => sum + seconds, 0);
  return {
    operations: Uint32Array.from(path.reverse()),
    secondsByKind,
    secondsByRank,
    otherSeconds: Math.max(0, simulation.makespan - onPath),
  };
}

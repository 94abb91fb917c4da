/**
 * What the time of an operation is made of, for those who look closely: the forward pass run again at the start of a
 * backward pass, and the time in which the device waits for the host to issue operators, drawn at the end.
 */

import type { Seconds } from '../units.ts';
import { backwardInputKind, backwardKind, forwardKind, hostKind, recomputeKind } from './operation-kind.ts';
import type { Simulation } from './simulate.ts';

export interface OperationPart {
  /** `recomputeKind` or `hostKind` of operation-kind.ts. */
  readonly kind: number;
  readonly start: Seconds;
  readonly end: Seconds;
}

/** The parts of a computing operation that are known; empty for most, and for transfers and the tail. */
export function partsOf({ request, kind, rank, chunk, start, end, computeCount }: Simulation, index: number): readonly OperationPart[] {
  if (index < 0 || index >= computeCount) return [];
  const of = kind[index] ?? 0;
  const times = request.times[rank[index] ?? 0]?.[chunk[index] ?? 0];
  const goesBack = of === backwardKind || of === backwardInputKind;
  if (!times || !(of === forwardKind || goesBack)) return [];
  const [from, until] = [start[index] ?? 0, end[index] ?? 0];
  const again = goesBack ? Math.min(until - from, times.recompute ?? 0) : 0;
  const host = Math.min(until - from - again, (goesBack ? times.backwardHost : times.forwardHost) ?? 0);
  const parts: readonly OperationPart[] = [
    { kind: recomputeKind, start: from, end: from + again },
    { kind: hostKind, start: until - host, end: until },
  ];
  return parts.filter((part) => part.end > part.start);
}

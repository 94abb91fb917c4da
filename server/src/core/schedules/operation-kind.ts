/** The kinds of operation as the small numbers that the columns of a simulation hold. */
import type { OperationKind } from './schedule.ts';

export const forwardKind = 0;
/** Input and weight gradient in one operation. */
export const backwardKind = 1;
export const transferKind = 2;
export const backwardInputKind = 3;
export const backwardWeightKind = 4;

/** The number that stands for a kind of operation. */
export function codeOf(kind: OperationKind): number {
  if (kind === 'forward') return forwardKind;
  if (kind === 'backward') return backwardKind;
  return kind === 'backward-input' ? backwardInputKind : backwardWeightKind;
}

/** The kinds of operation as the small numbers that the columns of a simulation hold. */
import type { OperationKind } from './schedule.ts';

export const forwardKind = 0;
/** Input and weight gradient in one operation. */
export const backwardKind = 1;
export const transferKind = 2;
export const backwardInputKind = 3;
export const backwardWeightKind = 4;
/** What follows the pipeline on every rank. */
export const gradientReductionKind = 5;
export const optimizerKind = 6;
export const parameterGatherKind = 7;
/** Parts of an operation (operation-parts.ts), never operations themselves. */
export const recomputeKind = 8;
export const hostKind = 9;

/** Rows of a rank: its computation, what it sends, and what it does with the other replicas. */
export type Lane = 'compute' | 'transfer' | 'collective';

/** The row an operation or a part of one belongs to. */
export function laneOf(kind: number): Lane {
  if (kind === transferKind) return 'transfer';
  return kind === gradientReductionKind || kind === parameterGatherKind ? 'collective' : 'compute';
}

/** The number that stands for a kind of operation. */
export function codeOf(kind: OperationKind): number {
  if (kind === 'forward') return forwardKind;
  if (kind === 'backward') return backwardKind;
  return kind === 'backward-input' ? backwardInputKind : backwardWeightKind;
}

/** The kinds of operation as the small numbers that the columns of a simulation hold. */
/**
 * `backward` computes both gradients at once; schedules that split it run `backward-input`, which the stage before waits
 * for, and `backward-weight`, which nobody waits for.
 */
export type OperationKind = 'forward' | 'backward' | 'backward-input' | 'backward-weight';

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

const codes: { readonly [kind in OperationKind]: number } = {
  forward: forwardKind,
  backward: backwardKind,
  'backward-input': backwardInputKind,
  'backward-weight': backwardWeightKind,
};

/** The number that stands for a kind of operation. */
export const codeOf = (kind: OperationKind): number => codes[kind];

/** The kind of computing operation that a number stands for. */
export function kindOf(code: number): OperationKind {
  if (code === forwardKind) return 'forward';
  if (code === backwardKind) return 'backward';
  return code === backwardInputKind ? 'backward-input' : 'backward-weight';
}

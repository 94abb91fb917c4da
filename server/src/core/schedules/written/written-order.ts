/** A written schedule once it is read. */
import type { OperationKind } from '../operation-kind.ts';

/** Something wrong with a cell: `rows[rank][place]`. */
export interface OrderProblem {
  readonly rank: number;
  readonly place: number;
  readonly message: string;
}

/** One computing operation of a written order. */
export interface WrittenOperation {
  readonly kind: OperationKind;
  readonly stage: number;
  readonly microBatch: number;
  /** True when it runs together with the operation after it. */
  readonly paired: boolean;
  readonly place: number;
}

export interface WrittenOrder {
  readonly ranks: number;
  /** Pipeline stages over all ranks. */
  readonly stages: number;
  readonly microBatches: number;
  /** Chunks per rank. */
  readonly virtualStages: number;
  readonly placement: 'loop' | 'v';
  /** The rank of each stage. */
  readonly rankOf: readonly number[];
  readonly rows: readonly (readonly WrittenOperation[])[];
}

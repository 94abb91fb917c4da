/** What the event loops of the simulator work on: an order of operations and its times. */
import type { Seconds } from '../units.ts';
import type { Route } from './placement.ts';

/** The computing operations of all ranks as columns, rank by rank in order; the columns may have more rows than there are operations. */
export interface OperationOrder {
  readonly route: Route;
  /** Rank r owns rows `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: Uint32Array;
  /** See operation-kind.ts. */
  readonly kind: Uint8Array;
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  /** 1 where a forward pass runs together with the backward pass after it; both hand on what they made at the end. */
  readonly paired: Uint8Array;
}

/** Transfers as rows of the same columns, behind the operations: rank by rank in the order in which they are sent. */
export interface TransferRows {
  /** Rank r owns rows `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: Uint32Array;
  /** The operation that sends: `sender[row - offset[0]]`. */
  readonly sender: Uint32Array;
}

/** An order with its times. */
export interface PipelineRun extends OperationOrder {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Seconds in which each rank computes. */
  readonly busySeconds: Float64Array;
  /** Only where they were asked for. */
  readonly transfers: TransferRows | undefined;
}

/** A run whose transfers were written down. */
export interface RunWithTransfers extends PipelineRun {
  readonly transfers: TransferRows;
}

/** Computing operations of all ranks. */
export const countOf = ({ offset }: OperationOrder): number => offset[offset.length - 1] ?? 0;

/** True when some operations run together. */
export const pairsOperations = (order: OperationOrder): boolean => order.paired.indexOf(1) >= 0;

/** Seconds from the first to the last operation of one rank, and when it ends. */
export function spanOfRank({ offset, start, end }: PipelineRun, rank: number): { readonly length: Seconds; readonly end: Seconds } {
  const last = end[(offset[rank + 1] ?? 0) - 1] ?? 0;
  return { length: last - (start[offset[rank] ?? 0] ?? 0), end: last };
}

/** What the event loops of the simulator work on: an order of operations, its times, and what starts and ends them. */
import type { Route } from './placement.ts';

/** The computing operations of all ranks as columns, rank by rank in order. */
export interface OperationOrder {
  readonly route: Route;
  /** Rank r owns indexes `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: Uint32Array;
  /** See operation-kind.ts. */
  readonly kind: Uint8Array;
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  /** 1 where a forward pass runs together with the backward pass after it; both hand on what they made at the end. */
  readonly paired: Uint8Array;
}

/** An order with its times. */
export interface PipelineRun extends OperationOrder {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** When the transfer of what an operation made begins and arrives; -1 where nothing leaves the rank. */
  readonly sent: Float64Array;
  readonly arrived: Float64Array;
}

/** Starts and ends the operations of a run. */
export interface Clock {
  /** Starts the operation or pair at an index of a rank that is free at `time`; says when it ends, or a negative number when an input is missing. */
  readonly begin: (index: number, rank: number, time: number) => number;
  /** Hands on what ended at `end`; says when the rank is free again. */
  readonly complete: (index: number, rank: number, end: number) => number;
}

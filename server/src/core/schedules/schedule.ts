/**
 * A pipeline schedule is an order of operations only; `simulate` gives it times. Times are in seconds.
 */
import type { ScheduleName } from '../job-fields.ts';
import type { Bytes, Seconds } from '../units.ts';

export type OperationKind = 'forward' | 'backward';

/** One operation of one rank. `chunk` is the virtual stage on that rank, 0 when VPP is 1. */
export interface Operation {
  readonly kind: OperationKind;
  readonly microBatch: number;
  readonly chunk: number;
}

export type VisitOperation = (kind: OperationKind, microBatch: number, chunk: number) => void;

export interface ScheduleShape {
  readonly stages: number;
  readonly microBatches: number;
  /** Chunks per rank (VPP); 1 unless interleaved. */
  readonly virtualStages: number;
}

export interface Schedule {
  readonly id: ScheduleName;
  readonly label: string;
  /** Paper, section. */
  readonly source: string;
  /** True when a rank may hold several chunks (VPP of 2 or more). */
  readonly interleaves: boolean;
  /** The number of micro batches must be a multiple of this. */
  readonly microBatchMultiple: (stages: number) => number;
  /** Why this shape cannot be run by this schedule, or undefined when it can. */
  readonly refuses: (shape: ScheduleShape) => string | undefined;
  /**
   * Tells `visit` the operations of rank `rank`, in order: every micro batch once per chunk and kind. A visitor rather
   * than a list, because the estimate walks thousands of operations on every keystroke.
   */
  readonly order: (rank: number, shape: ScheduleShape, visit: VisitOperation) => void;
}

/** Seconds of one operation of one rank and chunk. */
export interface ChunkTimes {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

export interface ChunkMemory {
  /** Bytes one micro batch keeps alive on this chunk between its forward and its backward. */
  readonly activations: Bytes;
}

/** Everything the simulation and the panel need; plain data. */
export interface ScheduleRequest extends ScheduleShape {
  readonly name: ScheduleName;
  /** `times[rank][chunk]`. */
  readonly times: readonly (readonly ChunkTimes[])[];
  /** `memory[rank][chunk]`. */
  readonly memory: readonly (readonly ChunkMemory[])[];
  /** Bytes a rank holds whatever the schedule does (states, buffers), per rank. */
  readonly residentBytes: readonly Bytes[];
  /** Seconds to hand one micro batch's activations to the next stage. */
  readonly transfer: Seconds;
  /** True when a rank goes on computing while its transfers run. */
  readonly transferOverlapped: boolean;
  /** Seconds after the pipeline drains: gradient reduction not hidden, optimizer, parameter gather. */
  readonly tail: { readonly gradientReduction: Seconds; readonly optimizer: Seconds; readonly parameterGather: Seconds };
}

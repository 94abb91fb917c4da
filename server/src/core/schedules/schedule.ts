/**
 * A pipeline schedule is an order of operations only; `simulate` gives it times. Times are in seconds.
 */
import type { ScheduleName } from '../job-fields.ts';
import type { Bytes, Seconds } from '../units.ts';
import type { OperationKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';
import type { Placement } from './placement.ts';

/** One operation of one rank. `chunk` is the virtual stage on that rank, 0 when VPP is 1. */
export interface Operation {
  readonly kind: OperationKind;
  readonly microBatch: number;
  readonly chunk: number;
  /** True when it runs together with the operation after it. */
  readonly paired: boolean;
}

/** Writes the operations of one rank, in order. */
export type RankOrder = (rank: number, sheet: OrderSheet) => void;

export interface ScheduleShape {
  readonly stages: number;
  readonly microBatches: number;
  /** Chunks per rank (VPP); 1 unless interleaved. */
  readonly virtualStages: number;
}

/** What an order may depend on: the shape, and for schedules that are searched for also the times. */
export interface ScheduleProblem extends ScheduleShape {
  /** `times[rank][chunk]`; without them every operation is taken to last equally long. */
  readonly times?: readonly (readonly ChunkTimes[])[];
  readonly transfer?: Seconds;
  /**
   * Micro batches run on one chunk before turning to the next (Megatron-LM:
   * --microbatch-group-size-per-virtual-pipeline-stage); the schedule chooses unless told.
   */
  readonly microBatchGroup?: number;
  /** The order itself, as CSV, for the schedules `written` and `written-v`. */
  readonly writtenOrder?: string;
}

export interface Schedule {
  readonly id: ScheduleName;
  readonly label: string;
  /** Paper, section. */
  readonly source: string;
  /** True when a rank may hold several chunks (VPP of 2 or more). */
  readonly interleaves: boolean;
  /** Chunks per rank where the schedule leaves no choice although it interleaves. */
  readonly fixedChunks?: number;
  readonly placement: Placement;
  /** True when some backward passes are split into input and weight gradients. */
  readonly splitsBackward: boolean;
  /** The number of micro batches that keeps every group full is a multiple of this. */
  readonly microBatchMultiple: (stages: number) => number;
  /** Fewest micro batches it runs, where that is more than one. */
  readonly leastMicroBatches?: (stages: number) => number;
  /** Why this shape cannot be run by this schedule, or undefined when it can. */
  readonly refuses: (problem: ScheduleProblem) => string | undefined;
  /** The order of every rank: each micro batch once per chunk it runs through and kind. */
  readonly order: (problem: ScheduleProblem) => RankOrder;
}

/** What one micro batch's activations, or their gradients, take on the wire between two neighbouring ranks. */
export interface LinkTimes {
  readonly latency: Seconds;
  /** Bytes over bandwidth: the wire takes no other transfer meanwhile, where transfers wait for one another. */
  readonly occupied: Seconds;
}

/** Whether transfers that meet on a wire wait for one another: never, those of one direction, or all of them. */
export type LinkSharing = 'none' | 'per-direction' | 'both-directions';

/** Seconds of one operation of one rank and chunk. */
export interface ChunkTimes {
  readonly forward: Seconds;
  readonly backward: Seconds;
  /** The two parts of a split backward pass: one alone leaves the rest to the other, without both each is half. */
  readonly backwardInput?: Seconds;
  readonly backwardWeight?: Seconds;
  /**
   * Of `forward` and `backward`, the seconds of all-to-all that an operation running at the same time can hide; 0
   * without them. Matters only to schedules that run a forward and a backward pass together.
   */
  readonly forwardExchange?: Seconds;
  readonly backwardExchange?: Seconds;
  /** Of `backward` (or the input gradient), the seconds at its start that run the forward pass again. */
  readonly recompute?: Seconds;
  /** Of `forward` and `backward`, the seconds in which the device waits for the host to issue operators. */
  readonly forwardHost?: Seconds;
  readonly backwardHost?: Seconds;
}

export interface ChunkMemory {
  /** Bytes one micro batch keeps alive on this chunk between its forward and its backward. */
  readonly activations: Bytes;
  /**
   * Of these, the bytes that stay from the end of the input gradient to the end of the weight gradient: the inputs of
   * matrix products, and the gradients of their outputs. All of them unless said otherwise.
   */
  readonly untilWeight?: Bytes;
}

/** Everything the simulation and the panel need; plain data. */
export interface ScheduleRequest extends ScheduleProblem {
  readonly name: ScheduleName;
  /** `times[rank][chunk]`. */
  readonly times: readonly (readonly ChunkTimes[])[];
  /** `memory[rank][chunk]`. */
  readonly memory: readonly (readonly ChunkMemory[])[];
  /** Bytes a rank holds whatever the schedule does (states, buffers), per rank. */
  readonly residentBytes: readonly Bytes[];
  /** Seconds to hand one micro batch's activations to the next stage. */
  readonly transfer: Seconds;
  /** Instead of `transfer`, by wire: `links[r]` joins ranks r and r + 1, the last one rank p - 1 and rank 0. */
  readonly links?: readonly LinkTimes[];
  /** `none` unless said otherwise. */
  readonly linkSharing?: LinkSharing;
  /** Seconds the host needs to launch an operation once its input is there and the rank is free; 0 unless said otherwise. */
  readonly launchGap?: Seconds;
  /** True when a rank goes on computing while its transfers run. */
  readonly transferOverlapped: boolean;
  /**
   * True when a rank starts the next step as soon as it has ended this one, because the optimizer checks its numbers
   * afterwards instead of waiting for all ranks (Qi et al. 2024, arXiv:2401.10241, section 4).
   */
  readonly stepsOverlap?: boolean;
  /** Seconds that barriers keep the last micro batch beyond its passes and transfers; they end the pipeline that much later. */
  readonly barriers?: Seconds;
  /** Seconds after the pipeline drains: gradient reduction not hidden, optimizer, parameter gather. */
  readonly tail: StepTail;
}

/** What follows the pipeline, in this order. */
export interface StepTail {
  readonly gradientReduction: Seconds;
  readonly optimizer: Seconds;
  readonly parameterGather: Seconds;
  /** Seconds of the reduction that run beside the last backward passes, before the pipeline has drained; 0 without them. */
  readonly hiddenReduction?: Seconds;
}

/** Seconds of the input gradient of a chunk. */
export function inputSeconds({ backward, backwardInput, backwardWeight }: ChunkTimes): Seconds {
  if (backwardInput !== undefined) return backwardInput;
  return backwardWeight === undefined ? backward / 2 : Math.max(0, backward - backwardWeight);
}

/** Seconds of the weight gradient of a chunk. */
export function weightSeconds({ backward, backwardInput, backwardWeight }: ChunkTimes): Seconds {
  if (backwardWeight !== undefined) return backwardWeight;
  return backwardInput === undefined ? backward / 2 : Math.max(0, backward - backwardInput);
}

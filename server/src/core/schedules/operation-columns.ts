/**
 * The operations of a simulation as columns, in three blocks, each rank by rank in time order: the computing operations,
 * the transfers (on the row of their sender), and the tail of the step (gradient reduction, optimizer, parameter gather).
 */
import type { Seconds } from '../units.ts';
import { gradientReductionKind, optimizerKind, parameterGatherKind } from './operation-kind.ts';
import { countOf, type RunWithTransfers } from './pipeline-run.ts';
import type { ScheduleRequest } from './schedule.ts';

export interface OperationColumns {
  readonly count: number;
  readonly computeCount: number;
  /** Rank r owns the computing operations `computeOffset[r]` to `computeOffset[r + 1] - 1`; likewise the other two. */
  readonly computeOffset: Uint32Array;
  readonly transferOffset: Uint32Array;
  readonly tailOffset: Uint32Array;
  readonly rank: Uint16Array;
  /** See operation-kind.ts. */
  readonly kind: Uint8Array;
  /** Transfers have the micro batch and chunk of the operation that sends; the tail has 0 for both. */
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** 1 where a forward pass runs together with the backward pass after it; computing operations only. */
  readonly paired: Uint8Array;
  /** The operation that sends each transfer: `sender[transfer - computeCount]`. */
  readonly sender: Uint32Array;
}

interface TailPart {
  readonly kind: number;
  readonly start: Seconds;
  readonly end: Seconds;
}

/** The tail of every rank; parts without time are left out. It begins when the pipeline has drained. */
function tailParts({ tail }: ScheduleRequest, makespan: Seconds): readonly TailPart[] {
  const { gradientReduction, optimizer, parameterGather, hiddenReduction = 0 } = tail;
  const reduced = makespan + gradientReduction;
  const stepped = reduced + optimizer;
  const parts: readonly TailPart[] = [
    { kind: gradientReductionKind, start: Math.max(0, makespan - hiddenReduction), end: reduced },
    { kind: optimizerKind, start: reduced, end: stepped },
    { kind: parameterGatherKind, start: stepped, end: stepped + parameterGather },
  ];
  return parts.filter(({ start, end }) => end > start);
}

/** Rows that the tail takes at most, to be left free behind the transfers. */
export const mostTailRows = ({ stages }: ScheduleRequest): number => 3 * stages;

/** The columns of a run: its operations, its transfers and the tail, which is written behind them. */
export function operationColumns(request: ScheduleRequest, run: RunWithTransfers, makespan: Seconds): OperationColumns {
  const { stages } = request;
  const computeCount = countOf(run);
  const tail = tailParts(request, makespan);
  const transferOffset = run.transfers.offset;
  const sentUntil = transferOffset[stages] ?? computeCount;
  const tailOffset = new Uint32Array(stages + 1);
  for (let rank = 0; rank <= stages; rank++) tailOffset[rank] = sentUntil + rank * tail.length;
  const count = tailOffset[stages] ?? sentUntil;
  const rankOf = new Uint16Array(count);
  for (const offset of [run.offset, transferOffset, tailOffset]) {
    for (let rank = 0; rank < stages; rank++) rankOf.fill(rank, offset[rank], offset[rank + 1]);
  }
  const columns: OperationColumns = {
    count,
    computeCount,
    computeOffset: run.offset,
    transferOffset,
    tailOffset,
    rank: rankOf,
    kind: run.kind.subarray(0, count),
    microBatch: run.microBatch.subarray(0, count),
    chunk: run.chunk.subarray(0, count),
    start: run.start.subarray(0, count),
    end: run.end.subarray(0, count),
    paired: run.paired.subarray(0, computeCount),
    sender: run.transfers.sender,
  };
  fillTail(columns, tail, stages);
  return columns;
}

function fillTail({ kind, start, end, tailOffset }: OperationColumns, tail: readonly TailPart[], stages: number): void {
  for (let rank = 0; rank < stages; rank++) {
    tail.forEach((part, place) => {
      const index = (tailOffset[rank] ?? 0) + place;
      kind[index] = part.kind;
      start[index] = part.start;
      end[index] = part.end;
    });
  }
}

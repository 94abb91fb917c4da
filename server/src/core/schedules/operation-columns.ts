/**
 * The operations of a simulation as columns, in three blocks, each rank by rank in time order: the computing operations,
 * the transfers (on the row of their sender), and the tail of the step (gradient reduction, optimizer, parameter gather).
 */
import type { Seconds } from '../units.ts';
import { gradientReductionKind, optimizerKind, parameterGatherKind, transferKind } from './operation-kind.ts';
import type { PipelineRun } from './pipeline-run.ts';
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

/** Where the rows of a block begin, given how many operations each rank has in it. */
function offsetsOf(first: number, stages: number, countOf: (rank: number) => number): Uint32Array {
  const offset = new Uint32Array(stages + 1).fill(first);
  for (let rank = 0; rank < stages; rank++) offset[rank + 1] = (offset[rank] ?? 0) + countOf(rank);
  return offset;
}

function extend<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(longer: Column, column: Column): Column {
  longer.set(column);
  return longer;
}

/** The columns of a run, with its transfers and the tail. */
export function operationColumns(request: ScheduleRequest, run: PipelineRun, makespan: Seconds): OperationColumns {
  const { stages } = request;
  const computeCount = run.kind.length;
  const tail = tailParts(request, makespan);
  const transferOffset = offsetsOf(computeCount, stages, (rank) => {
    let sends = 0;
    for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) if ((run.sent[index] ?? -1) >= 0) sends++;
    return sends;
  });
  const sentUntil = transferOffset[stages] ?? computeCount;
  const tailOffset = offsetsOf(sentUntil, stages, () => tail.length);
  const count = tailOffset[stages] ?? sentUntil;
  const columns: OperationColumns = {
    count,
    computeCount,
    computeOffset: run.offset,
    transferOffset,
    tailOffset,
    rank: new Uint16Array(count),
    kind: extend(new Uint8Array(count), run.kind).fill(transferKind, computeCount),
    microBatch: extend(new Uint32Array(count), run.microBatch),
    chunk: extend(new Uint16Array(count), run.chunk),
    start: extend(new Float64Array(count), run.start),
    end: extend(new Float64Array(count), run.end),
    paired: run.paired,
    sender: new Uint32Array(sentUntil - computeCount),
  };
  fillTransfers(columns, run, stages);
  fillTail(columns, tail, stages);
  return columns;
}

function fillTransfers(
  { rank: rankOf, microBatch, chunk, start, end, sender, computeCount }: OperationColumns,
  run: PipelineRun,
  stages: number,
): void {
  let next = computeCount;
  for (let rank = 0; rank < stages; rank++) {
    for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) {
      rankOf[index] = rank;
      const sent = run.sent[index] ?? -1;
      if (sent < 0) continue;
      rankOf[next] = rank;
      microBatch[next] = run.microBatch[index] ?? 0;
      chunk[next] = run.chunk[index] ?? 0;
      start[next] = sent;
      end[next] = run.arrived[index] ?? sent;
      sender[next - computeCount] = index;
      next++;
    }
  }
}

function fillTail({ rank: rankOf, kind, start, end, tailOffset }: OperationColumns, tail: readonly TailPart[], stages: number): void {
  for (let rank = 0; rank < stages; rank++) {
    tail.forEach((part, place) => {
      const index = (tailOffset[rank] ?? 0) + place;
      rankOf[index] = rank;
      kind[index] = part.kind;
      start[index] = part.start;
      end[index] = part.end;
    });
  }
}

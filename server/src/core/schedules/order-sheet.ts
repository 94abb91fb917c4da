/**
 * What a schedule writes its order on: a row per operation, rank after rank. Columns of numbers and not a list of objects,
 * because a long pipeline has more than a million operations and the estimate lays out thousands on every keystroke.
 */
import { backwardInputKind, backwardKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import { microBatchesPerChunk, type Placement } from './placement.ts';

/** Rows of one rank at most: a forward pass and a whole or split backward pass of each micro batch and chunk. */
export function mostOperationsOfRank(
  { placement, splitsBackward }: { readonly placement: Placement; readonly splitsBackward: boolean },
  { microBatches, virtualStages }: { readonly microBatches: number; readonly virtualStages: number },
): number {
  return (splitsBackward ? 3 : 2) * virtualStages * microBatchesPerChunk(placement, microBatches);
}

export class OrderSheet {
  /** See operation-kind.ts. */
  readonly kind: Uint8Array;
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  /** 1 where a forward pass runs together with the backward pass after it. */
  readonly paired: Uint8Array;
  /** Rows written so far. */
  count = 0;

  constructor(rows: number) {
    this.kind = new Uint8Array(rows);
    this.microBatch = new Uint32Array(rows);
    this.chunk = new Uint16Array(rows);
    this.paired = new Uint8Array(rows);
  }

  /** An empty sheet again. */
  clear(): void {
    this.paired.fill(0, 0, this.count);
    this.count = 0;
  }

  put(kind: number, microBatch: number, chunk: number): void {
    const row = this.count;
    this.kind[row] = kind;
    this.microBatch[row] = microBatch;
    this.chunk[row] = chunk;
    this.count = row + 1;
  }

  forward(microBatch: number, chunk: number): void {
    this.put(forwardKind, microBatch, chunk);
  }

  /** Input and weight gradient in one operation. */
  backward(microBatch: number, chunk: number): void {
    this.put(backwardKind, microBatch, chunk);
  }

  inputGradient(microBatch: number, chunk: number): void {
    this.put(backwardInputKind, microBatch, chunk);
  }

  weightGradient(microBatch: number, chunk: number): void {
    this.put(backwardWeightKind, microBatch, chunk);
  }

  /** The forward pass written last and the backward pass written next run at the same time. */
  pairWithNext(): void {
    this.paired[this.count - 1] = 1;
  }
}

/**
 * The order that DualPipe and DualPipeV share. `near` is the chunk whose forward passes a rank starts first and `far` the
 * other; `depth` is how far the rank is from where the two meet, `stages` how many ranks lie between the ends and there.
 * In the main part a forward pass and a backward pass run together, so that the communication of the one hides behind
 * the computation of the other.
 *
 * Source: DeepSeek-AI 2024, DeepSeek-V3 (arXiv:2412.19437), section 3.2.1, figure 5; the steps are those of
 * dualpipe/dualpipe.py and dualpipe/dualpipev.py in deepseek-ai/DualPipe.
 */
import type { OrderSheet } from './order-sheet.ts';

/** One of the two chunks of a rank. */
type Side = 0 | 1;

export interface DualPipeRank {
  /** Place of the rank on its side: 0 at the end where micro batches enter. */
  readonly place: number;
  /** Ranks on a side. */
  readonly side: number;
  /** Micro batches that run through each of the two chunks. */
  readonly each: number;
  readonly near: Side;
  readonly far: Side;
  /** First micro batch of each chunk: `first[chunk]`. */
  readonly first: readonly [number, number];
}

/** Counts the passes of each chunk and keeps the weight gradients that are put off, oldest first. */
class Passes {
  private readonly sheet: OrderSheet;
  private readonly forwards: [number, number];
  private readonly backwards: [number, number];
  /** Micro batch and chunk of each weight gradient that was put off. */
  private readonly waiting: number[] = [];
  private oldest = 0;

  constructor(first: readonly [number, number], sheet: OrderSheet) {
    this.sheet = sheet;
    this.forwards = [...first];
    this.backwards = [...first];
  }

  forward(chunk: Side): void {
    this.sheet.forward(this.forwards[chunk]++, chunk);
  }

  /** A backward pass; `split` puts its weight gradient off. */
  backward(chunk: Side, split: boolean): void {
    const microBatch = this.backwards[chunk]++;
    if (!split) {
      this.sheet.backward(microBatch, chunk);
      return;
    }
    this.sheet.inputGradient(microBatch, chunk);
    this.waiting.push(microBatch, chunk);
  }

  weight(): void {
    const [microBatch, chunk] = [this.waiting[this.oldest], this.waiting[this.oldest + 1]];
    this.oldest += 2;
    if (microBatch !== undefined && chunk !== undefined) this.sheet.weightGradient(microBatch, chunk);
  }

  together(ahead: Side, back: Side): void {
    this.forward(ahead);
    this.sheet.pairWithNext();
    this.backward(back, false);
  }
}

/** Writes the operations of one rank. */
export function writeDualPipe({ place, side, each, near, far, first }: DualPipeRank, sheet: OrderSheet): void {
  const passes = new Passes(first, sheet);
  const beyond = side - place - 1;
  for (let k = 0; k < 2 * beyond; k++) passes.forward(near);
  for (let k = 0; k <= place; k++) {
    passes.forward(near);
    passes.forward(far);
  }
  for (let k = 0; k < beyond; k++) {
    passes.backward(far, true);
    passes.weight();
    passes.forward(far);
  }
  for (let k = 0; k < each - 2 * side + place + 1; k++) {
    if (k === 0 && beyond === 0) {
      // Where the two directions meet, running these two apart lets the neighbour start earlier.
      passes.forward(near);
      passes.backward(far, false);
    } else passes.together(near, far);
    passes.together(far, near);
  }
  for (let k = 0; k < beyond; k++) {
    passes.backward(far, false);
    passes.together(far, near);
  }
  let split = false;
  const half = Math.floor((place + 1) / 2);
  for (let k = 0; k <= place; k++) {
    if (k === half && place % 2 === 1) split = true;
    passes.backward(far, split);
    if (k === half && place % 2 === 0) split = true;
    passes.backward(near, split);
  }
  for (let k = 0; k < beyond; k++) {
    passes.weight();
    passes.backward(near, true);
  }
  for (let k = 0; k <= place; k++) passes.weight();
}

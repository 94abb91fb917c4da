/**
 * The order that DualPipe and DualPipeV share. `near` is the chunk whose forward passes a rank starts first and `far` the
 * other; `depth` is how far the rank is from where the two meet, `stages` how many ranks lie between the ends and there.
 * In the main part a forward pass and a backward pass run together, so that the communication of the one hides behind
 * the computation of the other.
 *
 * Source: DeepSeek-AI 2024, DeepSeek-V3 (arXiv:2412.19437), section 3.2.1, figure 5; the steps are those of
 * dualpipe/dualpipe.py and dualpipe/dualpipev.py in deepseek-ai/DualPipe.
 */
import type { VisitOperation } from './schedule.ts';

export interface DualPipeRank {
  /** Place of the rank on its side: 0 at the end where micro batches enter. */
  readonly place: number;
  /** Ranks on a side. */
  readonly side: number;
  /** Micro batches that run through each of the two chunks. */
  readonly each: number;
  readonly near: number;
  readonly far: number;
  /** First micro batch of each chunk: `first[chunk]`. */
  readonly first: readonly [number, number];
}

/** Counts the passes of each chunk and keeps the weight gradients that are put off, oldest first. */
function passes(first: readonly [number, number], visit: VisitOperation) {
  const forwards: [number, number] = [...first];
  const backwards: [number, number] = [...first];
  const waiting: (readonly [number, number])[] = [];
  let oldest = 0;
  const take = (counts: [number, number], chunk: number): number => {
    const side = chunk === 0 ? 0 : 1;
    counts[side] += 1;
    return counts[side] - 1;
  };
  const forward = (chunk: number, paired?: boolean): void => visit('forward', take(forwards, chunk), chunk, paired);
  const backward = (chunk: number, split: boolean): void => {
    const microBatch = take(backwards, chunk);
    visit(split ? 'backward-input' : 'backward', microBatch, chunk);
    if (split) waiting.push([microBatch, chunk]);
  };
  const weight = (): void => {
    const next = waiting[oldest];
    if (next) visit('backward-weight', next[0], next[1]);
    oldest += 1;
  };
  const together = (ahead: number, back: number): void => {
    forward(ahead, true);
    backward(back, false);
  };
  return { forward, backward, weight, together };
}

/** Visits the operations of one rank. */
export function visitDualPipe({ place, side, each, near, far, first }: DualPipeRank, visit: VisitOperation): void {
  const { forward, backward, weight, together } = passes(first, visit);
  const beyond = side - place - 1;
  for (let k = 0; k < 2 * beyond; k++) forward(near);
  for (let k = 0; k <= place; k++) {
    forward(near);
    forward(far);
  }
  for (let k = 0; k < beyond; k++) {
    backward(far, true);
    weight();
    forward(far);
  }
  for (let k = 0; k < each - 2 * side + place + 1; k++) {
    if (k === 0 && beyond === 0) {
      // Where the two directions meet, running these two apart lets the neighbour start earlier.
      forward(near);
      backward(far, false);
    } else together(near, far);
    together(far, near);
  }
  for (let k = 0; k < beyond; k++) {
    backward(far, false);
    together(far, near);
  }
  let split = false;
  const half = Math.floor((place + 1) / 2);
  for (let k = 0; k <= place; k++) {
    if (k === half && place % 2 === 1) split = true;
    backward(far, split);
    if (k === half && place % 2 === 0) split = true;
    backward(near, split);
  }
  for (let k = 0; k < beyond; k++) {
    weight();
    backward(near, true);
  }
  for (let k = 0; k <= place; k++) weight();
}

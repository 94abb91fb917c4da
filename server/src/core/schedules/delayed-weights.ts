/**
 * The common order of the hand-made zero-bubble schedules: a warm-up of forward passes, then one forward pass and one
 * input gradient in turn, with the weight gradients `delay` passes behind, then the input gradients that are left, and
 * last the weight gradients that are left.
 *
 * Source: Qi et al. 2024, "Zero Bubble Pipeline Parallelism" (arXiv:2401.10241), section 2, figures 2 and 3; in PyTorch
 * `_get_1f1b_rank_ops` of torch/distributed/pipelining/schedules.py.
 */
import { InterleavedPasses, passesOf } from './interleaved-table.ts';
import { backwardInputKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';
import type { ScheduleShape } from './schedule.ts';

export interface Delays {
  /** Micro batches that run on one chunk before the next. */
  readonly group: number;
  /** Forward passes before the first round. */
  readonly warmUp: number;
  /** Input gradients that run ahead of the weight gradients. */
  readonly weights: number;
}

/** Writes the operations of one rank. */
export function writeDelayedWeights(shape: ScheduleShape, { group, warmUp: wanted, weights }: Delays, sheet: OrderSheet): void {
  const total = passesOf(shape);
  const forward = new InterleavedPasses(shape, group, forwardKind, sheet);
  const input = new InterleavedPasses(shape, group, backwardInputKind, sheet);
  const weight = new InterleavedPasses(shape, group, backwardWeightKind, sheet);
  const warmUp = Math.min(wanted, total);
  for (let k = 0; k < warmUp; k++) forward.next();
  for (let k = 0; k < total; k++) {
    if (k + warmUp < total) forward.next();
    input.next();
    if (k >= weights) weight.next();
  }
  for (let k = Math.max(0, total - weights); k < total; k++) weight.next();
}

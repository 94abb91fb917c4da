/**
 * The common order of the hand-made zero-bubble schedules: a warm-up of forward passes, then one forward pass and one
 * input gradient in turn, with the weight gradients `delay` passes behind, then the input gradients that are left, and
 * last the weight gradients that are left.
 *
 * Source: Qi et al. 2024, "Zero Bubble Pipeline Parallelism" (arXiv:2401.10241), section 2, figures 2 and 3; in PyTorch
 * `_get_1f1b_rank_ops` of torch/distributed/pipelining/schedules.py.
 */
import type { InterleavedTable } from './interleaved-table.ts';

/** Visits the operations of one rank. */
export function visitDelayedWeights({ total, step }: InterleavedTable, wantedWarmUp: number, delay: number): void {
  const warmUp = Math.min(wantedWarmUp, total);
  for (let k = 0; k < warmUp; k++) step('forward', k);
  for (let k = 0; k < total; k++) {
    if (k + warmUp < total) step('forward', k + warmUp);
    step('backward-input', k);
    if (k >= delay) step('backward-weight', k - delay);
  }
  for (let k = Math.max(0, total - delay); k < total; k++) step('backward-weight', k);
}

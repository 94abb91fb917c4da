/**
 * ZB-H1: 1F1B whose weight gradients are put off so that they fill the end of the step. Rank r runs r input gradients
 * ahead of the weight gradients, which keeps p micro batches alive on every rank: the memory of 1F1B.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 2.2, figure 2: the bubble is (p - 1) (F + B - W).
 */
import { writeDelayedWeights } from './delayed-weights.ts';
import type { Schedule } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';

export const zeroBubbleH1: Schedule = {
  id: 'zb-h1',
  label: 'ZB-H1',
  source: 'Qi et al. 2024 (arXiv:2401.10241), section 2.2',
  interleaves: false,
  placement: 'loop',
  splitsBackward: true,
  microBatchMultiple: () => 1,
  refuses: (shape) => refuseVirtualStages('ZB-H1', shape),
  order: (shape) => (rank, sheet) =>
    writeDelayedWeights(shape, { group: shape.microBatches, warmUp: shape.stages - rank - 1, weights: rank }, sheet),
};

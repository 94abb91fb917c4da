/**
 * ZB-H2: twice the warm-up of ZB-H1, so that no rank waits between its first and its last operation when forward pass,
 * input gradient and weight gradient take equally long. Every rank keeps 2p - 1 micro batches alive. The ranks end one
 * after the other, which shortens the step only when the next may start before all have ended.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 2.3, figure 3: the bubble is (p - 1) (F + B - 2 W).
 */
import { writeDelayedWeights } from './delayed-weights.ts';
import type { Schedule } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';

export const zeroBubbleH2: Schedule = {
  id: 'zb-h2',
  label: 'ZB-H2',
  source: 'Qi et al. 2024 (arXiv:2401.10241), section 2.3',
  interleaves: false,
  placement: 'loop',
  splitsBackward: true,
  microBatchMultiple: () => 1,
  refuses: (shape) => refuseVirtualStages('ZB-H2', shape),
  order: (shape) => (rank, sheet) => {
    const hops = shape.stages - rank - 1;
    writeDelayedWeights(shape, { group: shape.microBatches, warmUp: 2 * hops, weights: 2 * rank }, sheet);
  },
};

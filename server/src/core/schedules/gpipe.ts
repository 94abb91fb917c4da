/**
 * GPipe: all forward passes, then all backward passes, then the optimizer.
 *
 * Source: Huang et al. 2019, "GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism", section 2.3
 * (arXiv:1811.06965). The backward passes run in the order of the micro batches, as drawn in Narayanan et al. 2021
 * (PTD-P), figure 3; the reverse order of the GPipe paper has the same bubble and the same peak memory.
 * With equal stages the bubble is (p - 1) / (m + p - 1) of the makespan. Every rank keeps all m micro batches alive.
 */
import type { Schedule } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';

export const gpipe: Schedule = {
  id: 'gpipe',
  label: 'GPipe',
  source: 'Huang et al. 2019 (arXiv:1811.06965), section 2.3',
  interleaves: false,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: () => 1,
  refuses: (shape) => refuseVirtualStages('GPipe', shape),
  order:
    ({ microBatches }) =>
    (_rank, sheet) => {
      for (let microBatch = 0; microBatch < microBatches; microBatch++) sheet.forward(microBatch, 0);
      for (let microBatch = 0; microBatch < microBatches; microBatch++) sheet.backward(microBatch, 0);
    },
};

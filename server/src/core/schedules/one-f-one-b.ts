/**
 * 1F1B (PipeDream-flush): a warm-up of p - rank - 1 forward passes, then one forward and one backward in turn, then the
 * remaining backward passes.
 *
 * Source: Narayanan et al. 2021, "Memory-Efficient Pipeline-Parallel DNN Training" (arXiv:2006.09503), section 3.1, and
 * Narayanan et al. 2021 (PTD-P, arXiv:2104.04473), section 2.2.1, figure 4 top; in Megatron-LM
 * `forward_backward_pipelining_without_interleaving` of megatron/core/pipeline_parallel/schedules.py.
 * With equal stages the makespan is that of GPipe; rank r keeps min(m, p - r) micro batches alive.
 */
import type { Schedule } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';

export const oneFOneB: Schedule = {
  id: '1f1b',
  label: '1F1B',
  source: 'Narayanan et al. 2021 (arXiv:2104.04473), section 2.2.1',
  interleaves: false,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: () => 1,
  refuses: (shape) => refuseVirtualStages('1F1B', shape),
  order:
    ({ stages, microBatches }) =>
    (rank, sheet) => {
      const warmUp = Math.min(stages - rank - 1, microBatches);
      for (let microBatch = 0; microBatch < warmUp; microBatch++) sheet.forward(microBatch, 0);
      for (let microBatch = warmUp; microBatch < microBatches; microBatch++) {
        sheet.forward(microBatch, 0);
        sheet.backward(microBatch - warmUp, 0);
      }
      for (let microBatch = microBatches - warmUp; microBatch < microBatches; microBatch++) sheet.backward(microBatch, 0);
    },
};

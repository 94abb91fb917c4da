/**
 * DualPipeV: one half of DualPipe with the pipeline folded, so that the model is held once. Rank r of p holds virtual
 * stages r and 2p - 1 - r.
 *
 * Source: dualpipe/dualpipev.py in deepseek-ai/DualPipe, also `ScheduleDualPipeV` in PyTorch; the order comes from
 * DeepSeek-V3 (arXiv:2412.19437), section 3.2.1. In virtual stages P = 2p the bubble is (P / 2 - 1) (F&B + B - 3 W), and
 * P + 1 chunks stay alive on a rank.
 */
import { writeDualPipe } from './dual-pipe-order.ts';
import type { Schedule, ScheduleShape } from './schedule.ts';
import { refuseUnlessTwoChunks } from './shape.ts';

function refuses(shape: ScheduleShape): string | undefined {
  const { stages, microBatches } = shape;
  if (microBatches < 2 * stages) {
    return `DualPipeV needs at least ${2 * stages} micro batches for ${stages} stages, not ${microBatches}.`;
  }
  return refuseUnlessTwoChunks('DualPipeV', shape);
}

export const dualPipeV: Schedule = {
  id: 'dualpipe-v',
  label: 'DualPipeV',
  source: 'deepseek-ai/DualPipe; DeepSeek-V3 (arXiv:2412.19437), section 3.2.1',
  interleaves: true,
  fixedChunks: 2,
  placement: 'v',
  splitsBackward: true,
  microBatchMultiple: () => 1,
  leastMicroBatches: (stages) => 2 * stages,
  refuses,
  order:
    ({ stages, microBatches }) =>
    (rank, sheet) => {
      writeDualPipe({ place: rank, side: stages, each: microBatches, near: 0, far: 1, first: [0, 0] }, sheet);
    },
};

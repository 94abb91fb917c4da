/**
 * DualPipe: micro batches enter at both ends of the pipeline, so every rank holds two stages of the model, one for each
 * direction, and runs forward and backward passes of opposite directions together.
 *
 * Source: DeepSeek-AI 2024, DeepSeek-V3 (arXiv:2412.19437), section 3.2.1, figure 5 and table 2: the bubble is
 * (p / 2 - 1) (F&B + B - 3 W) with F&B the time of a forward and a backward pass run together, and p + 1 micro batches
 * stay alive on a rank. The order is that of dualpipe/dualpipe.py in deepseek-ai/DualPipe.
 */
import { writeDualPipe } from './dual-pipe-order.ts';
import type { Schedule, ScheduleShape } from './schedule.ts';

function refuses({ stages, microBatches, virtualStages }: ScheduleShape): string | undefined {
  if (stages < 2 || stages % 2 !== 0) return `DualPipe needs an even number of pipeline stages, not ${stages}.`;
  if (virtualStages !== 2) return `DualPipe holds one stage per direction, so VPP must be 2, not ${virtualStages}.`;
  if (microBatches % 2 !== 0 || microBatches < 2 * stages) {
    return `DualPipe needs an even number of at least ${2 * stages} micro batches for ${stages} stages, not ${microBatches}.`;
  }
  return undefined;
}

export const dualPipe: Schedule = {
  id: 'dualpipe',
  label: 'DualPipe',
  source: 'DeepSeek-AI 2024 (arXiv:2412.19437), section 3.2.1',
  interleaves: true,
  fixedChunks: 2,
  placement: 'two-way',
  splitsBackward: true,
  microBatchMultiple: () => 2,
  leastMicroBatches: (stages) => 2 * stages,
  refuses,
  order:
    ({ stages, microBatches }) =>
    (rank, sheet) => {
      const back = rank >= stages / 2;
      const each = microBatches / 2;
      writeDualPipe(
        {
          place: Math.min(rank, stages - 1 - rank),
          side: stages / 2,
          each,
          near: back ? 1 : 0,
          far: back ? 0 : 1,
          first: [0, each],
        },
        sheet,
      );
    },
};

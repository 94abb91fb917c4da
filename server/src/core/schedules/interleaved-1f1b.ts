/**
 * Interleaved 1F1B: each rank holds several chunks of layers (virtual stages), chunk c of rank r being virtual stage
 * c * p + r, and runs a group of p micro batches on one chunk before it turns to the next.
 *
 * Source: Narayanan et al. 2021 (PTD-P, arXiv:2104.04473), section 2.2.2, figure 4 bottom. The order is that of
 * `forward_backward_pipelining_with_interleaving` of megatron/core/pipeline_parallel/schedules.py in Megatron-LM
 * (`get_pp_rank_microbatches`, `get_schedule_table`), with its default group of p micro batches per virtual stage:
 * the warm-up is 2 (p - rank - 1) + (v - 1) p forward passes, and the k-th backward pass takes the micro batch of the
 * k-th forward pass on the mirrored chunk. With equal stages and free transfers the bubble is (p - 1) / (v m) of the
 * computing time. The group is larger where p does not divide the micro batches (`groupOf`).
 */
import { groupOf, InterleavedPasses, passesOf } from './interleaved-table.ts';
import { backwardKind, forwardKind } from './operation-kind.ts';
import type { Schedule, ScheduleShape } from './schedule.ts';

function refuses({ stages, virtualStages }: ScheduleShape): string | undefined {
  if (stages < 2) return 'Interleaved 1F1B needs at least 2 pipeline stages.';
  if (virtualStages < 2) return 'Interleaved 1F1B needs at least 2 virtual stages per rank (VPP).';
  return undefined;
}

export const interleaved1F1B: Schedule = {
  id: 'interleaved-1f1b',
  label: 'Interleaved 1F1B',
  source: 'Narayanan et al. 2021 (arXiv:2104.04473), section 2.2.2',
  interleaves: true,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: (stages) => stages,
  refuses,
  order: (problem) => (rank, sheet) => {
    const { stages, virtualStages } = problem;
    const group = groupOf(problem);
    const total = passesOf(problem);
    const forward = new InterleavedPasses(problem, group, forwardKind, sheet);
    const backward = new InterleavedPasses(problem, group, backwardKind, sheet);
    const warmUp = Math.min(2 * (stages - rank - 1) + (virtualStages - 1) * group, total);
    for (let k = 0; k < warmUp; k++) forward.next();
    for (let k = warmUp; k < total; k++) {
      forward.next();
      backward.next();
    }
    for (let k = total - warmUp; k < total; k++) backward.next();
  },
};

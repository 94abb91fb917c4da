/**
 * Interleaved 1F1B: each rank holds several chunks of layers (virtual stages), chunk c of rank r being virtual stage
 * c * p + r, and runs p micro batches on one chunk before it turns to the next.
 *
 * Source: Narayanan et al. 2021 (PTD-P, arXiv:2104.04473), section 2.2.2, figure 4 bottom. The order is that of
 * `forward_backward_pipelining_with_interleaving` of megatron/core/pipeline_parallel/schedules.py in Megatron-LM
 * (`get_pp_rank_microbatches`, `get_schedule_table`), with its default group of p micro batches per virtual stage:
 * the warm-up is 2 (p - rank - 1) + (v - 1) p forward passes, and the k-th backward pass takes the micro batch of the
 * k-th forward pass on the mirrored chunk. With equal stages and free transfers the bubble is (p - 1) / (v m) of the
 * computing time.
 */
import type { OperationKind, Schedule, ScheduleShape } from './schedule.ts';

function refuses({ stages, microBatches, virtualStages }: ScheduleShape): string | undefined {
  if (stages < 2) return 'Interleaved 1F1B needs at least 2 pipeline stages.';
  if (virtualStages < 2) return 'Interleaved 1F1B needs at least 2 virtual stages per rank (VPP).';
  if (microBatches % stages !== 0) {
    return `Interleaved 1F1B needs a number of micro batches that is a multiple of the ${stages} pipeline stages; ${microBatches} is not.`;
  }
  return undefined;
}

export const interleaved1F1B: Schedule = {
  id: 'interleaved-1f1b',
  label: 'Interleaved 1F1B',
  source: 'Narayanan et al. 2021 (arXiv:2104.04473), section 2.2.2',
  interleaves: true,
  microBatchMultiple: (stages) => stages,
  refuses,
  order: (rank, { stages, microBatches, virtualStages }, visit) => {
    const perGroup = stages * virtualStages;
    const step = (kind: OperationKind, k: number): void => {
      const inGroup = k % perGroup;
      const chunk = Math.floor(inGroup / stages);
      const microBatch = Math.floor(k / perGroup) * stages + (inGroup % stages);
      visit(kind, microBatch, kind === 'forward' ? chunk : virtualStages - 1 - chunk);
    };
    const total = microBatches * virtualStages;
    const warmUp = Math.min(2 * (stages - rank - 1) + (virtualStages - 1) * stages, total);
    for (let k = 0; k < warmUp; k++) step('forward', k);
    for (let k = warmUp; k < total; k++) {
      step('forward', k);
      step('backward', k - warmUp);
    }
    for (let k = total - warmUp; k < total; k++) step('backward', k);
  },
};

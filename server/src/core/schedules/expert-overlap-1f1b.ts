/**
 * Interleaved 1F1B that runs each forward pass together with a backward pass of another micro batch, so that the
 * all-to-alls of the experts in the one hide behind the computation of the other. One more forward pass in the warm-up
 * keeps the two independent. Without a pipeline the backward pass of one micro batch runs with the forward pass of the
 * next.
 *
 * Source: `combined_1f1b_schedule_for_interleaved_pipelining` and `combined_1f1b_schedule_for_no_pipelining` of
 * megatron/core/pipeline_parallel/combined_1f1b.py in Megatron-LM (--overlap-moe-expert-parallel-comm); the idea is that
 * of DeepSeek-V3 (arXiv:2412.19437), section 3.2.1.
 */
import { groupOf, InterleavedPasses, passesOf } from './interleaved-table.ts';
import { backwardKind, forwardKind } from './operation-kind.ts';
import type { Schedule } from './schedule.ts';

export const expertOverlap1F1B: Schedule = {
  id: '1f1b-expert-overlap',
  label: '1F1B with expert overlap',
  source: 'Megatron-LM combined_1f1b.py; DeepSeek-V3 (arXiv:2412.19437), section 3.2.1',
  interleaves: true,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: (stages) => stages,
  refuses: ({ stages, virtualStages }) => {
    if (stages === 1 || virtualStages > 1) return undefined;
    return '1F1B with expert overlap needs at least 2 virtual stages per rank (VPP) when there is a pipeline.';
  },
  order: (problem) => (rank, sheet) => {
    const { stages, virtualStages } = problem;
    const group = groupOf(problem);
    const total = passesOf(problem);
    const forward = new InterleavedPasses(problem, group, forwardKind, sheet);
    const backward = new InterleavedPasses(problem, group, backwardKind, sheet);
    const warmUp = Math.min(2 * (stages - rank - 1) + (virtualStages - 1) * group + 1, total);
    for (let k = 0; k < warmUp; k++) forward.next();
    for (let k = warmUp; k < total; k++) {
      forward.next();
      sheet.pairWithNext();
      backward.next();
    }
    for (let k = total - warmUp; k < total; k++) backward.next();
  },
};

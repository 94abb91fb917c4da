/**
 * Interleaved zero bubble: ZB-H1 over several chunks per rank. The warm-up is one forward pass per stage behind the rank
 * and a group of micro batches for each further chunk, and rank r runs r input gradients ahead of the weight gradients.
 *
 * Source: `ScheduleInterleavedZeroBubble` of torch/distributed/pipelining/schedules.py in PyTorch, which names Qi et al.
 * 2024 (arXiv:2401.10241). Its group is the micro batches divided over as many rounds as there are groups of p.
 */
import { writeDelayedWeights } from './delayed-weights.ts';
import type { Schedule } from './schedule.ts';

export const interleavedZeroBubble: Schedule = {
  id: 'interleaved-zero-bubble',
  label: 'Interleaved zero bubble',
  source: 'PyTorch ScheduleInterleavedZeroBubble; Qi et al. 2024 (arXiv:2401.10241)',
  interleaves: true,
  placement: 'loop',
  splitsBackward: true,
  microBatchMultiple: (stages) => stages,
  refuses: ({ stages }) => (stages < 2 ? 'Interleaved zero bubble needs at least 2 pipeline stages.' : undefined),
  order: (problem) => (rank, sheet) => {
    const { stages, microBatches, virtualStages } = problem;
    const rounds = Math.max(1, Math.floor(microBatches / stages));
    const group = problem.microBatchGroup ?? Math.ceil(microBatches / rounds);
    writeDelayedWeights(problem, { group, warmUp: stages - rank - 1 + (virtualStages - 1) * group, weights: rank }, sheet);
  },
};

/**
 * ZB-V: the pipeline is folded, so that the rank with the first layers also has the last ones, and both directions of
 * work meet on every rank. No rank waits between its first and its last operation when forward pass, input gradient and
 * weight gradient take equally long, with the memory of 1F1B: 2p half-sized chunks alive.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 6, figure 8; the order is that of `ScheduleZBVZeroBubble` of
 * torch/distributed/pipelining/schedules.py in PyTorch. It does not look at the times, so uneven ones leave waiting.
 */
import type { OperationKind, Schedule, ScheduleShape, VisitOperation } from './schedule.ts';
import { refuseUnlessTwoChunks } from './shape.ts';

/** Counts the passes of each kind and chunk; leaves out micro batches that do not exist. */
function counter(microBatches: number, visit: VisitOperation) {
  const counts = { forward: [0, 0], 'backward-input': [0, 0], 'backward-weight': [0, 0] };
  const put = (kind: Exclude<OperationKind, 'backward'>, chunk: 0 | 1): void => {
    const microBatch = counts[kind][chunk] ?? 0;
    counts[kind][chunk] = microBatch + 1;
    if (microBatch < microBatches) visit(kind, microBatch, chunk);
  };
  const backward = (chunk: 0 | 1): void => {
    put('backward-input', chunk);
    put('backward-weight', chunk);
  };
  return { counts, put, backward };
}

function visitRank({ stages, microBatches }: ScheduleShape, rank: number, visit: VisitOperation): void {
  // A shorter step is the order of the shortest full one without the micro batches it lacks.
  const full = Math.max(2 * stages - 1, microBatches);
  const { counts, put, backward } = counter(microBatches, visit);
  for (let k = 0; k < 2 * (stages - rank) - 1; k++) put('forward', 0);
  for (let k = 0; k < rank; k++) {
    put('forward', 1);
    put('forward', 0);
  }
  for (let k = rank; k < stages; k++) {
    put('forward', 1);
    backward(1);
  }
  const forwards = counts.forward;
  while ((forwards[1] ?? 0) < (forwards[0] ?? 0) || (forwards[0] ?? 0) < full) {
    if ((forwards[0] ?? 0) < full) put('forward', 0);
    backward(0);
    put('forward', 1);
    backward(1);
  }
  for (let k = 0; k < rank; k++) {
    put('backward-input', 0);
    put('backward-input', 1);
  }
  for (let k = rank; k < stages; k++) backward(0);
  for (const chunk of [1, 0] as const) {
    while ((counts['backward-weight'][chunk] ?? 0) < full) put('backward-weight', chunk);
  }
}

export const zeroBubbleV: Schedule = {
  id: 'zb-v',
  label: 'ZB-V',
  source: 'Qi et al. 2024 (arXiv:2401.10241), section 6',
  interleaves: true,
  fixedChunks: 2,
  placement: 'v',
  splitsBackward: true,
  microBatchMultiple: () => 1,
  refuses: (shape) => refuseUnlessTwoChunks('ZB-V', shape),
  order: (shape) => (rank, visit) => visitRank(shape, rank, visit),
};

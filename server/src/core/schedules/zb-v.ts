/**
 * ZB-V: the pipeline is folded, so that the rank with the first layers also has the last ones, and both directions of
 * work meet on every rank. No rank waits between its first and its last operation when forward pass, input gradient and
 * weight gradient take equally long, with the memory of 1F1B: 2p half-sized chunks alive.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 6, figure 8; the order is that of `ScheduleZBVZeroBubble` of
 * torch/distributed/pipelining/schedules.py in PyTorch. It does not look at the times, so uneven ones leave waiting.
 */
import { backwardInputKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';
import type { Schedule, ScheduleShape } from './schedule.ts';
import { refuseUnlessTwoChunks } from './shape.ts';

/** Writes the passes of one kind on one chunk, in the order of micro batches; leaves out those that do not exist. */
class Passes {
  private readonly sheet: OrderSheet;
  private readonly microBatches: number;
  private readonly kind: number;
  private readonly chunk: number;
  count = 0;

  constructor({ microBatches }: ScheduleShape, kind: number, chunk: 0 | 1, sheet: OrderSheet) {
    this.sheet = sheet;
    this.microBatches = microBatches;
    this.kind = kind;
    this.chunk = chunk;
  }

  next(): void {
    if (this.count < this.microBatches) this.sheet.put(this.kind, this.count, this.chunk);
    this.count++;
  }
}

function writeRank(shape: ScheduleShape, rank: number, sheet: OrderSheet): void {
  const { stages, microBatches } = shape;
  // A shorter step is the order of the shortest full one without the micro batches it lacks.
  const full = Math.max(2 * stages - 1, microBatches);
  const ofChunk = (chunk: 0 | 1) => ({
    forward: new Passes(shape, forwardKind, chunk, sheet),
    input: new Passes(shape, backwardInputKind, chunk, sheet),
    weight: new Passes(shape, backwardWeightKind, chunk, sheet),
  });
  const [down, up] = [ofChunk(0), ofChunk(1)];
  const backward = ({ input, weight }: typeof down): void => {
    input.next();
    weight.next();
  };
  for (let k = 0; k < 2 * (stages - rank) - 1; k++) down.forward.next();
  for (let k = 0; k < rank; k++) {
    up.forward.next();
    down.forward.next();
  }
  for (let k = rank; k < stages; k++) {
    up.forward.next();
    backward(up);
  }
  while (up.forward.count < down.forward.count || down.forward.count < full) {
    if (down.forward.count < full) down.forward.next();
    backward(down);
    up.forward.next();
    backward(up);
  }
  for (let k = 0; k < rank; k++) {
    down.input.next();
    up.input.next();
  }
  for (let k = rank; k < stages; k++) backward(down);
  for (const { weight } of [up, down]) while (weight.count < full) weight.next();
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
  order: (shape) => (rank, sheet) => writeRank(shape, rank, sheet),
};

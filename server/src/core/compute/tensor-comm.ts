/** Exposed and busy seconds of tensor parallelism for one layer (Shoeybi et al. 2019; Korthikanti et al. 2022, fig. 5). */
import { hostCalibration } from '../calibration/host.ts';
import { allGatherTime, allReduceTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Seconds } from '../units.ts';

export interface CommWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
  /** Bytes one GPU sends in forward plus backward, and the seconds the links are busy. */
  readonly bytes: number;
  readonly busy: Seconds;
}

const { tensorVisible, chunkVisible } = hostCalibration;

export const noComm: CommWork = { forward: 0, backward: 0, bytes: 0, busy: 0 };

/** Pairs of a gather and a scatter (or all-reduces) in one forward pass: one for each half that TP splits. */
function exchanges(block: Block): number {
  const mixing = block.mixer ? 1 : 0;
  const { feedForward } = block;
  // Routed experts travel over EP instead; their shared expert is split like an MLP.
  const forward = feedForward && (feedForward.kind === 'dense' || feedForward.sharedFfn > 0) ? 1 : 0;
  return (block.parallel ? Math.max(mixing, forward) : mixing + forward) + (block.cross ? 1 : 0);
}

export function tensorComm(job: TrainingJob, block: Block, groups: Groups, tokens: number): CommWork {
  const { tensor, sequence, tpCommOverlap, tensorGradientOverlap } = job.parallel;
  const count = exchanges(block);
  if (tensor <= 1 || count === 0) return noComm;
  const placement = place(job.cluster, groups.tensor);
  const bytes = tokens * job.model.hidden * bytesPerElement(job.precision.compute);
  const share = (tensor - 1) / tensor;
  const beside = tensorGradientOverlap ? tensorVisible : 1;
  if (!sequence) {
    const one = count * allReduceTime(placement, tensor, bytes);
    // An all-reduce each way; backward ones can run beside the weight-gradient products, which hide most of them.
    return { forward: one, backward: one * beside, bytes: 4 * count * share * bytes, busy: 2 * one };
  }
  const one = count * allGatherTime(placement, tensor, bytes);
  // With communication overlap the chunks of a collective hide behind the chunks of the product; one chunk stays.
  const visible = tpCommOverlap ? 1 / tensor + chunkVisible : 1;
  // Backward: the gather of gradients is waited for; a gather and a scatter run beside products.
  return {
    forward: 2 * one * visible,
    backward: (one + 2 * one * beside) * visible,
    bytes: 5 * count * share * bytes,
    busy: 5 * one,
  };
}

/**
 * Routed experts of one layer on one rank: products of the local experts, and the exchange that brings tokens there and
 * back (Lepikhin et al. 2020; Megatron-LM megatron/core/transformer/moe/token_dispatcher.py).
 */
import { hostCalibration } from '../calibration/host.ts';
import { allToAllTime } from '../comms/all-to-all.ts';
import { allGatherTime, reduceScatterTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ExpertFeedForward } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Seconds } from '../units.ts';
import type { Device } from './gemm.ts';
import { groupedGemmTime } from './grouped-gemm.ts';
import { mlpProducts } from './products.ts';
import { type CommWork, noComm } from './tensor-comm.ts';

/** Visits of tokens to the experts of one rank, when every expert gets the same share. `tokens` are those of a TP group. */
export function expertPairs(job: TrainingJob, feedForward: ExpertFeedForward, tokens: number): number {
  const { tensor, expertTensor } = job.parallel;
  const dropless = tokens * feedForward.topK;
  const kept = feedForward.capacityFactor > 0 ? Math.min(1, feedForward.capacityFactor) : 1;
  return (dropless * kept * expertTensor) / tensor;
}

export interface ExpertProducts {
  readonly forward: Seconds;
  readonly backwardInput: Seconds;
  readonly backwardWeight: Seconds;
}

export function expertProducts(job: TrainingJob, feedForward: ExpertFeedForward, device: Device, tokens: number): ExpertProducts {
  const local = feedForward.experts / job.parallel.expert;
  const each = expertPairs(job, feedForward, tokens) / local;
  let forward = 0;
  let backwardInput = 0;
  let backwardWeight = 0;
  for (const [n, k] of mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || job.model.hidden, job.parallel.expertTensor)) {
    forward += groupedGemmTime(device, local, each, n, k);
    backwardInput += groupedGemmTime(device, local, each, k, n);
    // The weight gradient of each expert is n x k with its tokens as depth.
    backwardWeight += groupedGemmTime(device, local, n, k, each);
  }
  return { forward, backwardInput, backwardWeight };
}

/**
 * What of an exchange is waited for even when another micro batch computes meanwhile: its start, and what bandwidth both
 * share. How much of the rest is hidden comes out of the schedule that runs two passes together.
 */
export const visibleBesideComputation = hostCalibration.exchangeVisible;

/** Dispatch and combine, forward and again backward. */
export function expertComm(job: TrainingJob, feedForward: ExpertFeedForward, groups: Groups, tokens: number): CommWork {
  const { expert, expertTensor, tensor, expertDispatch } = job.parallel;
  if (expert * expertTensor <= 1) return noComm;
  const width = (feedForward.latent || job.model.hidden) * bytesPerElement(job.precision.compute);
  const visits = (expertPairs(job, feedForward, tokens) / expertTensor) * width;
  const share = (expert - 1) / expert;
  let one = 0;
  let bytes = 0;
  if (expert > 1 && expertDispatch === 'all-gather') {
    // Every rank sees the tokens of all and scatters its experts' sums back.
    const all = (tokens / tensor) * width * expert;
    const placement = place(job.cluster, groups.expert);
    one = (allGatherTime(placement, expert, all) + reduceScatterTime(placement, expert, all)) / 2;
    bytes = share * all;
  } else if (expert > 1) {
    const kind = expertDispatch === 'deepep' ? 'deepep' : 'flat';
    one = allToAllTime(place(job.cluster, groups.expert), expert, visits, kind, feedForward.topK);
    bytes = share * visits;
  }
  if (expertTensor > 1) {
    one += allGatherTime(place(job.cluster, groups.expertTensor), expertTensor, visits * expertTensor);
    bytes += (expertTensor - 1) * visits;
  }
  const pass = 2 * one;
  return { forward: pass, backward: pass, bytes: 4 * bytes, busy: 2 * pass };
}

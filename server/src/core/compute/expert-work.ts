/**
 * Routed experts of one layer on one rank: products of the local experts, and the all-to-alls that bring tokens there
 * and back (Lepikhin et al. 2020; Megatron-LM megatron/core/transformer/moe/token_dispatcher.py).
 */
import { allGatherTime } from '../comms/collectives.ts';
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

/** Dispatch and combine, forward and again backward. Nothing hides them unless the schedule runs two micro batches at once. */
export function expertComm(job: TrainingJob, feedForward: ExpertFeedForward, groups: Groups, tokens: number): CommWork {
  const { expert, expertTensor } = job.parallel;
  if (expert * expertTensor <= 1) return noComm;
  const element = bytesPerElement(job.precision.compute);
  const width = feedForward.latent || job.model.hidden;
  const bytes = (expertPairs(job, feedForward, tokens) / expertTensor) * width * element;
  // What leaves a rank is spread over the group: the traffic of a gather of as many bytes in all.
  const one = expert > 1 ? allGatherTime(place(job.cluster, groups.expert), expert, bytes) : 0;
  const gathered = expertTensor > 1 ? allGatherTime(place(job.cluster, groups.expertTensor), expertTensor, bytes * expertTensor) : 0;
  const pass = 2 * (one + gathered);
  const share = (expert - 1) / expert + (expertTensor - 1);
  return { forward: pass, backward: pass, bytes: 4 * share * bytes, busy: 2 * pass };
}

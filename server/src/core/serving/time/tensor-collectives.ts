/**
 * The sums over TP that end mixer and feed-forward of every layer. Engines sum small messages with kernels of their own, in which
 * the GPUs of a node read each other's memory (vllm/distributed/device_communicators/custom_all_reduce.py; TensorRT-LLM has the
 * same two): in one shot each reads all from all others, in two each sums its part and the parts are gathered.
 *
 *   one shot:   start + (n - 1) bytes / rate
 *   two shots:  start + second + 2 (n - 1)/n bytes / rate
 *
 * NCCL takes over where it is faster, between nodes and without links.
 */
import { servingCalibration } from '../../calibration/serving.ts';
import { allReduceTime } from '../../comms/collectives.ts';
import { type Placement, place } from '../../comms/network.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Bytes, Seconds } from '../../units.ts';

function directTime({ intra }: Placement, size: number, bytes: Bytes, architecture: string): Seconds {
  const { reduceStart, reduceSecond, reduceShare } = servingCalibration(architecture);
  const rate = intra.line * reduceShare;
  const oneShot = ((size - 1) * bytes) / rate;
  const twoShots = reduceSecond + (2 * (size - 1) * bytes) / size / rate;
  return reduceStart + Math.min(oneShot, twoShots);
}

function sumTime(job: ServingJob, placement: Placement, bytes: Bytes): Seconds {
  const byNccl = allReduceTime(placement, job.tensor, bytes);
  const { wiring } = placement.intra;
  if (placement.level.kind !== 'intra-node' || wiring === 'pcie' || wiring === 'torus') return byNccl;
  return Math.min(byNccl, directTime(placement, job.tensor, bytes, job.cluster.accelerator.architecture));
}

/** Seconds of all collectives of a step of `tokens` tokens. */
export function collectiveSeconds(job: ServingJob, tokens: number): Seconds {
  if (job.tensor === 1) return 0;
  const placement = place(job.cluster, { size: job.tensor, stride: 1 });
  return 2 * job.model.layers * sumTime(job, placement, tokens * job.model.hidden * 2);
}

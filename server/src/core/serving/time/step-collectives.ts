/**
 * The sums over TP that end mixer and feed-forward of every layer. Engines sum small messages with kernels of their own, in which
 * the GPUs of a node read each other's memory (vllm/distributed/device_communicators/custom_all_reduce.py; TensorRT-LLM has the
 * same two): in one shot each reads all from all others, in two each sums its part and the parts are gathered.
 *
 *   one shot:   start + (n - 1) bytes / rate
 *   two shots:  start + second + 2 (n - 1)/n bytes / rate
 *
 * NCCL takes over where it is faster, between nodes and without links, and in releases without such kernels.
 */
import { engineHost } from '../../calibration/engines.ts';
import { servingCalibration } from '../../calibration/serving.ts';
import { allToAllTime } from '../../comms/all-to-all.ts';
import { allGatherTime, allReduceTime, sendTime } from '../../comms/collectives.ts';
import { type Placement, place } from '../../comms/network.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds, type ExpertFeedForward } from '../../model-shape.ts';
import type { Bytes, Seconds } from '../../units.ts';
import { contextBytes, memoryOf } from '../engines/engine.ts';
import { since } from '../engines/engine-id.ts';

/**
 * PyTorch runs collectives beside the other kernels and keeps their memory until they are through. A host that is a whole pass ahead asks for all
 * of it at once; where more is asked for than the engine's share leaves free, memory is given back and mapped anew, into every GPU of the group.
 */
function renewalTime(job: ServingJob, size: number, bytes: Bytes): Seconds {
  const { renewed } = engineHost(job.engine);
  const free = (1 - job.share) * memoryOf(job.cluster.accelerator) - contextBytes;
  return 2 * job.model.layers * bytes > free ? renewed * (size - 1) * bytes : 0;
}

function directTime({ intra }: Placement, size: number, bytes: Bytes, architecture: string): Seconds {
  const { reduceStart, reduceSecond, reduceShare } = servingCalibration(architecture);
  const rate = intra.line * reduceShare;
  const oneShot = ((size - 1) * bytes) / rate;
  const twoShots = reduceSecond + (2 * (size - 1) * bytes) / size / rate;
  return reduceStart + Math.min(oneShot, twoShots);
}

/** vLLM has kernels of its own for small sums since 0.3 (release notes). */
const sumsItself = ({ engine }: ServingJob): boolean => engine.id !== 'vllm' || since(engine, '0.3');

/** NCCL sums in the switches since 2.17; the PyTorch of those releases came with 2.14. */
const withoutSwitch = (placement: Placement): Placement => ({ ...placement, timing: { ...placement.timing, reducesInSwitch: false } });

/** Sum over `size` neighbouring ranks. */
function sumTime(job: ServingJob, size: number, bytes: Bytes): Seconds {
  if (size <= 1) return 0;
  const placement = place(job.cluster, { size, stride: 1 });
  if (!sumsItself(job)) return allReduceTime(withoutSwitch(placement), size, bytes) + renewalTime(job, size, bytes);
  const byNccl = allReduceTime(placement, size, bytes);
  const { wiring } = placement.intra;
  if (placement.level.kind !== 'intra-node' || wiring === 'pcie' || wiring === 'torus') return byNccl;
  return Math.min(byNccl, directTime(placement, size, bytes, job.cluster.accelerator.architecture));
}

/**
 * Tokens of all ranks to their experts and back: gathered and scattered (vLLM's default), or each copy sent to its expert's rank
 * (DeepEP's kernels for decoding) where that takes less.
 */
function expertTime(job: ServingJob, experts: ExpertFeedForward, tokens: number): Seconds {
  const size = job.tensor * job.dataParallel;
  const placement = place(job.cluster, { size, stride: 1 });
  const row = job.model.hidden * 2;
  const gathered = 2 * allGatherTime(placement, size, tokens * job.dataParallel * row);
  if (!job.expertParallel) return gathered;
  const sent = (tokens * job.dataParallel * experts.topK * row) / size;
  return Math.min(gathered, 2 * allToAllTime(placement, size, sent, 'low-latency', experts.topK));
}

/** What follows the feed-forward of a layer: a sum over TP, or the way to experts that several groups share. */
function feedForwardTime(job: ServingJob, { feedForward }: Block, tokens: number): Seconds {
  const grouped = job.dataParallel > 1 || job.attentionData > 1;
  if (feedForward?.kind === 'moe' && grouped) return expertTime(job, feedForward, tokens);
  return feedForward ? sumTime(job, job.tensor, tokens * job.model.hidden * 2) : 0;
}

/**
 * Where mixer and feed-forward read the same input, their partial results are added first (tensorrt_llm/models/falcon/model.py; TensorRT-LLM
 * 0.5 still summed each over TP).
 */
function sumsOnce({ engine }: ServingJob, { parallel, feedForward }: Block): boolean {
  return parallel && feedForward !== undefined && (engine.id !== 'tensorrt-llm' || since(engine, '0.6'));
}

/** Seconds of all collectives of a step of `tokens` tokens, handing them from stage to stage included. */
export function collectiveSeconds(job: ServingJob, tokens: number): Seconds {
  const { model, tensor, attentionData, pipeline } = job;
  const bytes = tokens * model.hidden * 2;
  const counts = countKinds(model, 0, model.layers);
  const mixed = sumTime(job, tensor / attentionData, bytes / attentionData);
  const layers = model.blocks.reduce(
    (sum, block, kind) =>
      sum + (counts[kind] ?? 0) * ((block.mixer && !sumsOnce(job, block) ? mixed : 0) + feedForwardTime(job, block, tokens)),
    0,
  );
  if (pipeline === 1) return layers;
  return layers + (pipeline - 1) * sendTime(place(job.cluster, { size: pipeline, stride: tensor }), bytes / tensor);
}

/**
 * Time of one transformer layer for one micro batch on one GPU, by kind of work. The operators are those of
 * Megatron-LM's transformer layer (megatron/core/transformer): norm, QKV, attention core, projection, norm, MLP.
 */

import { hostCalibration } from '../calibration/host.ts';
import { allGatherTime, allReduceTime, reduceScatterTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { keyValueHeads } from '../parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Seconds } from '../units.ts';
import { type AttentionShape, attentionBackward, attentionForward } from './attention.ts';
import { type Device, gemmTime, streamTime } from './gemm.ts';

/** Seconds by kind; `total` is what the GPU is held up. */
export interface Work {
  readonly gemm: Seconds;
  readonly attention: Seconds;
  readonly streaming: Seconds;
  readonly tensorComm: Seconds;
  readonly contextComm: Seconds;
  readonly recompute: Seconds;
  /** What the host needs beyond the device's time, when it is the slower one. */
  readonly host: Seconds;
  readonly total: Seconds;
}

export interface LayerWork {
  readonly forward: Work;
  readonly backward: Work;
  /** Bytes one GPU sends for TP and CP in forward plus backward, and the seconds the links are busy. */
  readonly tensorBytes: number;
  readonly tensorBusy: Seconds;
  readonly contextBytes: number;
  readonly contextBusy: Seconds;
}

/** Two devices when fp8 runs the linear layers: `linear` for those, `plain` for everything else. */
export interface Devices {
  readonly linear: Device;
  readonly plain: Device;
}

export function attentionShape(job: TrainingJob): AttentionShape {
  const { tensor, context } = job.parallel;
  return {
    batch: job.batch.micro,
    queries: job.sequenceLength / context,
    keys: job.sequenceLength,
    heads: job.model.heads / tensor,
    headDim: job.model.headDim,
    causal: true,
    kernel: job.attention,
    dropout: job.dropout,
    newest: job.framework.startsWith('megatron'),
  };
}

interface LinearTimes {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

/** The four (or five, gated) products of a layer: forward, and backward as input and weight gradients. */
function linearTimes(job: TrainingJob, device: Device, tokens: number): LinearTimes {
  const { model } = job;
  const { tensor } = job.parallel;
  const qkv = (model.heads / tensor + 2 * keyValueHeads(model, tensor)) * model.headDim;
  const attentionOut = (model.heads * model.headDim) / tensor;
  const up = ((model.gatedMlp ? 2 : 1) * model.ffn) / tensor;
  const down = model.ffn / tensor;
  const products: readonly (readonly [number, number])[] = [
    [qkv, model.hidden],
    [model.hidden, attentionOut],
    [up, model.hidden],
    [model.hidden, down],
  ];
  let forward = 0;
  let backward = 0;
  for (const [n, k] of products) {
    forward += gemmTime(device, tokens, n, k);
    backward += gemmTime(device, tokens, k, n) + gemmTime(device, n, k, tokens);
  }
  return { forward, backward };
}

/** Bytes that norms, residuals, dropout, activation and rotary embedding move in the forward pass. */
function streamedBytes(job: TrainingJob, tokens: number): number {
  const { model } = job;
  const { tensor, sequence } = job.parallel;
  const share = sequence ? tensor : 1;
  const element = bytesPerElement(job.precision.compute);
  const hidden = (tokens * model.hidden * element) / share;
  // Two norms read and write; two residual additions read two and write one; dropout adds its mask.
  const residual = hidden * (4 + 6 + (job.dropout ? 1 : 0));
  const activation = ((tokens * model.ffn * element) / tensor) * (model.gatedMlp ? 3 : 2);
  const rotary = model.positionEmbedding === 'rope' ? (2 * tokens * (model.heads + model.kvHeads) * model.headDim * element) / tensor : 0;
  return residual + activation + rotary;
}

interface TensorComm {
  readonly forward: Seconds;
  readonly backward: Seconds;
  readonly bytes: number;
  readonly busy: Seconds;
}

/** Exposed and busy seconds of tensor parallelism for one layer (Shoeybi et al. 2019; Korthikanti et al. 2022, fig. 5). */
function tensorComm(job: TrainingJob, groups: Groups, tokens: number): TensorComm {
  const { tensor, sequence, tpCommOverlap } = job.parallel;
  if (tensor <= 1) return { forward: 0, backward: 0, bytes: 0, busy: 0 };
  const placement = place(job.cluster, groups.tensor);
  const bytes = tokens * job.model.hidden * bytesPerElement(job.precision.compute);
  const share = (tensor - 1) / tensor;
  if (!sequence) {
    const one = allReduceTime(placement, tensor, bytes);
    // Two all-reduces each way; backward ones run beside the weight-gradient products, which hide most of them.
    return { forward: 2 * one, backward: 2 * one * 0.3, bytes: 4 * 2 * share * bytes, busy: 4 * one };
  }
  const one = allGatherTime(placement, tensor, bytes);
  const busy = 4 * one + 6 * one;
  // With communication overlap the chunks of a collective hide behind the chunks of the product; one chunk stays.
  const visible = tpCommOverlap ? 1 / tensor + 0.1 : 1;
  // Backward: the two gathers of gradients are waited for; two gathers and two scatters run beside products.
  return { forward: 4 * one * visible, backward: (2 * one + 4 * one * 0.3) * visible, bytes: 10 * share * bytes, busy };
}

/** Ring attention: keys and values travel round the CP group; compute of each piece hides the next transfer. */
function contextComm(job: TrainingJob, groups: Groups, attention: Seconds, backwardAttention: Seconds) {
  const { context, tensor } = job.parallel;
  if (context <= 1) return { forward: 0, backward: 0, bytes: 0, busy: 0 };
  const placement = place(job.cluster, groups.context);
  const element = bytesPerElement(job.precision.compute);
  const bytes = job.batch.micro * job.sequenceLength * 2 * keyValueHeads(job.model, tensor) * job.model.headDim * element;
  const one = allGatherTime(placement, context, bytes);
  const back = one + reduceScatterTime(placement, context, bytes);
  const first = one / Math.max(1, context - 1);
  return {
    forward: Math.max(0, one - attention) + first,
    backward: Math.max(0, back - backwardAttention) + first,
    bytes: 3 * ((context - 1) / context) * bytes,
    busy: one + back,
  };
}

/** Time of one layer, forward and backward, including what recomputation runs again inside the backward pass. */
export function layerWork(job: TrainingJob, devices: Devices, groups: Groups): LayerWork {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const linear = linearTimes(job, devices.linear, tokens);
  const shape = attentionShape(job);
  const attention = attentionForward(devices.plain, shape);
  const attentionBack = attentionBackward(devices.plain, shape);
  const passes = devices.plain.calibration.streamingPasses * (job.compiled || job.framework.startsWith('megatron') ? 1 : 1.4);
  const bytes = streamedBytes(job, tokens) * passes;
  const cast = job.precision.fp8 ? tokens * (job.model.hidden * 2 + (job.model.ffn * 2) / job.parallel.tensor) * 3 : 0;
  const streaming = streamTime(devices.plain, bytes + cast);
  const streamingBack = streamTime(devices.plain, 1.6 * bytes + 2 * cast);
  const comm = tensorComm(job, groups, tokens);
  const ring = contextComm(job, groups, attention, attentionBack);
  const perOperator = devices.plain.calibration.hostOperator * (job.compiled ? hostCalibration.compiledShare : 1);
  const issue = hostCalibration.operatorsPerLayer * perOperator;
  const forwardDevice = linear.forward + attention + streaming + comm.forward + ring.forward;
  const forward = work(linear.forward, attention, streaming, comm.forward, ring.forward, 0, Math.max(0, issue - forwardDevice));
  const again = recomputeTime(job, attention, forward.total);
  const backwardDevice = linear.backward + attentionBack + streamingBack + comm.backward + ring.backward + again;
  const backwardIssue = issue * (job.recompute.granularity === 'full' ? 2.2 : 1.2);
  const backward = work(
    linear.backward,
    attentionBack,
    streamingBack,
    comm.backward,
    ring.backward,
    again,
    Math.max(0, backwardIssue - backwardDevice),
  );
  return { forward, backward, tensorBytes: comm.bytes, tensorBusy: comm.busy, contextBytes: ring.bytes, contextBusy: ring.busy };
}

/** Share of a layer's forward pass that the backward pass runs again. */
function recomputeTime(job: TrainingJob, attention: Seconds, forward: Seconds): Seconds {
  const { granularity } = job.recompute;
  if (granularity === 'full') return forward * recomputedShare(job);
  if (granularity === 'selective') return job.framework === 'torchtitan' ? 0.45 * forward : attention;
  return 0;
}

function work(gemm: number, attention: number, streaming: number, tensor: number, context: number, recompute: number, host: number): Work {
  const total = gemm + attention + streaming + tensor + context + recompute + host;
  return { gemm, attention, streaming, tensorComm: tensor, contextComm: context, recompute, host, total };
}

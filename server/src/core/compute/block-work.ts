/**
 * Time of one transformer layer for one micro batch on one GPU, by kind of work. The operators are those of
 * Megatron-LM's transformer layer (megatron/core/transformer): norm, projections, mixing, norm, MLP or experts.
 */
import { hostCalibration } from '../calibration/host.ts';
import type { Groups } from '../comms/groups.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block, ExpertFeedForward } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Seconds } from '../units.ts';
import { adapterWork, dequantizeTime } from './adapter-work.ts';
import { castBytes, castWidths } from './casts.ts';
import { contextComm } from './context-comm.ts';
import { expertComm, expertPairs, expertProducts } from './expert-work.ts';
import { type Device, gemmTime, streamTime, weightGradientTime } from './gemm.ts';
import { issuedOperators } from './issued-operators.ts';
import { mixingWork } from './mixing-work.ts';
import { commonProducts, mixerProducts, type Product } from './products.ts';
import { recomputeTime } from './recompute-time.ts';
import { streamedBytes } from './streamed-bytes.ts';
import { noComm, tensorComm } from './tensor-comm.ts';

/** Seconds by kind; `total` is what the GPU is held up. */
export interface Work {
  readonly gemm: Seconds;
  readonly attention: Seconds;
  readonly streaming: Seconds;
  readonly tensorComm: Seconds;
  readonly contextComm: Seconds;
  readonly expertComm: Seconds;
  readonly recompute: Seconds;
  /** What the host needs beyond the device's time, when it is the slower one. */
  readonly host: Seconds;
  readonly total: Seconds;
}

export interface Traffic {
  readonly bytes: number;
  readonly busy: Seconds;
}

export interface BlockWork {
  readonly forward: Work;
  readonly backward: Work;
  /** The part of the backward pass that makes weight gradients, which a schedule may put off. */
  readonly backwardWeight: Seconds;
  /** Bytes one GPU sends in forward plus backward, and the seconds the links are busy. */
  readonly tensor: Traffic;
  readonly context: Traffic;
  readonly expert: Traffic;
}

/** Two devices when fp8 runs the linear layers: `linear` for those, `plain` for everything else. */
export interface Devices {
  readonly linear: Device;
  readonly plain: Device;
}

interface LinearTimes {
  readonly forward: Seconds;
  readonly backwardInput: Seconds;
  readonly backwardWeight: Seconds;
  /** Of `forward`, the MLP or the experts. */
  readonly feedForward: Seconds;
}

/** The products of a layer: forward, and backward as input and weight gradients. */
function linearTimes(job: TrainingJob, block: Block, device: Device, tokens: number): LinearTimes {
  const { hidden } = job.model;
  const { tensor } = job.parallel;
  const accumulated = job.framework.startsWith('megatron') ? bytesPerElement(job.precision.gradients) : 0;
  const times = { forward: 0, backwardInput: 0, backwardWeight: 0, feedForward: 0 };
  // Frozen weights get no gradient; stored in fewer bits they are brought back for each use.
  const trained = job.adapter ? 0 : 1;
  const add = (products: readonly Product[]): void => {
    for (const [n, k] of products) {
      times.forward += gemmTime(device, tokens, n, k);
      times.backwardInput += gemmTime(device, tokens, k, n);
      times.backwardWeight += trained * weightGradientTime(device, n, k, tokens, accumulated);
    }
    const restored = dequantizeTime(job, products, device);
    times.forward += restored;
    times.backwardInput += restored;
  };
  if (block.mixer) add(mixerProducts(block.mixer, hidden, tensor));
  if (block.cross) add(mixerProducts(block.cross, hidden, tensor));
  const { feedForward } = block;
  const mixing = times.forward;
  if (feedForward) add(commonProducts(feedForward, hidden, tensor));
  if (feedForward?.kind === 'moe') {
    const experts = expertProducts(job, feedForward, device, tokens);
    times.forward += experts.forward;
    times.backwardInput += experts.backwardInput;
    times.backwardWeight += trained * experts.backwardWeight;
  }
  times.feedForward = times.forward - mixing;
  return times;
}

/**
 * Of the shorter one of the host's and the device's time of a layer with experts, what does not hide behind the longer one.
 * Where no token is dropped the host reads how many came to each expert before it can issue their products, and nothing is
 * queued then (Megatron-LM megatron/core/transformer/moe/token_dispatcher.py, tokens_per_expert). A graph of the whole step
 * has fixed sizes, and so has a capacity.
 */
function routeWait(job: TrainingJob, { capacityFactor }: ExpertFeedForward): number {
  return job.cudaGraphs === 'step' || capacityFactor > 0 ? 0 : hostCalibration.routeVisible;
}

/** Time of one layer, forward and backward, including what recomputation runs again inside the backward pass. */
export function blockWork(job: TrainingJob, block: Block, devices: Devices, groups: Groups): BlockWork {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const { feedForward, mixer } = block;
  const moe = feedForward?.kind === 'moe' ? feedForward : undefined;
  const linear = linearTimes(job, block, devices.linear, tokens);
  const mixing = mixer ? mixingWork(job, mixer, devices.plain, tokens) : { forward: 0, backward: 0 };
  const crossing = block.cross ? mixingWork(job, block.cross, devices.plain, tokens) : { forward: 0, backward: 0 };
  const attention = mixing.forward + crossing.forward;
  const attentionBack = mixing.backward + crossing.backward;
  const pairs = moe ? expertPairs(job, moe, tokens) : 0;
  const streamed = streamedBytes(job, block, tokens, pairs);
  const cast = job.precision.fp8 ? castBytes(job) * tokens : 0;
  const widths = job.precision.fp8 ? castWidths(job, block, tokens) : { inputs: 0, outputs: 0 };
  const { kernelFloor } = devices.plain.calibration;
  const streaming = streamTime(devices.plain, streamed.forward + cast * widths.inputs) + streamed.kernels * kernelFloor;
  const streamingBack = streamTime(devices.plain, streamed.backward + cast * widths.outputs) + 2 * streamed.kernels * kernelFloor;
  const comm = tensorComm(job, block, groups, tokens);
  const ring = contextComm(job, mixer, groups, attention, attentionBack);
  const experts = moe ? expertComm(job, moe, groups, tokens) : noComm;
  const perOperator = devices.plain.calibration.hostOperator * (job.compiled ? hostCalibration.compiledShare : 1);
  const operators = issuedOperators(job, block);
  const issue = operators.forward * perOperator;
  const visible = moe ? routeWait(job, moe) : 0;
  const held = (issued: Seconds, device: Seconds): Seconds => Math.max(0, issued - device) + visible * Math.min(issued, device);
  const adapters = adapterWork(job, block, devices.plain, tokens);
  const forwardDevice = linear.forward + adapters.forward + attention + streaming + comm.forward + ring.forward + experts.forward;
  const forward: Work = {
    gemm: linear.forward + adapters.forward,
    attention,
    streaming,
    tensorComm: comm.forward,
    contextComm: ring.forward,
    expertComm: experts.forward,
    recompute: 0,
    host: held(issue, forwardDevice),
    total: forwardDevice + held(issue, forwardDevice),
  };
  const again = recomputeTime(job, {
    attention,
    products: linear.forward,
    streaming,
    feedForward: linear.feedForward,
    total: forward.total,
  });
  const gemm = linear.backwardInput + linear.backwardWeight + adapters.backward;
  const backwardDevice = gemm + attentionBack + streamingBack + comm.backward + ring.backward + experts.backward + again;
  const backwardIssue = operators.backward * perOperator;
  const backward: Work = {
    gemm,
    attention: attentionBack,
    streaming: streamingBack,
    tensorComm: comm.backward,
    contextComm: ring.backward,
    expertComm: experts.backward,
    recompute: again,
    host: held(backwardIssue, backwardDevice),
    total: backwardDevice + held(backwardIssue, backwardDevice),
  };
  return { forward, backward, backwardWeight: linear.backwardWeight, tensor: comm, context: ring, expert: experts };
}

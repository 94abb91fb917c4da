/**
 * The operators of one layer on one GPU for one micro batch, each with what it computes, what it moves through device memory
 * and how long it takes: the marks of a roofline chart (Williams et al. 2009). Times are those of `compute/block-work.ts`, of
 * which these are the parts: they add up to its products, attention and memory-bound kernels, which a test holds.
 */
import { adapterWork, dequantizeTime } from '../compute/adapter-work.ts';
import { attentionBytes, attentionFlops, backwardWork } from '../compute/attention.ts';
import type { Devices } from '../compute/block-work.ts';
import { castBytes, castWidths } from '../compute/casts.ts';
import { expertPairs } from '../compute/expert-work.ts';
import { mixingFlopsPerToken } from '../compute/flops.ts';
import { type Device, gemmTime, productBytes, streamTime, weightGradientBytes, weightGradientTime } from '../compute/gemm.ts';
import { groupedGemmTime } from '../compute/grouped-gemm.ts';
import { attentionShape, mixingWork } from '../compute/mixing-work.ts';
import { commonProducts, mixerProducts, mlpProducts, type Product } from '../compute/products.ts';
import { streamedParts } from '../compute/streamed-bytes.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block, ExpertFeedForward, Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes, Flops, FlopsPerSecond, Seconds } from '../units.ts';

export type OperatorKind = 'product' | 'attention' | 'memory-bound';

export interface LayerOperator {
  readonly label: string;
  readonly kind: OperatorKind;
  readonly pass: 'forward' | 'backward';
  readonly seconds: Seconds;
  /** Undefined where nobody counts them, so that the operator has no place in a roofline. */
  readonly flops: Flops | undefined;
  readonly bytes: Bytes | undefined;
  /** Dense rate of the units that do it: matrix units in the format of the product, or vector units. */
  readonly peak: FlopsPerSecond;
}

type Add = (operator: LayerOperator) => void;

/** The products of a list, forward and with both gradients. */
function addProducts(job: TrainingJob, device: Device, tokens: number, products: readonly Product[], add: Add): void {
  const accumulated = job.framework.startsWith('megatron') ? bytesPerElement(job.precision.gradients) : 0;
  for (const [n, k, label] of products) {
    const flops = 2 * tokens * n * k;
    const bytes = productBytes(device, 1, tokens, n, k);
    const backBytes = productBytes(device, 1, tokens, k, n);
    const { peak } = device;
    add({ label, kind: 'product', pass: 'forward', seconds: gemmTime(device, tokens, n, k), flops, bytes, peak });
    add({
      label: `${label}: input gradient`,
      kind: 'product',
      pass: 'backward',
      seconds: gemmTime(device, tokens, k, n),
      flops,
      bytes: backBytes,
      peak,
    });
    if (job.adapter) continue;
    add({
      label: `${label}: weight gradient`,
      kind: 'product',
      pass: 'backward',
      seconds: weightGradientTime(device, n, k, tokens, accumulated),
      flops,
      bytes: weightGradientBytes(device, n, k, tokens, accumulated),
      peak,
    });
  }
  const restored = dequantizeTime(job, products, device);
  if (restored === 0) return;
  for (const pass of ['forward', 'backward'] as const) {
    add({
      label: 'Weights brought back to 16 bits',
      kind: 'memory-bound',
      pass,
      seconds: restored,
      flops: undefined,
      bytes: undefined,
      peak: device.vector,
    });
  }
}

/** The products of the local experts, each a grouped kernel over all of them. */
function addExperts(job: TrainingJob, feedForward: ExpertFeedForward, device: Device, tokens: number, add: Add): void {
  const local = feedForward.experts / job.parallel.expert;
  const each = expertPairs(job, feedForward, tokens) / local;
  const { hidden } = job.model;
  for (const [n, k, name] of mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || hidden, job.parallel.expertTensor)) {
    const label = name.replace('MLP', 'Experts');
    const flops = 2 * local * each * n * k;
    const grouped = (pass: LayerOperator['pass'], suffix: string, m: number, columns: number, depth: number): void =>
      add({
        label: `${label}${suffix}`,
        kind: 'product',
        pass,
        seconds: groupedGemmTime(device, local, m, columns, depth),
        flops,
        bytes: m >= 1 ? productBytes(device, local, m, columns, depth) : productBytes(device, Math.max(1, local * m), 1, columns, depth),
        peak: device.peak,
      });
    grouped('forward', '', each, n, k);
    grouped('backward', ': input gradient', each, k, n);
    if (!job.adapter) grouped('backward', ': weight gradient', n, k, each);
  }
}

const mixingLabels: Readonly<Record<Mixer['kind'], string>> = {
  attention: 'Attention',
  mla: 'Latent attention',
  mamba1: 'Selective scan',
  mamba2: 'Chunked scan',
  delta: 'Delta rule',
};

/** What a mixer does between its projections. What a scan moves is not counted by itself. */
function addMixing(job: TrainingJob, mixer: Mixer, device: Device, tokens: number, add: Add): void {
  const { forward, backward } = mixingWork(job, mixer, device, tokens);
  const label = mixingLabels[mixer.kind];
  const shape = attentionShape(job, mixer);
  if (!shape) {
    const flops = (tokens * mixingFlopsPerToken(mixer, job.sequenceLength, true)) / job.parallel.tensor;
    add({ label, kind: 'attention', pass: 'forward', seconds: forward, flops, bytes: undefined, peak: device.peak });
    add({ label, kind: 'attention', pass: 'backward', seconds: backward, flops: 2 * flops, bytes: undefined, peak: device.peak });
    return;
  }
  const flops = attentionFlops(shape);
  const bytes = attentionBytes(device, shape);
  // Without a fused kernel nothing is computed twice: four products for two.
  const again = shape.kernel === 'unfused' ? 2 : backwardWork;
  add({ label, kind: 'attention', pass: 'forward', seconds: forward, flops, bytes: bytes.forward, peak: device.peak });
  add({ label, kind: 'attention', pass: 'backward', seconds: backward, flops: again * flops, bytes: bytes.backward, peak: device.peak });
}

interface Streaming {
  readonly label: string;
  readonly forward: Bytes;
  readonly backward: Bytes;
  readonly kernels: number;
  readonly flops: Flops;
}

/** Memory-bound kernels. Their common start is shared out by what each takes. */
function addStreaming(job: TrainingJob, block: Block, device: Device, tokens: number, add: Add): void {
  const { feedForward } = block;
  const pairs = feedForward?.kind === 'moe' ? expertPairs(job, feedForward, tokens) : 0;
  const parts: Streaming[] = [...streamedParts(job, block, tokens, pairs)];
  if (job.precision.fp8) {
    const { inputs, outputs } = castWidths(job, block, tokens);
    const each = castBytes(job) * tokens;
    parts.push({ label: 'Casts to fewer bits', forward: each * inputs, backward: each * outputs, kernels: 0, flops: tokens * inputs });
  }
  for (const pass of ['forward', 'backward'] as const) {
    const floors = device.calibration.kernelFloor * (pass === 'forward' ? 1 : 2);
    const own = parts.map((part) => streamTime(device, part[pass]) - device.calibration.kernelFloor + part.kernels * floors);
    const all = own.reduce((sum, seconds) => sum + seconds, 0);
    const scale = all > 0 ? (all + device.calibration.kernelFloor) / all : 0;
    parts.forEach(({ label, flops, [pass]: bytes }, index) => {
      const seconds = (own[index] ?? 0) * scale;
      // A derivative takes about twice the operations.
      add({ label, kind: 'memory-bound', pass, seconds, flops: pass === 'forward' ? flops : 2 * flops, bytes, peak: device.vector });
    });
  }
}

/** Every operator of a layer of this kind, forward ones first. */
export function layerOperators(job: TrainingJob, block: Block, devices: Devices): readonly LayerOperator[] {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const { hidden } = job.model;
  const { tensor } = job.parallel;
  const operators: LayerOperator[] = [];
  const add: Add = (operator) => {
    if (operator.seconds > 0) operators.push(operator);
  };
  for (const mixer of [block.mixer, block.cross]) {
    if (!mixer) continue;
    addProducts(job, devices.linear, tokens, mixerProducts(mixer, hidden, tensor), add);
    addMixing(job, mixer, devices.plain, tokens, add);
  }
  const { feedForward } = block;
  if (feedForward) addProducts(job, devices.linear, tokens, commonProducts(feedForward, hidden, tensor), add);
  if (feedForward?.kind === 'moe') addExperts(job, feedForward, devices.linear, tokens, add);
  addStreaming(job, block, devices.plain, tokens, add);
  const adapters = adapterWork(job, block, devices.plain, tokens);
  for (const pass of ['forward', 'backward'] as const) {
    add({
      label: 'Adapters',
      kind: 'product',
      pass,
      seconds: adapters[pass],
      flops: undefined,
      bytes: undefined,
      peak: devices.plain.peak,
    });
  }
  return [...operators.filter(({ pass }) => pass === 'forward'), ...operators.filter(({ pass }) => pass === 'backward')];
}

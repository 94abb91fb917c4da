/**
 * What one layer of a plain PyTorch model keeps for its backward pass, tensor by tensor, and the gradients alive at the
 * worst point of that pass. Autograd saves what a derivative needs:
 * - RMSNorm written out keeps an fp32 copy of its input (Transformers modeling_llama.py LlamaRMSNorm); a fused norm or
 *   F.layer_norm keeps the input itself.
 * - A product keeps its input only when its weight is trained or carries an adapter. PEFT casts that input to the adapter's
 *   format, once per product (peft/tuners/lora/layer.py); under autocast each product keeps a copy of its own.
 * - Attention keeps queries, keys, values, result and one fp32 log-sum per row and head (Dao et al. 2022).
 * - A gated MLP keeps gate, up and the activated gate; fused ones gate and up (Hsu et al. 2024, Liger Kernel).
 * Backward holds most at the gate: its output's gradient and those of both factors (torch/autograd derivatives.yaml).
 * Not modelled: copies of grouped keys for kernels without grouped heads.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { AdapterTarget } from '../memory-inputs.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes } from '../units.ts';
import { isQuantized } from './base-weights.ts';
import { mixerActivations } from './mixer-activations.ts';
import { usesFsdp } from './states.ts';

export interface EagerLayer {
  /** Bytes kept from forward to backward when nothing is computed again. */
  readonly kept: Bytes;
  /** Of which are the input of the layer itself, which a checkpoint keeps anyway. */
  readonly input: Bytes;
  /** Of which only the score matrices of unfused attention. */
  readonly core: Bytes;
  /** What makes up `kept`. */
  readonly parts: { readonly norms: Bytes; readonly mixer: Bytes; readonly feedForward: Bytes; readonly masks: Bytes };
  /** Gradients and copies alive at the worst point of the backward pass, over what is kept then. */
  readonly backward: Bytes;
}

/** Bytes per element of a product's input that are kept for it. */
interface InputRule {
  /** One tensor serves all products that read it. */
  readonly shared: number;
  /** Each product keeps its own, by target. */
  readonly own: (target: AdapterTarget) => number;
  /** Every product keeps its input, whether it carries an adapter or not. */
  readonly all: boolean;
}

function inputRule(job: TrainingJob, element: number): InputRule {
  const { adapter, kernels } = job;
  if (!adapter) return kernels.autocast ? { shared: 0, own: () => element, all: true } : { shared: element, own: () => 0, all: true };
  const format = bytesPerElement(adapter.format);
  const v2 = adapter.kind === 'adapter-v2';
  const has = (target: AdapterTarget) => v2 || adapter.targets.includes(target);
  const paired = v2 || adapter.kind === 'lora' || adapter.kind === 'qlora' || adapter.kind === 'dora';
  const dropout = adapter.dropout && paired;
  // bitsandbytes before 0.43.2 keeps the input of every product (its pull request 1270).
  if (adapter.keepsInputs && isQuantized(job.baseFormat)) {
    const dropped = (target: AdapterTarget): number => (dropout && has(target) ? element + 1 : 0);
    return { shared: element, own: (target) => dropped(target) + (target === 'o' || target === 'down' ? element : 0), all: true };
  }
  if (!paired) return { shared: 0, own: () => 0, all: false };
  const cast = format !== element ? (kernels.autocast ? element : format) : 0;
  const dropped = adapter.dropout ? (cast > 0 ? cast : element) + 1 : 0;
  const own = cast > 0 || adapter.dropout ? (target: AdapterTarget) => (has(target) ? Math.max(cast, dropped) : 0) : () => 0;
  const any = cast === 0 && !adapter.dropout;
  return { shared: any ? element : 0, own, all: false };
}

function reads(job: TrainingJob, rule: InputRule, ...targets: readonly AdapterTarget[]): boolean {
  return rule.all || !job.adapter || job.adapter.kind === 'adapter-v2' || targets.some((target) => job.adapter?.targets.includes(target));
}

interface Widths {
  readonly tokens: number;
  readonly hidden: number;
  readonly element: number;
  readonly rule: InputRule;
}

/**
 * Score matrices of attention written out: LLaMA-like code takes the softmax in fp32 and keeps it beside its 16-bit copy,
 * with keys and values repeated for every head (Transformers modeling_llama.py, eager_attention_forward); older code stays
 * in the compute type and drops out.
 */
function coreBytes(job: TrainingJob, { mixer }: Block, tokens: number, element: number): Bytes {
  if (!mixer) return 0;
  const { core } = mixerActivations(job, mixer, tokens, true);
  if (job.attention !== 'unfused' || mixer.kind !== 'attention' || job.model.normalization !== 'rmsnorm') return core;
  const { tensor } = job.parallel;
  const scores = (mixer.heads / tensor) * tokens * job.sequenceLength * (4 + element);
  return scores + (2 * tokens * (mixer.heads - mixer.kvHeads) * mixer.headDim * element) / tensor;
}

function mixerPart(job: TrainingJob, block: Block, { tokens, hidden, element, rule }: Widths): Bytes {
  const { mixer } = block;
  if (!mixer) return 0;
  const { projections, out } = mixerActivations(job, mixer, tokens, true);
  const core = coreBytes(job, block, tokens, element);
  const input = reads(job, rule, 'q', 'k', 'v') ? rule.shared : 0;
  const own = rule.own('q') + rule.own('k') + rule.own('v');
  const outWidth = out / element;
  return projections + core + out + tokens * hidden * (input + own) + outWidth * rule.own('o');
}

/** Width of the gate-up product all tokens of a rank see: the MLP's, or that of the experts they visit and the shared ones. */
function innerWidth(job: TrainingJob, { feedForward }: Block): number {
  if (!feedForward) return 0;
  if (feedForward.kind === 'dense') return feedForward.ffn / job.parallel.tensor;
  return (feedForward.topK * feedForward.ffn) / job.parallel.expertTensor + feedForward.sharedFfn / job.parallel.tensor;
}

/** Tensors of the MLP's inner width that are kept: before the activation, gate, activated gate, and the product's input. */
function innerTensors(job: TrainingJob, gated: boolean, { shared, own }: InputRule): number {
  const { fusedMlp } = job.kernels;
  // An input that is copied for its adapter is not kept as it is.
  const product = shared > 0 && own('down') === 0 && (!job.adapter || job.adapter.targets.includes('down')) ? 1 : 0;
  return (gated ? (fusedMlp || job.compiled ? 2 : 3) : 1) + product;
}

function feedForwardPart(job: TrainingJob, block: Block, widths: Widths): { readonly kept: Bytes; readonly backward: Bytes } {
  const { feedForward } = block;
  const { tokens, hidden, element, rule } = widths;
  if (!feedForward) return { kept: 0, backward: tokens * hidden * element };
  const gated = feedForward.gated;
  const inner = tokens * innerWidth(job, block);
  const input = tokens * hidden * ((reads(job, rule, 'up', 'gate') ? rule.shared : 0) + rule.own('up') + (gated ? rule.own('gate') : 0));
  // Routed tokens are copied to their experts and back, with fp32 router logits and probabilities.
  const routed = feedForward.kind === 'moe' ? tokens * (2 * feedForward.topK * hidden * element + 8 * feedForward.experts) : 0;
  const tensors = innerTensors(job, gated, rule);
  const kept = input + routed + inner * (tensors * element + rule.own('down'));
  const productKept = tensors - (gated ? (job.kernels.fusedMlp || job.compiled ? 2 : 3) : 1);
  const gradients = gated ? (job.kernels.fusedMlp ? 1 : 3 - productKept) : 2 - productKept;
  return { kept, backward: element * (tokens * hidden + inner * gradients) };
}

/** Bytes of one layer of this kind for one micro batch. */
export function eagerLayer(job: TrainingJob, block: Block, tokens: number): EagerLayer {
  const { hidden, normalization } = job.model;
  const { tensor, sequence } = job.parallel;
  const element = bytesPerElement(job.precision.compute);
  // With fp32 weights under autocast the residual stream stays in fp32; what FSDP gathers has the compute type.
  const residual = job.kernels.autocast && job.precision.params === 'fp32' && !usesFsdp(job) ? 4 : element;
  const spread = sequence ? tensor : 1;
  const widths = { tokens, hidden, element, rule: inputRule(job, element) };
  const written = normalization === 'rmsnorm' && !job.kernels.fused && !job.compiled;
  const trainsNorms = !job.adapter || job.adapter.whole.includes('norms') || job.adapter.kind === 'adapter-v2';
  const perNorm = written ? 4 + (trainsNorms ? element : 0) : residual;
  const norms = (tokens * hidden * perNorm * block.norms) / spread;
  const mixer = mixerPart(job, block, widths);
  const mlp = feedForwardPart(job, block, widths);
  const masks = job.dropout ? (2 * tokens * hidden) / spread : 0;
  return {
    kept: norms + mixer + mlp.kept + masks,
    core: job.attention === 'unfused' ? coreBytes(job, block, tokens, element) : 0,
    parts: { norms, mixer, feedForward: mlp.kept, masks },
    input: written ? 0 : (tokens * hidden * residual) / spread,
    backward: mlp.backward,
  };
}

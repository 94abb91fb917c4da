/**
 * What the operators between the matrix products move through device memory, per layer and micro batch, counted operator
 * by operator. Fused: as Megatron-LM, Transformer Engine and torch.compile run them, one kernel for norm, for bias, dropout
 * and residual, for the activation and for the rotation. Eager: as PyTorch runs them one after the other, with what each
 * writes for the next to read.
 *
 * Widths are in tensors of the compute format: 1 is reading or writing one. Counted from megatron/core/fusions and
 * transformer_engine, and from transformers' modeling_llama.py (RMSNorm and rotary embedding in fp32).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block, Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes, Flops } from '../units.ts';

export interface Streamed {
  readonly forward: Bytes;
  readonly backward: Bytes;
  /** Kernels launched in the forward pass; backward about twice as many. */
  readonly kernels: number;
}

/** Reads and writes of one operator, in tensors, and its kernels. */
interface Passes {
  readonly forward: number;
  readonly backward: number;
  readonly kernels: number;
}

/** True where the software fuses chains of small operators. */
export function fusesOperators(job: TrainingJob): boolean {
  return job.compiled || job.kernels.fused;
}

const fusedNorm: Passes = { forward: 2, backward: 3, kernels: 1 };
/** torch.nn.LayerNorm is one kernel; its weight gradient reads input and gradient again. */
const eagerLayerNorm: Passes = { forward: 2, backward: 5, kernels: 1 };
/** Cast to fp32, square, mean, scale, cast back, weight: 36 bytes for 2-byte elements, half as many again backward. */
const eagerRmsNorm: Passes = { forward: 18, backward: 27, kernels: 6 };
const fusedRotation: Passes = { forward: 2, backward: 2, kernels: 1 };
/** Product with the cosine, rotated halves joined, product with the sine, sum. */
const eagerRotation: Passes = { forward: 10, backward: 10, kernels: 6 };

function norm(job: TrainingJob, fused: boolean): Passes {
  if (fused) return fusedNorm;
  return job.model.normalization === 'rmsnorm' ? eagerRmsNorm : eagerLayerNorm;
}

/** Residual addition with the dropout before it; backward the two branches' gradients are summed. */
function residual(job: TrainingJob, fused: boolean): Passes {
  if (!job.dropout) return { forward: 3, backward: 3, kernels: 1 };
  return fused ? { forward: 3.5, backward: 5.5, kernels: 1 } : { forward: 5.5, backward: 5.5, kernels: 2 };
}

/** Passes over one gate's width. */
function activation(gated: boolean, fused: boolean): Passes {
  if (!gated) return { forward: 2, backward: 3, kernels: 1 };
  return fused ? { forward: 3, backward: 5, kernels: 1 } : { forward: 5, backward: 9, kernels: 2 };
}

/** Visits put in order, put back, weighted and summed by operators of their own. */
const separately: Passes = { forward: 6, backward: 6, kernels: 12 };
/** In one kernel each way: a token is read once and written for each of its experts, then read for each and written once. */
const permuted = (topK: number): Passes => ({ forward: 2 + 2 / topK, backward: 2 + 2 / topK, kernels: 4 });

/** In the products before and after it: what is written in 8 bits more than a product writes, backward gate and up read once more. */
const inEpilogue: Passes = { forward: 0.5, backward: 2, kernels: 0 };

/** Elements per token and rank that a mixer's own small operators go over, with their passes. */
function mixerPasses(job: TrainingJob, mixer: Mixer, fused: boolean): Passes {
  const { tensor } = job.parallel;
  switch (mixer.kind) {
    case 'attention': {
      if (job.model.positionEmbedding !== 'rope') return { forward: 0, backward: 0, kernels: 0 };
      const width = ((mixer.heads + mixer.kvHeads) * mixer.headDim) / tensor;
      const rotation = fused ? fusedRotation : eagerRotation;
      const norms = mixer.qkNorm === 'none' ? { forward: 0, backward: 0, kernels: 0 } : norm(job, fused);
      return {
        forward: width * (rotation.forward + norms.forward),
        backward: width * (rotation.backward + norms.backward),
        kernels: 2 * (rotation.kernels + norms.kernels),
      };
    }
    case 'mla': {
      // Norms of the compressions, rotation of the positional parts, and heads assembled from their two parts.
      const { forward, backward, kernels } = norm(job, fused);
      const compressed = mixer.queryRank + mixer.kvRank;
      const assembled = (2 * mixer.heads * (mixer.nopeDim + mixer.ropeDim) + mixer.heads * mixer.valueDim) / tensor;
      return { forward: compressed * forward + assembled * 2, backward: compressed * backward + assembled * 2, kernels: 2 * kernels + 4 };
    }
    case 'mamba1':
    case 'mamba2':
      // The gate and its norm; convolution and scan count their own traffic.
      return { forward: (4 * mixer.inner) / tensor, backward: (7 * mixer.inner) / tensor, kernels: 2 };
    case 'delta': {
      // Norms of queries and keys, gate and its norm.
      const width = (2 * 2 * mixer.keyHeads * mixer.keyDim + 4 * mixer.valueHeads * mixer.valueDim) / tensor;
      return { forward: width, backward: 1.7 * width, kernels: 5 };
    }
  }
}

/** One of the operators between the products: what it moves, and what it works out where somebody counts that. */
export interface StreamedPart extends Streamed {
  readonly label: string;
  /** Of the forward pass: 5 for an element of a norm, 1 for any other, as DeepSpeed's profiler counts. */
  readonly flops: Flops;
}

/**
 * The operators one by one. A graph of the whole step has room for the most tokens an expert may get, so what came is copied to
 * pages to be kept (Megatron-LM moe_paged_stash). `tokens` on this TP group; `pairs` the visits of tokens to experts on this rank.
 */
export function streamedParts(job: TrainingJob, block: Block, tokens: number, pairs: number): readonly StreamedPart[] {
  const { tensor, sequence, expertTensor } = job.parallel;
  const fused = fusesOperators(job);
  const element = bytesPerElement(job.precision.compute);
  const hidden = (tokens * job.model.hidden) / (sequence ? tensor : 1);
  const parts: StreamedPart[] = [];
  const add = (label: string, elements: number, flops: Flops, { forward, backward, kernels }: Passes): void => {
    parts.push({ label, flops, kernels, forward: elements * element * forward, backward: elements * element * backward });
  };
  const times = (passes: Passes, count: number): Passes => ({ ...passes, kernels: count * passes.kernels });
  if (block.norms > 0) add('Norms', block.norms * hidden, 5 * block.norms * hidden, times(norm(job, fused), block.norms));
  const sums = block.parallel ? 1 : (block.mixer ? 1 : 0) + (block.feedForward ? 1 : 0) + (block.cross ? 1 : 0);
  if (sums > 0) add('Residual sums', sums * hidden, sums * hidden, times(residual(job, fused), sums));
  if (block.mixer) {
    const mixing = mixerPasses(job, block.mixer, fused);
    if (mixing.kernels > 0) add(mixerLabels[block.mixer.kind], tokens, (tokens * mixing.forward) / 2, mixing);
  }
  const { feedForward } = block;
  if (feedForward) {
    const gate = activation(feedForward.gated, job.compiled || job.kernels.fusedMlp);
    const width = (feedForward.kind === 'dense' ? feedForward.ffn : feedForward.sharedFfn) / tensor;
    if (width > 0) add('Activation function', tokens * width, tokens * width, gate);
    if (feedForward.kind === 'moe') {
      // Visits are put in order of experts, back again, and summed with their weights; router scores are small.
      const moved = pairs * (feedForward.latent || job.model.hidden);
      const inner = (pairs * feedForward.ffn) / expertTensor;
      add('Tokens to experts and back', moved, moved, job.kernels.fusedPermute ? permuted(feedForward.topK) : separately);
      if (job.cudaGraphs === 'step' && feedForward.capacityFactor === 0) {
        const inputs = (moved + inner) * (job.precision.fp8 ? 0.5 : 1);
        add('Kept by the experts, to pages and back', inputs + inner * (feedForward.gated ? 2 : 1), 0, {
          forward: 2,
          backward: 2,
          kernels: 2,
        });
      }
      const own = job.kernels.fusedExperts ? inEpilogue : gate;
      add('Activation function of the experts', inner, inner, width > 0 ? { ...own, kernels: 0 } : own);
    }
  }
  return parts;
}

const mixerLabels: Readonly<Record<Mixer['kind'], string>> = {
  attention: 'Rotary embedding',
  mla: 'Norms and heads of latent attention',
  mamba1: 'Gate and norm of the scan',
  mamba2: 'Gate and norm of the scan',
  delta: 'Norms and gate of the delta rule',
};

/** All of them together. */
export function streamedBytes(job: TrainingJob, block: Block, tokens: number, pairs: number): Streamed {
  let forward = 0;
  let backward = 0;
  let kernels = 0;
  for (const part of streamedParts(job, block, tokens, pairs)) {
    forward += part.forward;
    backward += part.backward;
    kernels += part.kernels;
  }
  return { forward, backward, kernels };
}

/**
 * Activation bytes one micro batch keeps per layer between its forward and backward pass, by operator.
 *
 * Without recomputation and with 16-bit elements: s b h (10 + 24/t + 5 a s / (h t)) for a plain GPT layer
 * (Korthikanti et al. 2022, equation 2), s b h (34 + 5 a s / h) / t with sequence parallelism (equation 4); selective
 * recomputation drops the last term (equation 6), full keeps the layer's input only, 2 s b h. The operators are counted
 * one by one, so that grouped query heads, gated MLPs, other element sizes and no dropout come out right.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { keyValueHeads } from '../parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Bytes } from '../units.ts';

export interface LayerActivations {
  readonly norms: Bytes;
  readonly qkv: Bytes;
  readonly attentionCore: Bytes;
  readonly attentionOut: Bytes;
  readonly mlp: Bytes;
  readonly dropoutMasks: Bytes;
  readonly total: Bytes;
}

/** Bytes kept when nothing is computed again. */
export function fullLayerActivations(job: TrainingJob, keepAttentionCore: boolean): LayerActivations {
  const { model } = job;
  const { tensor, sequence, context } = job.parallel;
  const element = bytesPerElement(job.precision.compute);
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  const spread = sequence ? tensor : 1;
  const hidden = tokens * model.hidden;
  // Norm inputs (two), and the norm outputs that feed QKV and the MLP (two): each kept once.
  const norms = (4 * hidden * element) / spread;
  const qkv = tokens * (model.heads / tensor + 2 * keyValueHeads(model, tensor)) * model.headDim * element;
  const square = (job.batch.micro * model.heads * (job.sequenceLength / context) * job.sequenceLength) / tensor;
  const unfused = job.attention === 'unfused' && keepAttentionCore ? square * (job.dropout ? 2 * element + 1 : element) : 0;
  // A fused kernel keeps one fp32 log-sum per row and head instead of the square.
  const statistics = job.attention === 'flash' ? (4 * tokens * model.heads) / tensor : 0;
  const attentionOut = (tokens * model.heads * model.headDim * element) / tensor;
  const wide = (tokens * model.ffn * element) / tensor;
  const mlp = model.gatedMlp ? 3 * wide : 2 * wide;
  const dropoutMasks = job.dropout ? (2 * hidden) / spread : 0;
  const attentionCore = unfused + statistics;
  const total = norms + qkv + attentionCore + attentionOut + mlp + dropoutMasks;
  return { norms, qkv, attentionCore, attentionOut, mlp, dropoutMasks, total };
}

/** Bytes of the input of one layer as checkpointed by full recomputation. */
export function layerInputBytes(job: TrainingJob): Bytes {
  const { tensor, sequence, context } = job.parallel;
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  return (tokens * job.model.hidden * bytesPerElement(job.precision.compute)) / (sequence ? tensor : 1);
}

/**
 * torchtitan's selective mode keeps the results of every second matrix product and of attention, and computes the rest
 * again (torchtitan/models/llama/parallelize_llama.py, per-op selective activation checkpointing).
 */
function perOperatorSelective(job: TrainingJob): Bytes {
  const { model } = job;
  const { tensor, context } = job.parallel;
  const element = bytesPerElement(job.precision.compute);
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  const perToken = (2 * model.heads + model.kvHeads) * model.headDim + model.ffn + model.hidden;
  return (tokens * perToken * element) / tensor + layerInputBytes(job);
}

/** Bytes one micro batch keeps per layer under the job's recomputation. */
export function keptPerLayer(job: TrainingJob): Bytes {
  const { granularity, method, layers } = job.recompute;
  if (granularity === 'none') return fullLayerActivations(job, true).total;
  if (granularity === 'selective') {
    return job.framework === 'torchtitan' ? perOperatorSelective(job) : fullLayerActivations(job, false).total;
  }
  // Uniform: one input for each group of layers. Block: some layers keep their input only, the others everything.
  if (method === 'uniform') return layerInputBytes(job) / layers;
  const share = recomputedShare(job);
  return share * layerInputBytes(job) + (1 - share) * fullLayerActivations(job, true).total;
}

/** Bytes alive only while one layer's backward pass runs: what recomputation brings back, and gradients in flight. */
export function transientPerLayer(job: TrainingJob): Bytes {
  const { tensor, sequence, context } = job.parallel;
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  const element = bytesPerElement(job.precision.compute);
  const full = fullLayerActivations(job, true).total;
  const group = job.recompute.granularity === 'full' && job.recompute.method === 'uniform' ? job.recompute.layers : 1;
  const back = job.recompute.granularity === 'none' ? 0 : Math.max(0, group * (full - keptPerLayer(job)));
  // Sequence parallelism gathers the whole sequence for each product; the gradient of the widest tensor is alive too.
  const gathered = sequence && tensor > 1 ? 2 * tokens * job.model.hidden * element : 0;
  const gradient = ((job.model.gatedMlp ? 2 : 1) * tokens * job.model.ffn * element) / tensor;
  return back + gathered + gradient;
}

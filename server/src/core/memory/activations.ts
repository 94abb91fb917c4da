/**
 * Activation bytes one micro batch keeps per layer between its forward and backward pass, by operator.
 *
 * Without recomputation and with 16-bit elements: s b h (10 + 24/t + 5 a s / (h t)) for a plain GPT layer
 * (Korthikanti et al. 2022, equation 2), s b h (34 + 5 a s / h) / t with sequence parallelism (equation 4); selective
 * recomputation drops the last term (equation 6), full keeps the layer's input only, 2 s b h. The operators are counted
 * one by one, so that grouped query heads, gated MLPs, experts, other element sizes and no dropout come out right.
 */
import { expertPairs } from '../compute/expert-work.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { isMegatron } from '../training/complete-memory.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Bytes } from '../units.ts';
import { eagerLayer } from './eager-activations.ts';
import { type MixerActivations, mixerActivations } from './mixer-activations.ts';
import { normResultBytes, savedInputBytes } from './saved-inputs.ts';

export interface LayerActivations extends MixerActivations {
  readonly norms: Bytes;
  readonly mlp: Bytes;
  readonly experts: Bytes;
  readonly dropoutMasks: Bytes;
  readonly total: Bytes;
}

const nothing: MixerActivations = { projections: 0, core: 0, out: 0 };

/** Tokens of one micro batch on one TP group. */
export function localTokens(job: TrainingJob): number {
  return (job.batch.micro * job.sequenceLength) / job.parallel.context;
}

/** Bytes kept when nothing is computed again; `keepCore` false: without the square of unfused attention. */
export function fullLayerActivations(job: TrainingJob, block: Block, keepCore: boolean): LayerActivations {
  const { tensor, sequence } = job.parallel;
  const element = bytesPerElement(job.precision.compute);
  const tokens = localTokens(job);
  const hidden = tokens * job.model.hidden;
  const spread = sequence ? tensor : 1;
  // Each norm's input, and its output where that feeds a product.
  const norms = (hidden * (block.norms * element + normResultBytes(job, block))) / spread;
  const mixed = block.mixer ? mixerActivations(job, block.mixer, tokens, keepCore) : nothing;
  const crossed = block.cross ? mixerActivations(job, block.cross, tokens, keepCore) : nothing;
  const { feedForward } = block;
  const width = feedForward?.kind === 'dense' ? feedForward.ffn : (feedForward?.sharedFfn ?? 0);
  const mlp = ((tokens * width) / tensor) * ((feedForward?.gated ? 2 : 1) * element + savedInputBytes(job));
  const experts = expertActivations(job, block, tokens);
  const halves = (block.mixer ? 1 : 0) + (feedForward ? 1 : 0);
  const dropoutMasks = job.dropout ? (halves * hidden) / spread : 0;
  const projections = mixed.projections + crossed.projections;
  const core = mixed.core + crossed.core;
  const out = mixed.out + crossed.out;
  const total = norms + projections + core + out + mlp + experts + dropoutMasks;
  return { norms, projections, core, out, mlp, experts, dropoutMasks, total };
}

/** Tokens as they arrive at the experts, both widths of the MLP, and the outputs that their weights multiply. */
function expertActivations(job: TrainingJob, { feedForward }: Block, tokens: number): Bytes {
  if (feedForward?.kind !== 'moe') return 0;
  const element = bytesPerElement(job.precision.compute);
  const pairs = expertPairs(job, feedForward, tokens);
  const width = feedForward.latent || job.model.hidden;
  const saved = savedInputBytes(job);
  const inner = (((feedForward.gated ? 2 : 1) * element + saved) * feedForward.ffn) / job.parallel.expertTensor;
  // Router logits and probabilities stay in fp32.
  const router = (8 * tokens * feedForward.experts) / (job.parallel.sequence ? job.parallel.tensor : 1);
  // The all-gather dispatcher keeps the tokens of every rank it gathered, over EP x expert TP ranks that each bring a
  // TP rank's part of the sequence (Megatron-LM token_dispatcher.py, MoEAllGatherTokenDispatcher).
  const { expert, expertTensor, tensor, expertDispatch } = job.parallel;
  const seen = (tokens / tensor) * expert * expertTensor;
  const gathered = expertDispatch === 'all-gather' && expert > 1 ? seen * job.model.hidden * element : 0;
  return pairs * (width * (element + saved) + inner) + router + gathered;
}

/** Bytes of the input of one layer as checkpointed by full recomputation. */
export function layerInputBytes(job: TrainingJob): Bytes {
  const { tensor, sequence } = job.parallel;
  return (localTokens(job) * job.model.hidden * bytesPerElement(job.precision.compute)) / (sequence ? tensor : 1);
}

/**
 * torchtitan's selective mode keeps the results of every second matrix product and of attention, and computes the rest
 * again (torchtitan/models/llama/parallelize_llama.py, per-op selective activation checkpointing).
 */
function perOperatorSelective(job: TrainingJob, block: Block): Bytes {
  const { mixer, feedForward } = block;
  const element = bytesPerElement(job.precision.compute);
  const heads = mixer?.kind === 'attention' ? (2 * mixer.heads + mixer.kvHeads) * mixer.headDim : 0;
  const ffn = feedForward?.kind === 'dense' ? feedForward.ffn : 0;
  const perToken = heads + ffn + job.model.hidden;
  const rest = heads === 0 || ffn === 0 ? fullLayerActivations(job, block, false).total / 2 : 0;
  return (localTokens(job) * perToken * element) / job.parallel.tensor + layerInputBytes(job) + rest;
}

/** Bytes that selective recomputation drops, by part. */
export interface Dropped {
  readonly norms: Bytes;
  readonly projections: Bytes;
  readonly mlp: Bytes;
  readonly experts: Bytes;
}

/**
 * Bytes that selective recomputation of these modules drops (Megatron-LM megatron/core/transformer/transformer_config.py,
 * recompute_modules), never the layer's input. The square of unfused attention is dropped already.
 */
export function droppedBy(job: TrainingJob, block: Block, full: LayerActivations): Dropped {
  const modules = job.recomputeModules;
  if (modules.length === 0) return { norms: 0, projections: 0, mlp: 0, experts: 0 };
  const { feedForward } = block;
  const has = (name: string) => modules.includes(name);
  const results = normResultBytes(job, block);
  const kept = block.norms * bytesPerElement(job.precision.compute);
  const norms = has('layernorm') && results > 0 ? (full.norms * results) / (kept + results) : 0;
  const mlp = has('mlp') || has('shared_experts') ? full.mlp : 0;
  let experts = 0;
  if (has('moe')) experts = full.experts;
  else if (has('moe_act') && feedForward?.kind === 'moe') {
    const inner = (expertPairs(job, feedForward, localTokens(job)) * feedForward.ffn) / job.parallel.expertTensor;
    experts = inner * savedInputBytes(job);
  }
  let projections = 0;
  if (has('mla_up_proj') && block.mixer?.kind === 'mla') {
    const compressed = 2 * block.mixer.queryRank + 2 * block.mixer.kvRank + block.mixer.ropeDim;
    projections = Math.max(0, full.projections - localTokens(job) * compressed * bytesPerElement(job.precision.compute));
  }
  const dropped = norms + mlp + experts + projections;
  const most = Math.max(0, full.total - layerInputBytes(job));
  const share = dropped > most ? most / dropped : 1;
  return { norms: norms * share, projections: projections * share, mlp: mlp * share, experts: experts * share };
}

const sumOf = ({ norms, projections, mlp, experts }: Dropped): Bytes => norms + mlp + experts + projections;

/** What one layer keeps without recomputation, under selective recomputation, and what its backward pass needs beside. */
interface Styled {
  readonly full: Bytes;
  readonly selective: Bytes;
  /** The layer's input, as far as it is part of what is kept. */
  readonly input: Bytes;
  readonly backward: Bytes;
}

/** Megatron-LM's fused layers count by the paper's operators; everything else tensor by tensor as autograd saves it. */
export function countsByOperator(job: TrainingJob): boolean {
  return isMegatron(job.framework) && job.kernels.fusedMlp;
}

function styled(job: TrainingJob, block: Block): Styled {
  if (countsByOperator(job)) {
    const full = fullLayerActivations(job, block, true);
    const withoutCore = fullLayerActivations(job, block, false);
    const selective = withoutCore.total - sumOf(droppedBy(job, block, withoutCore));
    return { full: full.total, selective, input: layerInputBytes(job), backward: gradientsInFlight(job, block) };
  }
  const { kept, input, core, backward } = eagerLayer(job, block, localTokens(job));
  const selective = job.framework === 'torchtitan' ? Math.min(kept, perOperatorSelective(job, block)) : kept - core;
  return { full: kept, selective, input, backward };
}

/** Bytes alive beside what is kept while one layer's backward pass runs: the gathered sequence, the widest gradient. */
function gradientsInFlight(job: TrainingJob, { feedForward }: Block): Bytes {
  const { tensor, sequence } = job.parallel;
  const tokens = localTokens(job);
  const element = bytesPerElement(job.precision.compute);
  // Sequence parallelism gathers the whole sequence for each product; the gradient of the widest tensor is alive too.
  const gathered = sequence && tensor > 1 ? 2 * tokens * job.model.hidden * element : 0;
  const gates = feedForward?.gated ? 2 : 1;
  const dense = feedForward?.kind === 'dense' ? (tokens * feedForward.ffn) / tensor : 0;
  const routed = feedForward?.kind === 'moe' ? (expertPairs(job, feedForward, tokens) * feedForward.ffn) / job.parallel.expertTensor : 0;
  return gathered + gates * Math.max(dense, routed) * element;
}

function keptOf(job: TrainingJob, { full, selective }: Styled): Bytes {
  const { granularity, method, layers } = job.recompute;
  if (granularity === 'none') return full;
  if (granularity === 'selective') return selective;
  // Uniform: one input for each group of layers. Block: some layers keep their input only, the others everything.
  if (method === 'uniform') return layerInputBytes(job) / layers;
  const share = recomputedShare(job);
  return share * layerInputBytes(job) + (1 - share) * full;
}

export interface LayerMemory {
  /** Bytes one micro batch keeps in one layer of this kind under the job's recomputation. */
  readonly kept: Bytes;
  /** Of which on the host. */
  readonly host: Bytes;
  /** Bytes alive only while one layer's backward pass runs: what recomputation brings back, and gradients in flight. */
  readonly transient: Bytes;
}

/** One layer of this kind for one micro batch. */
export function layerMemory(job: TrainingJob, block: Block): LayerMemory {
  const style = styled(job, block);
  const { granularity, method, layers } = job.recompute;
  const kept = keptOf(job, style);
  const group = granularity === 'full' && method === 'uniform' ? layers : 1;
  const brought = granularity === 'full' ? Math.max(0, group * (style.full - style.input)) : Math.max(0, style.full - kept);
  const back = granularity === 'none' ? 0 : brought;
  const away = job.offloadActivations ? kept : 0;
  return { kept: kept - away, host: away, transient: back + style.backward + (away > 0 ? kept : 0) };
}

/** Bytes one micro batch keeps in one layer of this kind under the job's recomputation. */
export function keptPerLayer(job: TrainingJob, block: Block): Bytes {
  return layerMemory(job, block).kept;
}

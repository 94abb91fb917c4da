/**
 * vLLM's memory budget and a roofline of prefill and decode.
 *
 *   KV pool = utilization * total memory - weights - activation peak of the profile run - memory outside PyTorch
 *   KV bytes per token and GPU = 2 * layers / PP * max(1, KV heads / TP) * head size * bytes
 *
 * (vllm/v1/worker/gpu_worker.py determine_available_memory; vllm/v1/kv_cache_interface.py.)
 * Decode streams the weights and the live KV cache once per token; prefill is compute bound. Known to be wrong for
 * speculative decoding and disaggregated serving, which are not modelled.
 */
import { computeCalibration } from '../calibration/compute.ts';
import { allReduceTime } from '../comms/collectives.ts';
import { place } from '../comms/network.ts';
import { attentionForward } from '../compute/attention.ts';
import { type Device, describeDevice, gemmTime, streamTime } from '../compute/gemm.ts';
import { groupedGemmTime } from '../compute/grouped-gemm.ts';
import { commonProducts, mixerProducts, mlpProducts } from '../compute/products.ts';
import type { EstimateResult } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { usableMemory } from '../memory/usable.ts';
import { type Block, countKinds, type ModelShape } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { embeddingParameters, headParameters, kindParameters, towerParameters } from '../parameters/model-parameters.ts';
import type { Bytes, Seconds } from '../units.ts';
import { GiB, MiB } from '../units.ts';
import { cachedElements, cachedElementsPerToken } from './cached-elements.ts';
import { servingTerms } from './serving-terms.ts';

/** Memory vLLM holds outside PyTorch's allocator, and per captured CUDA graph set. */
const outsideTorch = GiB(0.6);
const perRank = MiB(250);
const graphs = GiB(0.7);

/** Bytes of the weights on one GPU. Norms, biases and embeddings stay in 16 bits under every scheme here. */
export function weightBytes(job: ServingJob): Bytes {
  const { model, tensor, pipeline } = job;
  const scaled = job.weights === 'int4' ? 0.5 + 4.5 / 128 : bytesPerElement(job.weights);
  // Experts are divided over TP and the replicas of data parallelism together, whether whole (expert parallelism) or each
  // into slices: the bytes are the same (vllm/model_executor/layers/fused_moe/config.py, FusedMoEParallelConfig).
  const kinds = kindParameters(model, { tensor, expert: job.dataParallel, expertTensor: tensor });
  const counts = countKinds(model, 0, model.layers);
  const layers = kinds.reduce((sum, { total, norms }, kind) => sum + (counts[kind] ?? 0) * ((total - norms) * scaled + norms * 2), 0);
  const head = headParameters(model, tensor);
  const ends = 2 * (embeddingParameters(model, tensor) + head.norm + (model.tiedEmbeddings ? 0 : head.matrix) + besides(model, tensor));
  const wide = job.weights === 'fp32' ? 2 : 1;
  const mine = Math.ceil(model.layers / pipeline) / model.layers;
  return (mine * layers + (pipeline > 1 ? ends / 2 : ends) * wide) as Bytes;
}

/** Parameters of towers and of what stands outside blocks, embedding and head. */
function besides(model: ModelShape, tensor: number): number {
  return model.towers.reduce((sum, tower) => sum + towerParameters(tower, tensor), model.otherParameters);
}

/** Bytes of keys and values of one token on one GPU. KV heads fewer than TP are kept whole on each rank. */
export function kvBytesPerToken(job: ServingJob): Bytes {
  const { model } = job;
  const elements = cachedElementsPerToken(model, countKinds(model, 0, model.layers), job.tensor);
  return ((Math.ceil(model.layers / job.pipeline) * elements) / model.layers) * bytesPerElement(job.kvCache);
}

/** The widest MLP that one token runs through on one rank: of experts, all those it visits. */
function widestMlp(job: ServingJob): number {
  return job.model.blocks.reduce((most, { feedForward }) => {
    if (!feedForward) return most;
    const ffn = feedForward.kind === 'dense' ? feedForward.ffn : feedForward.topK * feedForward.ffn + feedForward.sharedFfn;
    return Math.max(most, ffn * (feedForward.gated ? 3 : 2));
  }, 0);
}

/** Peak of the profile run: widest MLP tensors of a full batch of tokens, and the sampler's logits in fp32. */
export function activationPeak(job: ServingJob): Bytes {
  const { model, tensor } = job;
  const tokens = job.maxBatchedTokens;
  const wide = (tokens * widestMlp(job) * 2) / tensor;
  const hidden = tokens * model.hidden * 2 * 4;
  const sampled = Math.min(job.maxSequences, tokens);
  // Logits are gathered whole on each rank before sampling: 16-bit, fp32 copy, sorted copy and probabilities.
  const logits = sampled * model.paddedVocab * (2 + 4 + 4 + 4);
  return Math.max(wide + hidden, logits + hidden / 2);
}

/** Seconds of one layer's products and streaming kernels for `tokens` tokens. */
function blockSeconds(job: ServingJob, block: Block, linear: Device, plain: Device, tokens: number): Seconds {
  const { model, tensor } = job;
  const { mixer, feedForward } = block;
  const products = [
    ...(mixer ? mixerProducts(mixer, model.hidden, tensor) : []),
    ...(feedForward ? commonProducts(feedForward, model.hidden, tensor) : []),
  ];
  let seconds = products.reduce((sum, [n, k]) => sum + gemmTime(linear, tokens, n, k, false), 0);
  let wide = feedForward?.kind === 'dense' ? feedForward.ffn : (feedForward?.sharedFfn ?? 0);
  if (feedForward?.kind === 'moe') {
    // Few tokens do not reach every expert; those that are reached share the visits. Replicas serve each other's tokens.
    const visits = tokens * feedForward.topK;
    const replicas = job.dataParallel;
    const reached = (feedForward.experts * (1 - (1 - feedForward.topK / feedForward.experts) ** (tokens * replicas))) / replicas;
    for (const [n, k] of mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || model.hidden, tensor)) {
      seconds += groupedGemmTime(linear, reached, visits / reached, n, k);
    }
    wide += feedForward.topK * feedForward.ffn;
  }
  return seconds + streamTime(plain, tokens * model.hidden * 2 * 10 + (tokens * wide * 6) / tensor);
}

/** `attention` is the time of the kinds of layer that mix tokens: `attention(block)`. */
function stepSeconds(job: ServingJob, linear: Device, plain: Device, tokens: number, attention: (block: Block) => Seconds): Seconds {
  const { model, tensor } = job;
  const placement = place(job.cluster, { size: tensor, stride: 1 });
  const comm = 2 * allReduceTime(placement, tensor, tokens * model.hidden * 2);
  const head = gemmTime(plain, Math.min(tokens, job.maxSequences), model.paddedVocab / tensor, model.hidden, false);
  const counts = countKinds(model, 0, model.layers);
  return model.blocks.reduce(
    (sum, block, kind) => sum + (counts[kind] ?? 0) * (blockSeconds(job, block, linear, plain, tokens) + attention(block) + comm),
    head,
  );
}

/** Tokens of the prompt that the time to first token is told for, at most half the context. */
const usualPrompt = 4096;
/** Tiny chunk sizes are told from this many chunks on. */
const mostChunks = 256;

/** Seconds to run a prompt through the model, in chunks of at most the batched tokens; each chunk attends to all before it. */
function prefillSeconds(job: ServingJob, linear: Device, plain: Device, prompt: number): Seconds {
  let seconds = 0;
  for (let done = 0; done < prompt; ) {
    const chunk = Math.max(Math.min(prompt - done, job.maxBatchedTokens), prompt / mostChunks);
    // Only a first chunk is a triangle; later ones see all earlier tokens.
    const attention = (block: Block) => prefillAttention(job, block, plain, chunk, done + chunk, done === 0);
    seconds += stepSeconds(job, linear, plain, chunk, attention);
    done += chunk;
  }
  return seconds;
}

function prefillAttention(job: ServingJob, { mixer }: Block, plain: Device, queries: number, keys: number, causal: boolean): Seconds {
  if (mixer?.kind !== 'attention' && mixer?.kind !== 'mla') return 0;
  const headDim = mixer.kind === 'mla' ? (mixer.nopeDim + mixer.ropeDim + mixer.valueDim) / 2 : mixer.headDim;
  const window = mixer.kind === 'attention' ? mixer.window : undefined;
  return attentionForward(plain, {
    batch: 1,
    queries,
    keys,
    heads: mixer.heads / job.tensor,
    headDim,
    causal,
    kernel: 'flash',
    dropout: false,
    newest: true,
    ...(window !== undefined && window < keys ? { window } : {}),
  });
}

/** Estimates a complete serving job. Refuses what the device cannot run. */
export function estimateServing(job: ServingJob): EstimateResult {
  const { accelerator } = job.cluster;
  const calibration = computeCalibration(accelerator.architecture);
  const plain = describeDevice(accelerator, 'bf16', calibration);
  if (!plain) return { refusal: { why: `the data sheet of ${accelerator.label} gives no dense 16-bit rate`, missing: [] } };
  const fp8 = job.weights === 'fp8' || job.weights === 'int8';
  const linear: Device = {
    ...((fp8 ? describeDevice(accelerator, job.weights, calibration) : undefined) ?? plain),
    elementBytes: bytesPerElement(job.weights),
  };
  const usable = usableMemory(accelerator);
  const weights = Math.max(0, weightBytes(job) - GiB(job.cpuOffloadGiB));
  const activation = activationPeak(job);
  const outside = outsideTorch + (job.tensor * job.pipeline > 1 ? perRank : 0);
  const captured = job.enforceEager ? 0 : graphs;
  const budget = job.gpuMemoryUtilization * usable.value;
  const pool = job.kvCacheBytes ?? Math.max(0, budget - weights - activation - outside);
  const perToken = kvBytesPerToken(job);
  const tokens = Math.floor(pool / (perToken * job.blockSize)) * job.blockSize;
  const batch = Math.max(1, Math.min(job.maxSequences, Math.floor(tokens / Math.max(1, job.maxModelLen / 2))));
  // A decode step reads every live token's keys and values once.
  const live = Math.min(tokens, batch * (job.maxModelLen / 2));
  const cacheBytes = bytesPerElement(job.kvCache);
  const decodeAttention = (block: Block) => streamTime(plain, live * cachedElements(block, job.tensor) * cacheBytes);
  const timePerToken = stepSeconds(job, linear, plain, batch, decodeAttention);
  const prompt = Math.max(1, Math.min(usualPrompt, Math.floor(job.maxModelLen / 2)));
  const firstToken = prefillSeconds(job, linear, plain, prompt);
  return {
    estimate: servingTerms(job, usable, {
      weights,
      activation,
      outside,
      captured,
      pool,
      perToken,
      tokens,
      batch,
      timePerToken,
      prompt,
      firstToken,
      budget,
    }),
  };
}

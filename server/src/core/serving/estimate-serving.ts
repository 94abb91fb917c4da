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
import { bands, computeCalibration } from '../calibration.ts';
import { allReduceTime } from '../comms/collectives.ts';
import { place } from '../comms/network.ts';
import { attentionForward } from '../compute/attention.ts';
import { type Device, describeDevice, gemmTime, streamTime } from '../compute/gemm.ts';
import type { EstimateResult, ServingEstimate } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { bandOf } from '../memory/stage-memory.ts';
import { usableMemory } from '../memory/usable.ts';
import { bytesPerElement } from '../number-format.ts';
import { embeddingParameters, headParameters, layerParameters, totalParameters } from '../parameters.ts';
import { sumOf, type Term } from '../term.ts';
import type { Bytes, Seconds } from '../units.ts';
import { GiB, MiB } from '../units.ts';

/** Memory vLLM holds outside PyTorch's allocator, and per captured CUDA graph set. */
const outsideTorch = GiB(0.6);
const perRank = MiB(250);
const graphs = GiB(0.7);

/** Bytes of the weights on one GPU. Norms, biases and embeddings stay in 16 bits under every scheme here. */
export function weightBytes(job: ServingJob): Bytes {
  const { model, tensor, pipeline } = job;
  const layer = layerParameters(model, tensor);
  const scaled = job.weights === 'int4' ? 0.5 + 4.5 / 128 : bytesPerElement(job.weights);
  const matrices = (layer.attention + layer.mlp) * scaled + layer.norms * 2;
  const head = headParameters(model, tensor);
  const ends = 2 * (embeddingParameters(model, tensor) + head.norm + (model.tiedEmbeddings ? 0 : head.matrix));
  const wide = job.weights === 'fp32' ? 2 : 1;
  return (Math.ceil(model.layers / pipeline) * matrices + (pipeline > 1 ? ends / 2 : ends) * wide) as Bytes;
}

/** Bytes of keys and values of one token on one GPU. KV heads fewer than TP are kept whole on each rank. */
export function kvBytesPerToken(job: ServingJob): Bytes {
  const heads = Math.max(1, job.model.kvHeads / job.tensor);
  return 2 * Math.ceil(job.model.layers / job.pipeline) * heads * job.model.headDim * bytesPerElement(job.kvCache);
}

/** Peak of the profile run: widest MLP tensors of a full batch of tokens, and the sampler's logits in fp32. */
export function activationPeak(job: ServingJob): Bytes {
  const { model, tensor } = job;
  const tokens = job.maxBatchedTokens;
  const wide = (tokens * model.ffn * (model.gatedMlp ? 3 : 2) * 2) / tensor;
  const hidden = tokens * model.hidden * 2 * 4;
  const sampled = Math.min(job.maxSequences, tokens);
  // Logits are gathered whole on each rank before sampling: 16-bit, fp32 copy, sorted copy and probabilities.
  const logits = sampled * model.paddedVocab * (2 + 4 + 4 + 4);
  return Math.max(wide + hidden, logits + hidden / 2);
}

function layerSeconds(job: ServingJob, device: Device, tokens: number): Seconds {
  const { model, tensor } = job;
  const qkv = ((model.heads + 2 * Math.max(tensor, model.kvHeads)) * model.headDim) / tensor;
  const up = ((model.gatedMlp ? 2 : 1) * model.ffn) / tensor;
  const products = [
    [qkv, model.hidden],
    [model.hidden, (model.heads * model.headDim) / tensor],
    [up, model.hidden],
    [model.hidden, model.ffn / tensor],
  ] as const;
  return products.reduce((sum, [n, k]) => sum + gemmTime(device, tokens, n, k, false), 0);
}

function stepSeconds(job: ServingJob, linear: Device, plain: Device, tokens: number, attention: Seconds): Seconds {
  const { model, tensor } = job;
  const placement = place(job.cluster, { size: tensor, stride: 1 });
  const comm = 2 * allReduceTime(placement, tensor, tokens * model.hidden * 2);
  const streaming = streamTime(plain, tokens * model.hidden * 2 * 10 + (tokens * model.ffn * 6) / tensor);
  const head = gemmTime(plain, Math.min(tokens, job.maxSequences), model.paddedVocab / tensor, model.hidden, false);
  return model.layers * (layerSeconds(job, linear, tokens) + attention + comm + streaming) + head;
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
  const decodeAttention = streamTime(plain, (live * perToken) / Math.max(1, job.model.layers / job.pipeline));
  const timePerToken = stepSeconds(job, linear, plain, batch, decodeAttention);
  const prompt = Math.min(job.maxModelLen, job.maxBatchedTokens);
  const prefillAttention = attentionForward(plain, {
    batch: 1,
    queries: prompt,
    keys: prompt,
    heads: job.model.heads / job.tensor,
    headDim: job.model.headDim,
    causal: true,
    kernel: 'flash',
    dropout: false,
    newest: true,
  });
  const firstToken = stepSeconds(job, linear, plain, prompt, prefillAttention);
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

interface ServingNumbers {
  readonly weights: number;
  readonly activation: number;
  readonly outside: number;
  readonly captured: number;
  readonly pool: number;
  readonly perToken: number;
  readonly tokens: number;
  readonly batch: number;
  readonly timePerToken: number;
  readonly prompt: number;
  readonly firstToken: number;
  readonly budget: number;
}

function servingTerms(job: ServingJob, usable: Term, n: ServingNumbers): ServingEstimate {
  const banded = (term: Term, share: number = bands.serving.share): Term => ({
    ...term,
    band: bandOf(term.value, { share, basis: bands.serving.basis }),
  });
  const weights: Term = banded(
    {
      id: 'memory.weights',
      label: 'Weights',
      unit: 'B',
      value: n.weights,
      formula: 'parameters on this GPU * bytes each, scales included',
      inputs: [
        { name: 'parameters', value: totalParameters(job.model), field: 'model.name' },
        { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
        { name: 'format', value: job.weights, field: 'serving.quantization' },
      ],
      source: 'vllm/model_executor/layers',
    },
    0.02,
  );
  const overhead = banded(
    sumOf('memory.overhead', 'Activations, graphs and libraries', 'B', [
      {
        id: 'memory.activations',
        label: 'Activation peak of the profile run',
        unit: 'B',
        value: n.activation,
        formula: 'max(MLP tensors of a full batch, logits of all sequences)',
        inputs: [
          { name: 'batched tokens', value: job.maxBatchedTokens, field: 'serving.maxBatchedTokens' },
          { name: 'sequences', value: job.maxSequences, field: 'serving.maxSequences' },
        ],
        source: 'vllm/v1/worker/gpu_worker.py determine_available_memory',
      },
      {
        id: 'memory.outside',
        label: 'CUDA context and NCCL',
        unit: 'B',
        value: n.outside,
        inputs: [{ name: 'fixed', value: 1, from: 'calibration' }],
      },
      {
        id: 'memory.graphs',
        label: 'CUDA graphs',
        unit: 'B',
        value: n.captured,
        inputs: [{ name: 'enforce eager', value: String(job.enforceEager), field: 'serving.enforceEager' }],
      },
    ]),
    0.5,
  );
  const kvCache = banded({
    id: 'memory.kv-cache',
    label: 'KV cache pool',
    unit: 'B',
    value: n.pool,
    formula: job.kvCacheBytes === undefined ? 'utilization * usable memory - weights - activation peak - outside' : 'as configured',
    inputs: [
      { name: 'utilization', value: job.gpuMemoryUtilization, field: 'serving.gpuMemoryUtilization' },
      { name: 'budget', value: n.budget, field: 'cluster.gpu' },
    ],
    source: 'vllm/v1/worker/gpu_worker.py determine_available_memory',
  });
  const total = banded(sumOf('memory.total', 'Memory per GPU', 'B', [weights, overhead, kvCache]), 0.05);
  const kvBytes: Term = {
    id: 'kv.bytes-per-token',
    label: 'KV cache bytes per token and GPU',
    unit: 'B',
    value: n.perToken,
    formula: '2 * layers / PP * max(1, KV heads / TP) * head size * bytes',
    inputs: [
      { name: 'layers', value: job.model.layers, field: 'model.layers' },
      { name: 'KV heads', value: job.model.kvHeads, field: 'model.kvHeads' },
      { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
      { name: 'format', value: job.kvCache, field: 'serving.kvCacheDtype' },
    ],
    source: 'vllm/v1/kv_cache_interface.py',
  };
  const kvTokens = banded({
    id: 'kv.tokens',
    label: 'Tokens that fit in the KV cache',
    unit: 'tokens',
    value: n.tokens,
    formula: 'pool / bytes per token, whole blocks',
    inputs: [{ name: 'block', value: job.blockSize, field: 'serving.blockSize' }],
  });
  const concurrency = banded({
    id: 'kv.concurrency',
    label: 'Requests of the full context at once',
    unit: 'count',
    value: n.tokens / job.maxModelLen,
    formula: 'KV tokens / max model length',
    inputs: [{ name: 'max model length', value: job.maxModelLen, field: 'serving.maxModelLen' }],
  });
  const timePerToken: Term = {
    id: 'decode.time-per-token',
    label: 'TPOT',
    unit: 's',
    value: n.timePerToken,
    formula: 'weights and live KV cache streamed once, collectives, launch floors',
    inputs: [{ name: 'batch', value: n.batch, field: 'serving.maxSequences' }],
    band: bandOf(n.timePerToken, { share: 0.35, basis: 'roofline only, not yet validated' }),
  };
  const replicas = job.dataParallel;
  const perSecond = (n.batch * replicas) / n.timePerToken;
  const gpus = job.tensor * job.pipeline * replicas;
  const price = job.cluster.pricePerGpuHour;
  const needed = n.weights + n.activation + n.outside;
  return {
    kind: 'serving',
    gpus,
    parameters: { id: 'parameters', label: 'Parameters', value: totalParameters(job.model), unit: 'count' },
    memory: { weights, overhead, kvCache, total, usable, fits: needed > n.budget ? 'no' : n.tokens < job.maxModelLen ? 'close' : 'yes' },
    kvBytesPerToken: kvBytes,
    kvTokens,
    concurrency,
    decode: {
      batch: n.batch,
      timePerToken,
      tokensPerSecond: {
        id: 'decode.tokens',
        label: 'Decode tokens per second',
        unit: 'tokens/s',
        value: perSecond,
        formula: 'batch / TPOT * replicas',
        inputs: [{ name: 'batch', value: n.batch }],
        band: bandOf(perSecond, { share: 0.35, basis: 'roofline only, not yet validated' }),
      },
    },
    prefill: {
      tokens: n.prompt,
      timeToFirstToken: {
        id: 'prefill.time',
        label: 'TTFT of one unqueued request',
        unit: 's',
        value: n.firstToken,
        formula: 'products, attention and collectives of the prompt',
        inputs: [{ name: 'prompt tokens', value: n.prompt, field: 'serving.maxBatchedTokens' }],
        band: bandOf(n.firstToken, { share: 0.35, basis: 'roofline only, not yet validated' }),
      },
    },
    ...(price === undefined
      ? {}
      : {
          cost: {
            perMillionTokens: {
              id: 'cost.per-million-tokens',
              label: 'Cost of a million generated tokens',
              unit: 'USD' as const,
              value: ((price * gpus) / 3600 / perSecond) * 1e6,
              formula: 'price * GPUs / 3600 / tokens per second * 1e6',
              inputs: [{ name: 'price', value: price, field: 'cluster.pricePerGpuHour' as const }],
              band: bandOf(((price * gpus) / 3600 / perSecond) * 1e6, { share: 0.35, basis: 'roofline only, not yet validated' }),
            },
          },
        }),
    assumptions: job.assumptions,
  };
}

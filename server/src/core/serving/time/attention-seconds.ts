/**
 * What a step spends on tokens reading others: prompts by pairs of query and key, decoding requests by the cached tokens they
 * read. Both are linear, so four sums describe any mix of requests.
 *
 *   prompts:  2 (pairs + queries * ramp) * heads / TP * (d_qk + d_v) / (peak * share)
 *   decode:   live tokens * bytes a token leaves in the layer / (bandwidth * share), and a little for each request and head
 *             or 4 FLOPs a query head and element of the cache on vector units, by kernels that take each query head by itself
 *   MLA:      decode multiplies the compressed cache by all heads' absorbed queries and sums it (DeepSeek-AI 2024, section 2.1.2):
 *             4 heads / TP * (rank + rope / 2) FLOPs a token where they take longer than reading it once for all heads
 */
import type { AttentionFit } from '../../calibration/compute.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type AttentionMixer, type Block, countKinds } from '../../model-shape.ts';
import type { Seconds } from '../../units.ts';
import { since } from '../engines/engine-id.ts';
import { layerCache } from '../memory/cache-layers.ts';
import { splitOf } from '../memory/weight-bytes.ts';
import type { ServingDevices } from './devices.ts';

/** One kind of attention layer, times how many of it the model has. */
interface AttentionLayers {
  readonly layers: number;
  /** Seconds of one pair of query and key, of all heads of the rank. */
  readonly perPair: Seconds;
  /** Pairs that each query costs beyond those it looks at: the ramp of short key lengths. */
  readonly ramp: number;
  /** Seconds of one cached token, read and multiplied. */
  readonly perLive: Seconds;
  /** Seconds of each decoding request beside that. */
  readonly perRequest: Seconds;
  readonly promptFloor: Seconds;
  readonly decodeFloor: Seconds;
  /** Tokens a position looks back on at most. */
  readonly window: number;
}

/** Wider than any context; finite, as it is multiplied. */
const noWindow = 2 ** 40;

/** vLLM took the prompts' attention from xformers until FlashAttention 2 came in 0.4 (vllm/attention/backends/flash_attn.py). */
const olderAttention = ({ engine }: ServingJob): boolean => engine.id === 'vllm' && !since(engine, '0.4');

function attentionShare({ share64, share128, share256 }: AttentionFit, size: number): number {
  if (size <= 64) return share64;
  return size <= 128 ? share64 + ((size - 64) / 64) * (share128 - share64) : Math.min(share128, share256);
}

/** Query heads of one key head for which releases of TensorRT-LLM before 0.10 have the kernel that reads the cache once for them. */
const sharedReads: ReadonlySet<number> = new Set([1, 8, 16]);

/**
 * TensorRT-LLM's first decode kernel takes each query head by itself, on the vector units. From 0.6 on one that reads the cache once for all
 * of a key head is there (XQA), until 0.10 for heads of 128 and 256 and the numbers above alone (decoderXQARunner.h).
 */
function multipliesByHead({ engine }: ServingJob, { heads, kvHeads, headDim }: AttentionMixer): boolean {
  if (engine.id !== 'tensorrt-llm' || heads === kvHeads || since(engine, '0.10')) return false;
  return !(since(engine, '0.6') && (headDim === 128 || headDim === 256) && sharedReads.has(heads / kvHeads));
}

const vectorPeak = ({ cluster }: ServingJob): number => cluster.accelerator.peak.fp32?.value ?? Number.POSITIVE_INFINITY;

/** Seconds of one cached token in one layer: its bytes, or the FLOPs of all heads on it where MLA reads it once for all. */
function liveSeconds(job: ServingJob, { plain, serving }: ServingDevices, block: Block): Seconds {
  const { mixer } = block;
  // Groups of their own requests, and ranks that share out the tokens of one, each read a part.
  const read = (layerCache(job, block)?.bytes ?? 0) / job.contextRanks / (plain.bandwidth * serving.decodeShare);
  if (mixer?.kind === 'attention' && multipliesByHead(job, mixer)) {
    const flops = (4 * mixer.heads * mixer.headDim) / splitOf(job).attention;
    return Math.max(read, flops / (vectorPeak(job) * serving.vectorShare)) / job.attentionData;
  }
  if (mixer?.kind !== 'mla') return read / job.attentionData;
  const flops = (2 * mixer.heads * (2 * mixer.kvRank + mixer.ropeDim)) / splitOf(job).attention;
  return Math.max(read, flops / (plain.peak * serving.latentShare)) / job.attentionData;
}

/** Linear attention and state-space layers read and write a state for each request, however long its context. */
function stateLayers(job: ServingJob, { plain, serving }: ServingDevices, block: Block, layers: number): AttentionLayers | undefined {
  const cache = layerCache(job, block);
  if (cache?.kind !== 'state') return undefined;
  const perRequest = (2 * cache.bytes) / (plain.bandwidth * serving.decodeShare) / job.attentionData;
  const floor = plain.calibration.kernelFloor;
  return { layers, perPair: 0, ramp: 0, perLive: 0, perRequest, promptFloor: floor, decodeFloor: floor, window: noWindow };
}

function layersOf(job: ServingJob, devices: ServingDevices, block: Block, layers: number): AttentionLayers | undefined {
  const { mixer } = block;
  if (mixer?.kind !== 'attention' && mixer?.kind !== 'mla') return stateLayers(job, devices, block, layers);
  const { plain, serving } = devices;
  // Heads of one rank, and of them what a request of the whole engine costs each rank on average.
  const heads = mixer.heads / splitOf(job).attention / job.attentionData;
  const [key, value] = mixer.kind === 'mla' ? [mixer.nopeDim + mixer.ropeDim, mixer.valueDim] : [mixer.headDim, mixer.headDim];
  const { attention, sustainedShare } = plain.calibration;
  const older = olderAttention(job);
  const fit = older ? attention.flash2 : attention.newest;
  const share = attentionShare(fit, (key + value) / 2) * (older ? attention.flash1Rate : 1);
  const rate = plain.peak * share * sustainedShare;
  return {
    layers,
    perPair: (2 * heads * (key + value)) / rate,
    ramp: fit.keyRamp,
    perLive: liveSeconds(job, devices, block),
    perRequest: heads * serving.decodeHead,
    promptFloor: fit.floor,
    decodeFloor: serving.decodeFloor,
    window: (mixer.kind === 'attention' ? mixer.window : mixer.index?.tokens) ?? noWindow,
  };
}

/** Seconds of attention of a step's prompts and of its decoding requests. */
export interface AttentionTimer {
  prompts(tokens: number, pairs: number): Seconds;
  decode(requests: number, live: number): Seconds;
}

/** What layers cost together that look back without bound, or within one and the same window. */
interface AttentionSum {
  readonly window: number;
  perPair: Seconds;
  perQuery: Seconds;
  perLive: Seconds;
  perRequest: Seconds;
  promptFloor: Seconds;
  decodeFloor: Seconds;
}

function sumsByWindow(kinds: readonly AttentionLayers[]): readonly AttentionSum[] {
  const sums = new Map<number, AttentionSum>();
  for (const { layers, window, perPair, ramp, perLive, perRequest, promptFloor, decodeFloor } of kinds) {
    const nothing = { perPair: 0, perQuery: 0, perLive: 0, perRequest: 0, promptFloor: 0, decodeFloor: 0 };
    const sum = sums.get(window) ?? { window, ...nothing };
    sums.set(window, sum);
    sum.perPair += layers * perPair;
    sum.perQuery += layers * perPair * ramp;
    sum.perLive += layers * perLive;
    sum.perRequest += layers * perRequest;
    sum.promptFloor += layers * promptFloor;
    sum.decodeFloor += layers * decodeFloor;
  }
  return [...sums.values()];
}

export function attentionTimer(job: ServingJob, devices: ServingDevices): AttentionTimer {
  const counts = countKinds(job.model, 0, job.model.layers);
  const sums = sumsByWindow(job.model.blocks.flatMap((block, kind) => layersOf(job, devices, block, counts[kind] ?? 0) ?? []));
  return {
    prompts(tokens, pairs) {
      let seconds = 0;
      if (!(pairs > 0)) return seconds;
      for (let i = 0; i < sums.length; i++) {
        const { window, perPair, perQuery, promptFloor } = sums[i] as AttentionSum;
        seconds += perPair * Math.min(pairs, tokens * window) + perQuery * Math.min(tokens, pairs) + promptFloor;
      }
      return seconds;
    },
    decode(requests, live) {
      let seconds = 0;
      if (!(live > 0)) return seconds;
      for (let i = 0; i < sums.length; i++) {
        const { window, perLive, perRequest, decodeFloor } = sums[i] as AttentionSum;
        seconds += perLive * Math.min(live, Math.max(1, requests) * window) + perRequest * requests + decodeFloor;
      }
      return seconds;
    },
  };
}

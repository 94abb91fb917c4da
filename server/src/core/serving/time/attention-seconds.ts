/**
 * What a step spends on tokens reading others: prompts by pairs of query and key, decoding requests by the cached tokens they
 * read. Both are linear, so four sums describe any mix of requests.
 *
 *   prompts:  2 (pairs + queries * ramp) * heads / TP * (d_qk + d_v) / (peak * share)
 *   decode:   live tokens * bytes a token leaves in the layer / bandwidth, or the FLOPs of it where they take longer
 */
import { type Device, streamTime } from '../../compute/gemm.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds } from '../../model-shape.ts';
import { bytesPerElement } from '../../number-format.ts';
import type { Seconds } from '../../units.ts';
import { cachedElements } from '../memory/cached-elements.ts';
import type { ServingDevices } from './devices.ts';

/** One kind of attention layer, times how many of it the model has. */
interface AttentionLayers {
  readonly layers: number;
  /** Seconds of one pair of query and key, of all heads of the rank. */
  readonly perPair: Seconds;
  /** Pairs that each query costs beyond those it looks at: the ramp of short key lengths. */
  readonly ramp: number;
  /** Seconds of reading one cached token. */
  readonly perLive: Seconds;
  readonly floor: Seconds;
  /** Tokens a position looks back on at most. */
  readonly window: number;
}

/** Wider than any context; finite, as it is multiplied. */
const noWindow = 2 ** 40;

function attentionShare(device: Device, size: number): number {
  const { share64, share128, share256 } = device.calibration.attention.newest;
  if (size <= 64) return share64;
  return size <= 128 ? share64 + ((size - 64) / 64) * (share128 - share64) : Math.min(share128, share256);
}

function layersOf(job: ServingJob, { plain }: ServingDevices, block: Block, layers: number): AttentionLayers | undefined {
  const { mixer } = block;
  if (mixer?.kind !== 'attention' && mixer?.kind !== 'mla') return undefined;
  const heads = mixer.heads / job.tensor;
  const [key, value] = mixer.kind === 'mla' ? [mixer.nopeDim + mixer.ropeDim, mixer.valueDim] : [mixer.headDim, mixer.headDim];
  const fit = plain.calibration.attention.newest;
  const rate = plain.peak * attentionShare(plain, (key + value) / 2) * plain.calibration.sustainedShare;
  const floor = plain.calibration.kernelFloor;
  return {
    layers,
    perPair: (2 * heads * (key + value)) / rate,
    ramp: fit.keyRamp,
    perLive: streamTime(plain, cachedElements(block, job.tensor) * bytesPerElement(job.kvCache)) - floor,
    floor,
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
  floor: Seconds;
}

function sumsByWindow(kinds: readonly AttentionLayers[]): readonly AttentionSum[] {
  const sums = new Map<number, AttentionSum>();
  for (const { layers, window, perPair, ramp, perLive, floor } of kinds) {
    const sum = sums.get(window) ?? { window, perPair: 0, perQuery: 0, perLive: 0, floor: 0 };
    sums.set(window, sum);
    sum.perPair += layers * perPair;
    sum.perQuery += layers * perPair * ramp;
    sum.perLive += layers * perLive;
    sum.floor += layers * floor;
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
        const { window, perPair, perQuery, floor } = sums[i] as AttentionSum;
        seconds += perPair * Math.min(pairs, tokens * window) + perQuery * Math.min(tokens, pairs) + floor;
      }
      return seconds;
    },
    decode(requests, live) {
      let seconds = 0;
      if (!(live > 0)) return seconds;
      for (let i = 0; i < sums.length; i++) {
        const { window, perLive, floor } = sums[i] as AttentionSum;
        seconds += perLive * Math.min(live, Math.max(1, requests) * window) + floor;
      }
      return seconds;
    },
  };
}

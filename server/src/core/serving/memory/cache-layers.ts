/** What one layer keeps of the tokens it has seen: bytes per token, or a state per sequence. */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Block, Mixer } from '../../model-shape.ts';
import { bytesPerElement } from '../../number-format.ts';
import { keyValueHeads } from '../../parameters/mixer-parameters.ts';
import { splitOf } from './weight-bytes.ts';
import { ggmlLayout } from './weight-schemes/gguf-types.ts';

/** Kinds of cache that engines manage apart from each other. */
export type CacheKind = 'full' | 'window' | 'state';

/** The cache of one layer: `bytes` per token, or per sequence when it is a state. */
export interface LayerCache {
  readonly kind: CacheKind;
  readonly bytes: number;
  /** Tokens a position looks back on. */
  readonly window?: number;
}

const ggml = { int8: ggmlLayout('q8_0').bits / 8, int4: ggmlLayout('q4_0').bits / 8 } as const;

/** Bytes of one cached number, the scales that lie beside it included. */
function cachedBytes({ engine, kvCache }: ServingJob, headDim: number): number {
  if (kvCache !== 'int8' && kvCache !== 'int4') return bytesPerElement(kvCache);
  if (engine.id === 'llama-cpp' || engine.id === 'ollama') return ggml[kvCache];
  // LMDeploy: a 16-bit scale and zero point per head and token (lmdeploy/pytorch/engine/cache_engine.py).
  return bytesPerElement(kvCache) + 4 / headDim;
}

/** Compressed keys and values; with an indexer in FP8: 512 of 8 bits, four fp32 scales, and the rotary part in 16 bits (fp8_ds_mla). */
function latentBytes(job: ServingJob, mixer: Extract<Mixer, { kind: 'mla' }>): number {
  const plain = (mixer.kvRank + mixer.ropeDim) * bytesPerElement(job.kvCache);
  if (!mixer.index) return plain;
  const packed = job.kvCache === 'fp8' ? mixer.kvRank + (mixer.kvRank / 128) * 4 + mixer.ropeDim * 2 : plain;
  return packed + mixer.index.dim + (mixer.index.dim / 128) * 4;
}

/** Convolution inputs in 16 bits, and the state itself. */
function stateBytes(job: ServingJob, mixer: Exclude<Mixer, { kind: 'attention' | 'mla' }>): number {
  const tensor = splitOf(job).attention;
  if (mixer.kind === 'delta') {
    const convolved = mixer.fixedDecay ? 0 : (2 * mixer.keyHeads * mixer.keyDim + mixer.valueHeads * mixer.valueDim) * (mixer.conv - 1);
    return (convolved * 2 + mixer.valueHeads * mixer.keyDim * mixer.valueDim * job.stateElementBytes) / tensor;
  }
  const convolved =
    (mixer.inner / tensor + (mixer.kind === 'mamba1' ? 0 : (2 * mixer.groups * mixer.state) / Math.min(tensor, mixer.groups))) *
    (mixer.conv - 1);
  return convolved * 2 + (mixer.inner / tensor) * mixer.state * job.stateElementBytes;
}

/** Undefined: the layer keeps nothing. */
export function layerCache(job: ServingJob, { mixer }: Block): LayerCache | undefined {
  if (mixer === undefined) return undefined;
  if (mixer.kind === 'mla') return { kind: 'full', bytes: latentBytes(job, mixer) };
  if (mixer.kind !== 'attention') return { kind: 'state', bytes: stateBytes(job, mixer) };
  const heads = keyValueHeads(mixer.kvHeads, splitOf(job).attention);
  const bytes = 2 * heads * mixer.headDim * cachedBytes(job, mixer.headDim);
  return mixer.window === undefined ? { kind: 'full', bytes } : { kind: 'window', bytes, window: mixer.window };
}

/** The caches of the layers of one stage: those of a kind together. Layers that read another layer's cache have none of their own. */
export interface StageCaches {
  readonly full: { readonly layers: number; readonly bytes: number };
  readonly window: { readonly layers: number; readonly bytes: number; readonly size: number };
  readonly state: { readonly layers: number; readonly bytes: number };
}

/** `drafted`: caches of a draft model that share the pool; `alike`: the engine takes each for one of the model's own. */
export function stageCaches(
  job: ServingJob,
  from: number,
  to: number,
  drafted: readonly LayerCache[] = [],
  alike: boolean = false,
): StageCaches {
  const { model } = job;
  const sums = { full: [0, 0], window: [0, 0], state: [0, 0] } as Record<CacheKind, [number, number]>;
  let size = 0;
  const caches = model.blocks.map((block) => layerCache(job, block));
  const add = (cache: LayerCache | undefined): void => {
    if (!cache) return;
    sums[cache.kind][0] += 1;
    sums[cache.kind][1] += cache.bytes;
    size = Math.max(size, cache.window ?? 0);
  };
  const own = model.layers - job.kvSharedLayers;
  for (let layer = from; layer < Math.min(to, own); layer++) add(caches[model.order[layer] ?? 0]);
  // Layers for drafting attend like the last one.
  if (to === model.layers) for (let draft = 0; draft < job.draftLayers; draft++) add(caches[model.order.at(-1) ?? 0]);
  for (const cache of drafted) add(alike ? (caches[model.order.at(-1) ?? 0] ?? cache) : cache);
  const of = (kind: CacheKind) => ({ layers: sums[kind][0], bytes: sums[kind][0] === 0 ? 0 : sums[kind][1] / sums[kind][0] });
  return { full: of('full'), window: { ...of('window'), size }, state: of('state') };
}

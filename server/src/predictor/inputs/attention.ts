/** Inputs of the models of attention in serving: prompts against themselves (context), and one new token against a cache (generation). */
import { chips, type DeviceFigures } from '../device.ts';
import { engines, type Family, type InputWriter, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';

/** Kernels told apart in the tables, by a part of their names. */
export const attentionKernels = ['fa3', 'fa4', 'flashinfer', 'triton', 'trtllmdecode'] as const;

export interface AttentionCase {
  readonly fp8: boolean;
  readonly fp8Cache: boolean;
  readonly engine: string | undefined;
  readonly kernel: string | undefined;
  readonly batch: number;
  /** New tokens of each sequence, and tokens that are in its cache before them. */
  readonly queries: number;
  readonly past: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** Keys a query sees at most; 0 for all. */
  readonly window: number;
  /** Why no measurement is of this kind, where measured formats stand for the written ones. */
  readonly foreign?: string | undefined;
}

/** Pairs of one sequence and head that a causal mask lets through. */
function pairsOf({ queries, past, window }: AttentionCase): number {
  const all = queries * past + (queries * (queries + 1)) / 2;
  if (window <= 0) return all;
  // The first queries see fewer keys than the window holds.
  const short = Math.max(0, Math.min(queries, window - past));
  return short * past + (short * (short + 1)) / 2 + (queries - short) * Math.min(window, past + queries);
}

const group = ({ fp8, fp8Cache, engine }: AttentionCase): string =>
  `${fp8 ? 'fp8' : 'bfloat16'} ${fp8Cache ? 'fp8' : 'bfloat16'} ${engine ?? 'any'}`;

const free = [
  ...chips,
  'fp8 products',
  'fp8 cache',
  ...engines,
  ...attentionKernels,
  'window',
  'head over 128',
  'head over 192',
  'head over 256',
];

function writeFree(into: InputWriter, shape: AttentionCase, device: DeviceFigures): void {
  writeChip(into, device);
  into.flag(shape.fp8);
  into.flag(shape.fp8Cache);
  into.choice(engines, shape.engine);
  into.choice(attentionKernels, shape.kernel);
  into.flag(shape.window > 0);
  for (const size of [128, 192, 256]) into.flag(shape.headDim > size);
}

/** Bytes of the queries and outputs, and of the keys and values that are looked at. */
function bytesOf(shape: AttentionCase, keys: number): { activations: number; cache: number } {
  return {
    activations: shape.batch * shape.queries * shape.heads * shape.headDim * 4,
    cache: shape.batch * keys * shape.keyValueHeads * shape.headDim * 2 * (shape.fp8Cache ? 1 : 2),
  };
}

const seenKeys = ({ queries, past, window }: AttentionCase): number =>
  window > 0 ? Math.min(window + queries - 1, past + queries) : past + queries;

export const contextAttention: Family<AttentionCase> = {
  grow: [
    'work',
    'padded work',
    'waves',
    'longest block',
    'bytes',
    'bytes of the cache',
    'bytes against L2',
    'pairs per multiprocessor',
    'queries',
    'batch',
    'heads',
    'cached heads',
    'head size',
    'tokens',
    'work and bytes',
  ],
  free,
  dimensions: ['batch', 'queries'],
  group,
  foreign: ({ foreign }) => foreign,
  parts(shape, device) {
    const { activations, cache } = bytesOf(shape, seenKeys(shape));
    const work = (4 * shape.batch * shape.heads * pairsOf(shape) * shape.headDim) / (shape.fp8 ? device.fp8 : device.half);
    return { work, memory: (activations + cache) / device.bandwidth };
  },
  write(into, shape, device) {
    const { batch, queries, past, heads, keyValueHeads, headDim } = shape;
    const peak = shape.fp8 ? device.fp8 : device.half;
    const pairs = pairsOf(shape);
    const keys = seenKeys(shape);
    const work = (4 * batch * heads * pairs * headDim) / peak;
    const blocks = batch * heads * Math.ceil(queries / 128);
    const blockWork = (4 * 128 * (keys + 128) * headDim * device.multiprocessors) / peak;
    const { activations, cache } = bytesOf(shape, keys);
    const memory = (activations + cache) / device.bandwidth;
    into.time(work);
    into.time((4 * batch * heads * (pairs + queries * 128) * headDim) / peak);
    into.time((Math.ceil(blocks / device.multiprocessors) * blockWork) / 2);
    into.time(blockWork);
    into.time(memory);
    into.time(cache / device.bandwidth);
    into.add(Math.log1p((activations + cache) / device.l2));
    into.add(Math.log((batch * heads * pairs) / device.multiprocessors));
    for (const size of [queries + past, batch, heads, keyValueHeads, headDim, batch * queries]) into.add(Math.log(size));
    into.time(Math.max(work, memory) + 0.2 * Math.min(work, memory) + 5e-6);
    writeFree(into, shape, device);
  },
  bound(shape, device) {
    const { activations, cache } = bytesOf(shape, seenKeys(shape));
    const work = (4 * shape.batch * shape.heads * pairsOf(shape) * shape.headDim) / fastest(shape, device);
    return Math.max(work, beyondCache(activations + cache, device) / device.bandwidth);
  },
};

/** Engines may multiply in 8 bits where only the cache is said to have them. */
const fastest = (shape: AttentionCase, device: DeviceFigures): number => (shape.fp8 || shape.fp8Cache ? device.fp8 : device.half);

export const generationAttention: Family<AttentionCase> = {
  grow: [
    'bytes',
    'bytes beyond L2',
    'bytes against L2',
    'whole sequences',
    'waves of sequences',
    'padded work',
    'work',
    'keys',
    'batch',
    'heads',
    'cached heads',
    'head size',
    'batch and cached heads',
    'work and bytes',
  ],
  free,
  dimensions: ['batch', 'past'],
  group,
  foreign: ({ foreign }) => foreign,
  parts: contextAttention.parts,
  write(into, shape, device) {
    const { batch, queries, heads, keyValueHeads, headDim } = shape;
    const keys = seenKeys(shape);
    const { activations, cache } = bytesOf(shape, keys);
    const memory = (activations + cache) / device.bandwidth;
    const peak = shape.fp8 ? device.fp8 : device.half;
    const rows = Math.ceil((queries * heads) / keyValueHeads / 16) * 16;
    const padded = (4 * batch * keyValueHeads * rows * keys * headDim) / peak;
    const perHead = (keys * headDim * 2 * (shape.fp8Cache ? 1 : 2) * device.multiprocessors) / device.bandwidth;
    into.time(memory);
    into.time(1e-6 + beyondCache(activations + cache, device) / device.bandwidth);
    into.add(Math.log1p((activations + cache) / device.l2));
    into.time(perHead);
    into.time(Math.ceil((batch * keyValueHeads) / device.multiprocessors) * perHead);
    into.time(padded);
    into.time((4 * batch * heads * queries * keys * headDim) / peak);
    for (const size of [keys, batch, heads, keyValueHeads, headDim, batch * keyValueHeads]) into.add(Math.log(size));
    into.time(Math.max(padded, memory) + 0.2 * Math.min(padded, memory) + 5e-6);
    writeFree(into, shape, device);
  },
  bound: contextAttention.bound,
};

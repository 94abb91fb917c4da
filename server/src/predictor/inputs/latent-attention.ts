/**
 * Inputs of the models of multi-head latent attention with DeepSeek's sizes: prompts with keys and values unfolded for every head,
 * and one new token against the compressed cache.
 */
import { chips, type DeviceFigures } from '../device.ts';
import { engines, type Family, type InputWriter, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';

/** Sizes of a head and of a cached token (DeepSeek-V2 and V3): 128 + 64 of queries and keys, 128 of values, 512 + 64 cached. */
const query = 192;
const value = 128;
const latent = 512;
const cached = 576;

export const latentKernels = ['triton', 'flashmla', 'flash_attention'] as const;

export interface LatentCase {
  readonly fp8: boolean;
  readonly fp8Cache: boolean;
  readonly engine: string | undefined;
  readonly kernel: string | undefined;
  /** Heads on this GPU. */
  readonly heads: number;
  readonly batch: number;
  readonly queries: number;
  readonly past: number;
  /** Why no measurement is of this kind, where measured formats stand for the written ones. */
  readonly foreign?: string | undefined;
}

const free = [...chips, 'fp8 products', 'fp8 cache', ...engines, ...latentKernels];

function writeFree(into: InputWriter, shape: LatentCase, device: DeviceFigures): void {
  writeChip(into, device);
  into.flag(shape.fp8);
  into.flag(shape.fp8Cache);
  into.choice(engines, shape.engine);
  into.choice(latentKernels, shape.kernel);
}

const group = ({ fp8Cache, engine }: LatentCase): string => `${fp8Cache ? 'fp8' : 'bfloat16'} ${engine ?? 'any'}`;
const peakOf = (shape: LatentCase, device: DeviceFigures): number => (shape.fp8 ? device.fp8 : device.half);
/** Engines may multiply in 8 bits where only the cache is said to have them. */
const fastest = (shape: LatentCase, device: DeviceFigures): number => (shape.fp8 || shape.fp8Cache ? device.fp8 : device.half);

const pairsOf = ({ queries, past }: LatentCase): number => queries * past + (queries * (queries + 1)) / 2;

const contextBytes = ({ batch, queries, past, heads }: LatentCase): number =>
  2 * batch * (queries * heads * (query + value) + (queries + past) * (heads * (query + value) + cached));

export const contextLatent: Family<LatentCase> = {
  grow: [
    'work',
    'padded work',
    'waves',
    'work in the compressed form',
    'longest block',
    'bytes',
    'bytes against L2',
    'unfolding',
    'queries',
    'batch',
    'heads',
    'tokens',
    'work and bytes',
  ],
  free,
  dimensions: ['batch', 'queries', 'heads'],
  group,
  foreign: ({ foreign }) => foreign,
  parts: (shape, device) => ({
    work: (2 * shape.batch * shape.heads * pairsOf(shape) * (query + value)) / peakOf(shape, device),
    memory: contextBytes(shape) / device.bandwidth,
  }),
  write(into, shape, device) {
    const { batch, queries, past, heads } = shape;
    const peak = peakOf(shape, device);
    const work = (2 * batch * heads * pairsOf(shape) * (query + value)) / peak;
    const blockWork = (2 * 128 * (queries + past + 128) * (query + value) * device.multiprocessors) / peak;
    const memory = contextBytes(shape) / device.bandwidth;
    into.time(work);
    into.time((2 * batch * heads * (pairsOf(shape) + 128 * queries) * (query + value)) / peak);
    into.time((Math.ceil((batch * heads * Math.ceil(queries / 128)) / device.multiprocessors) * blockWork) / 2);
    into.time((2 * batch * heads * pairsOf(shape) * (cached + latent)) / peak);
    into.time(blockWork);
    into.time(memory);
    into.add(Math.log1p(contextBytes(shape) / device.l2));
    into.time((2 * batch * (queries + past) * heads * latent * (2 * value)) / peak);
    for (const size of [queries + past, batch, heads, batch * queries]) into.add(Math.log(size));
    into.time(Math.max(work, memory) + 0.2 * Math.min(work, memory) + 5e-6);
    writeFree(into, shape, device);
  },
  bound: (shape, device) =>
    Math.max(
      (2 * shape.batch * shape.heads * pairsOf(shape) * (query + value)) / fastest(shape, device),
      beyondCache((shape.fp8Cache ? 0.5 : 1) * contextBytes(shape), device) / device.bandwidth / 2,
    ),
};

const cacheBytes = (shape: LatentCase): number => shape.batch * (shape.queries + shape.past) * cached * (shape.fp8Cache ? 1 : 2);

export const generationLatent: Family<LatentCase> = {
  grow: [
    'bytes',
    'bytes beyond L2',
    'bytes against L2',
    'whole sequences',
    'waves of sequences',
    'work',
    'padded work',
    'keys',
    'batch',
    'heads',
    'tokens and heads',
    'work and bytes',
  ],
  free,
  dimensions: ['batch', 'past', 'heads'],
  group,
  foreign: ({ foreign }) => foreign,
  parts: (shape, device) => ({
    work: (2 * shape.batch * shape.queries * shape.heads * (shape.queries + shape.past) * (cached + latent)) / peakOf(shape, device),
    memory: cacheBytes(shape) / device.bandwidth,
  }),
  write(into, shape, device) {
    const { batch, queries, past, heads } = shape;
    const keys = queries + past;
    const bytes = cacheBytes(shape) + 2 * batch * queries * heads * (cached + latent);
    const memory = bytes / device.bandwidth;
    const peak = peakOf(shape, device);
    const perSequence = (cacheBytes(shape) * device.multiprocessors) / batch / device.bandwidth;
    const padded = (2 * batch * Math.ceil((queries * heads) / 64) * 64 * keys * (cached + latent)) / peak;
    into.time(memory);
    into.time(1e-6 + beyondCache(bytes, device) / device.bandwidth);
    into.add(Math.log1p(bytes / device.l2));
    into.time(perSequence);
    into.time(Math.ceil(batch / device.multiprocessors) * perSequence);
    into.time((2 * batch * queries * heads * keys * (cached + latent)) / peak);
    into.time(padded);
    for (const size of [keys, batch, heads, batch * heads]) into.add(Math.log(size));
    into.time(Math.max(padded, memory) + 0.2 * Math.min(padded, memory) + 5e-6);
    writeFree(into, shape, device);
  },
  bound: (shape, device) =>
    Math.max(
      (2 * shape.batch * shape.queries * shape.heads * (shape.queries + shape.past) * (cached + latent)) / fastest(shape, device),
      beyondCache(cacheBytes(shape), device) / device.bandwidth,
    ),
};

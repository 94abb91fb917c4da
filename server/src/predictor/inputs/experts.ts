/** Inputs of the model of a layer of experts on one GPU: the grouped products of the experts it holds, without the exchange. */
import { chips, type DeviceFigures } from '../device.ts';
import { engines, type Family, type InputWriter, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';
import { tilesTime, wavesTime } from './tiles.ts';

export const expertFormats = ['bfloat16', 'fp8', 'fp8_block', 'nvfp4', 'int4_wo', 'w4a16_mxfp4', 'w4a8_mxfp4_mxfp8'] as const;
export type ExpertFormat = (typeof expertFormats)[number];
/** How tokens are spread over experts; with a power law a few experts get most of them. */
export const spreads = ['balanced', 'power_law_1.01', 'power_law_1.2'] as const;
export type Spread = (typeof spreads)[number];
export const expertKernels = ['triton', 'marlin', 'cutlass', 'flashinfer_trtllm', 'modular'] as const;

export interface ExpertCase {
  readonly format: ExpertFormat;
  readonly engine: string | undefined;
  readonly kernel: string | undefined;
  /** Gate and up projection, or one of them only. */
  readonly gated: boolean;
  readonly tokens: number;
  readonly hidden: number;
  /** Inner size of an expert on this GPU. */
  readonly inner: number;
  readonly topk: number;
  readonly experts: number;
  /** Experts on this GPU. */
  readonly held: number;
  readonly spread: Spread;
  /** Why no measurement is of this kind, where a measured format or spread stands for the written one. */
  readonly foreign?: string | undefined;
}

/** Bytes of a weight and of an activation, and the rate of the products. */
function numbersOf(format: ExpertFormat, device: DeviceFigures): { weight: number; activation: number; peak: number } {
  switch (format) {
    case 'bfloat16':
      return { weight: 2, activation: 2, peak: device.half };
    case 'fp8':
      return { weight: 1, activation: 1, peak: device.fp8 };
    case 'fp8_block':
      return { weight: 1, activation: 1, peak: device.fp8 };
    case 'nvfp4':
      return { weight: 0.5625, activation: 0.5625, peak: device.fp4 };
    case 'int4_wo':
      return { weight: 0.53, activation: 2, peak: device.half };
    case 'w4a16_mxfp4':
      return { weight: 0.53, activation: 2, peak: device.half };
    case 'w4a8_mxfp4_mxfp8':
      return { weight: 0.53, activation: 1, peak: device.fp8 };
  }
}

/** Tokens routed to this GPU and experts of it that get any, when every expert is as likely. */
function routed({ tokens, topk, experts, held }: ExpertCase): { rows: number; active: number } {
  const rows = (tokens * topk * held) / experts;
  return { rows, active: held * (1 - (1 - Math.min(1, topk / experts)) ** tokens) };
}

/** Work in seconds at the peak, and bytes of weights and activations. */
function loadOf(shape: ExpertCase, device: DeviceFigures) {
  const { weight, activation, peak } = numbersOf(shape.format, device);
  const { rows, active } = routed(shape);
  const matrices = shape.gated ? 3 : 2;
  const perExpert = matrices * shape.hidden * shape.inner;
  return {
    rows,
    active,
    matrices,
    perExpert,
    work: (2 * rows * perExpert) / peak,
    weights: active * perExpert * weight,
    activations: rows * (shape.hidden * (activation + 2) + shape.inner * matrices * 2),
  };
}

export const experts: Family<ExpertCase> = {
  grow: [
    'work',
    ...[8, 16, 32, 64, 128].map((rows) => `tiles of ${rows}`),
    'waves of 64',
    'waves of 128',
    'bytes',
    'weights',
    'weights of all experts',
    'bytes against L2',
    'activations',
    'rows per expert',
    'tokens',
    'choices',
    'experts',
    'experts held',
    'hidden',
    'inner',
    'work and bytes',
  ],
  free: [...chips, ...expertFormats.slice(1), ...engines, ...expertKernels, ...spreads.slice(1), 'not gated'],
  dimensions: ['tokens', 'inner'],
  group: ({ format, engine }) => `${format} ${engine ?? 'any'}`,
  foreign: ({ foreign }) => foreign,
  parts: (shape, device) => {
    const { work, weights, activations } = loadOf(shape, device);
    return { work, memory: (weights + activations) / device.bandwidth };
  },
  write(into: InputWriter, shape: ExpertCase, device: DeviceFigures): void {
    const { rows, active, matrices, perExpert, work, weights, activations } = loadOf(shape, device);
    const { weight, peak } = numbersOf(shape.format, device);
    const memory = (weights + activations) / device.bandwidth;
    // Tiles start anew with every expert; a fraction of a row on average is one row for some of them.
    const average = Math.max(1, rows / active);
    into.time(work);
    let best = Number.POSITIVE_INFINITY;
    for (const tile of [8, 16, 32, 64, 128]) {
      const padded = (2 * active * Math.ceil(average / tile) * tile * perExpert) / peak;
      if (tile > 8) best = Math.min(best, padded);
      into.time(padded);
    }
    const width = (matrices - 1) * shape.inner;
    for (const tile of [64, 128] as const)
      into.time(
        wavesTime([tile, 128], Math.ceil(active), average, width, shape.hidden, peak, device.multiprocessors) +
          tilesTime([tile, 128], Math.ceil(active), average, shape.hidden, shape.inner, peak),
      );
    into.time(memory);
    into.time(weights / device.bandwidth);
    into.time((shape.held * perExpert * weight) / device.bandwidth);
    into.add(Math.log1p((weights + activations) / device.l2));
    into.time(activations / device.bandwidth);
    into.add(Math.log(1 + rows / shape.held));
    for (const size of [shape.tokens, shape.topk, shape.experts, shape.held, shape.hidden, shape.inner]) into.add(Math.log(size));
    into.time(Math.max(best, memory) + 0.2 * Math.min(best, memory) + 1e-5);
    writeChip(into, device);
    into.choice(expertFormats.slice(1), shape.format);
    into.choice(engines, shape.engine);
    into.choice(expertKernels, shape.kernel);
    into.choice(spreads.slice(1), shape.spread);
    into.flag(!shape.gated);
  },
  /** With an uneven spread a GPU may get hardly any token, so only the spread that is even has a bound of its work. */
  bound(shape, device) {
    const { weight, peak } = numbersOf(shape.format, device);
    const { rows } = routed(shape);
    const perExpert = (shape.gated ? 3 : 2) * shape.hidden * shape.inner;
    const even = shape.spread === 'balanced' ? 1 : 1 / shape.held;
    // At least the experts of one token are read.
    const read =
      Math.max(1, Math.floor(Math.min(shape.topk, shape.held) * even)) * perExpert * weight * (shape.held === shape.experts ? 1 : 0);
    return Math.max((2 * rows * perExpert * even) / peak, beyondCache(read, device) / device.bandwidth, 1e-7);
  },
};

/** What a kernel of a row computes: a product, or so many streams over its elements. */
import type { AttentionShape } from '../../core/compute/attention.ts';
import { type KernelRow, labelledSizes, sizeOf } from './kernel-row.ts';

export interface ProductOperation {
  readonly kind: 'product';
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export interface AttentionOperation {
  readonly kind: 'attention';
  readonly shape: AttentionShape;
}

export interface StreamOperation {
  readonly kind: 'stream';
  readonly elements: number;
  /** Elements read and written for each. */
  readonly reads: number;
  readonly writes: number;
  /** Elements of a row that is summed, or of which a maximum is taken; absent where each element stands alone. */
  readonly row?: number;
  /** Reductions over the row. */
  readonly reductions: number;
}

export type Operation = ProductOperation | AttentionOperation | StreamOperation;

interface Streams {
  readonly reads: number;
  readonly writes: number;
  readonly reductions?: number;
}

/** The first that fits the words of kernel and file. */
const streams: readonly (readonly [RegExp, Streams])[] = [
  [/soft_?max.*(?:backward|bwd)|(?:backward|bwd).*soft_?max/i, { reads: 2, writes: 1, reductions: 1 }],
  [/soft_?max/i, { reads: 1, writes: 1, reductions: 2 }],
  [/cross_?entropy/i, { reads: 1, writes: 0, reductions: 2 }],
  [/(?:layer|rms|group|batch)_?norm.*(?:backward|bwd)/i, { reads: 2, writes: 1, reductions: 2 }],
  [/layer_?norm|group_?norm|batch_?norm/i, { reads: 1, writes: 1, reductions: 2 }],
  [/rms_?norm/i, { reads: 1, writes: 1, reductions: 1 }],
  [/swiglu|geglu|silu_?and_?mul/i, { reads: 2, writes: 1 }],
  [/dot_?prod/i, { reads: 2, writes: 0, reductions: 1 }],
  [
    /gelu|relu|silu|swish|sigmoid|\belu\b|tanh|\bexp\b|copy|scale|transpose|rope|rotary|embedding|cast|clamp|dropout/i,
    { reads: 1, writes: 1 },
  ],
  [/add|vadd|axpy|residual|element_?wise|\bmul\b|triad/i, { reads: 2, writes: 1 }],
  [/memset|fill/i, { reads: 0, writes: 1 }],
  [/sum|reduc|\bmax\b|\bmean\b|\bnorm\b|histogram/i, { reads: 1, writes: 0, reductions: 1 }],
];

function productOf(row: KernelRow): ProductOperation | undefined {
  const [m, n, k] = [sizeOf(row, 'm'), sizeOf(row, 'n'), sizeOf(row, 'k')];
  const isVector = /gemv|mat_?vec/i.test(row.kernel);
  if (m !== undefined && n !== undefined && k !== undefined) return { kind: 'product', batch: sizeOf(row, 'batch', 'b') ?? 1, m, n, k };
  const deep = k ?? n;
  return isVector && m !== undefined && deep !== undefined ? { kind: 'product', batch: 1, m, n: 1, k: deep } : undefined;
}

function attentionOf(row: KernelRow): AttentionOperation | undefined {
  const words = `${row.kernel} ${row.where} ${row.note}`;
  if (!/attention|attn|sdpa|\bmha\b/i.test(words)) return undefined;
  const [heads, length] = [sizeOf(row, 'h', 'heads', 'nh'), sizeOf(row, 's', 'seq', 'seqlen', 'n', 't', 'len_q')];
  const headSize = sizeOf(row, 'd', 'head_dim', 'hs', 'dim', 'd_head');
  if (heads === undefined || length === undefined || headSize === undefined) return undefined;
  return {
    kind: 'attention',
    shape: {
      batch: sizeOf(row, 'b', 'batch', 'bs') ?? 1,
      heads,
      queries: length,
      keys: sizeOf(row, 'len_kv', 'kv', 'seqlen_k') ?? length,
      headDim: headSize,
      causal: /causal|autoregressive/i.test(words) && !/non-?causal/i.test(words),
      kernel: 'flash',
      dropout: false,
      newest: /flash.?attention.?3|fa3|cudnn/i.test(words),
    },
  };
}

/** Sizes of the elements in the order of the row: the last is the innermost. */
function extents(row: KernelRow): readonly number[] {
  const labelled = labelledSizes(row);
  if (labelled.length > 0) return labelled;
  return Object.keys(row.shape).flatMap((name) => {
    const value = name.endsWith('_k') && name.length > 2 ? sizeOf(row, name.slice(0, -2)) : row.shape[name];
    return typeof value === 'number' ? [value] : [];
  });
}

/** @returns what is missing, in a sentence, where the operation or its size is not told. */
export function operationOf(row: KernelRow): Operation | { readonly refused: string } {
  const product = productOf(row);
  if (product) return product;
  const attention = attentionOf(row);
  if (attention) return attention;
  // The name of the kernel goes before that of its file, which may hold others.
  const words = [row.kernel, row.where.split(':').pop() ?? ''];
  const found = words.map((text) => streams.find(([pattern]) => pattern.test(text))?.[1]).find((one) => one !== undefined);
  if (!found) return { refused: 'what the kernel computes is not told by its name, and its sizes are not those of a product' };
  const sizes = extents(row);
  const [last] = sizes.slice(-1);
  if (last === undefined) return { refused: 'the sizes of the operands are not stated' };
  const { reads, writes, reductions = 0 } = found;
  const elements = sizes.reduce((all, size) => all * size, 1);
  return { kind: 'stream', elements, reads, writes, reductions, ...(reductions > 0 ? { row: last } : {}) };
}

/** What a weight scheme is: how many bytes a matrix takes under it, and which parts of a model it leaves as they are. */
import type { NumberFormat } from '../../../job-fields.ts';
import type { Matrix, Part } from '../matrices.ts';

/** How a matrix lies in memory: weights in `bits`, and what the way back to 16 bits needs beside them. */
export interface Layout {
  readonly bits: number;
  /** Scales, zero points: bytes of each group of `size` weights along the input; a size of 0 is the whole row. */
  readonly group?: { readonly size: number; readonly bytes: number };
  /** Bytes of each block of `rows` times `columns`. */
  readonly block?: { readonly rows: number; readonly columns: number; readonly bytes: number };
  /** Bytes of each output feature: a scale per channel. */
  readonly rowBytes?: number;
  /** Bytes of each input feature: the order of activation-ordered GPTQ. */
  readonly columnBytes?: number;
  /** Bytes of each matrix: a scale per tensor. */
  readonly matrixBytes?: number;
}

/** Where in the model a matrix stands, for schemes that treat layers unlike. */
export interface Place {
  readonly layer: number;
  readonly layers: number;
  readonly experts: number;
  /** Query heads that share a key head. */
  readonly sharing: number;
  readonly tied: boolean;
}

export interface WeightScheme {
  readonly id: string;
  readonly label: string;
  /** File or paper that defines the layout. */
  readonly source: string;
  /** What the products' weights are read as, for their time. */
  readonly format: NumberFormat;
  /** The share of each part that it leaves in 16 bits; parts not named are quantized whole. */
  readonly leaves: ReadonlyMap<Part, number>;
  readonly layout: (matrix: Matrix, place: Place) => Layout;
  /** Layers are laid out unlike each other. */
  readonly byLayer?: boolean;
}

const share = (value: number, size: number): number => Math.ceil(value / (size > 0 ? size : value));

/** Bytes of a matrix under a layout, partial groups and blocks at the edge included. */
export function matrixBytes({ rows, columns, count }: Matrix, layout: Layout): number {
  if (rows <= 0 || columns <= 0) return 0;
  const { bits, group, block, rowBytes = 0, columnBytes = 0, matrixBytes: each = 0 } = layout;
  const groups = group ? rows * share(columns, group.size) * group.bytes : 0;
  const blocks = block ? share(rows, block.rows) * share(columns, block.columns) * block.bytes : 0;
  return count * ((rows * columns * bits) / 8 + groups + blocks + rows * rowBytes + columns * columnBytes + each);
}

/** Embedding, head and router stay in 16 bits under nearly every scheme. */
export const usualExceptions: ReadonlyMap<Part, number> = new Map<Part, number>([
  ['embedding', 1],
  ['head', 1],
  ['router', 1],
  ['vision', 1],
]);

/** A scheme with one layout for all it touches. */
export function uniform(
  id: string,
  label: string,
  format: NumberFormat,
  layout: Layout,
  source: string,
  leaves: ReadonlyMap<Part, number> = usualExceptions,
): WeightScheme {
  return { id, label, source, format, leaves, layout: () => layout };
}

/** The shape of a transformer as the formulas need it: complete, nothing optional left unknown. */
import type { Activation, Normalization, PositionEmbedding } from './job-fields.ts';

export interface ModelShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of one gate when gated. */
  readonly ffn: number;
  readonly gatedMlp: boolean;
  readonly activation: Activation;
  readonly vocab: number;
  /** Rows of the embedding really stored, after the framework's padding. */
  readonly paddedVocab: number;
  readonly tiedEmbeddings: boolean;
  readonly positionEmbedding: PositionEmbedding;
  readonly maxPositions: number;
  readonly normalization: Normalization;
  readonly linearBias: boolean;
  readonly qkvBias: boolean;
  readonly qkNorm: boolean;
}

/** Operators of PyTorch as they are called: products and attention, with the shapes the module states. */
import type { Range } from '../../origin.ts';
import type { Definitions } from '../declarations.ts';
import type { Expression } from '../expression.ts';

/** C[m, n] = A[m, k] B[k, n], `batch` times. */
export interface ProductSizes {
  readonly batch: readonly Expression[];
  readonly m: readonly Expression[];
  readonly n: Expression;
  readonly k: Expression;
}

/** Queries [batch..., heads, queries, headDim] against keys and values. */
export interface AttentionSizes {
  readonly batch: readonly Expression[];
  readonly heads: Expression;
  readonly keyValueHeads: Expression;
  readonly queries: Expression;
  readonly keys: Expression;
  readonly headDim: Expression;
  readonly isCausal: boolean;
}

interface Called {
  /** As written: `F.linear`, `@`. */
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  /** `bfloat16`; absent where nothing says it. */
  readonly format?: string;
  readonly constants: Definitions;
}

export type OperatorCall = Called & (({ readonly kind: 'product' } & ProductSizes) | ({ readonly kind: 'attention' } & AttentionSizes));

export interface OperatorFile {
  readonly calls: readonly OperatorCall[];
  readonly constants: Definitions;
  readonly given: ReadonlyMap<string, number>;
}

/** What a kernel or a function of device code declares: parameters, arrays in shared memory, names with one value. */
import type { Range } from '../origin.ts';
import type { Expression } from './expression.ts';

export interface TemplateParameter {
  readonly name: string;
  /** A type, or a value of a whole number's type. */
  readonly isType: boolean;
  readonly fallback?: Expression;
}

export interface KernelParameter {
  readonly name: string;
  /** The type without the name, as written: `const float* __restrict__`. */
  readonly type: string;
  readonly isPointer: boolean;
  readonly isConst: boolean;
  readonly isRestrict: boolean;
  readonly range: Range;
}

/** An array in shared memory. `count` is undefined for the dynamic one, whose size the launch gives. */
export interface SharedArray {
  readonly name: string;
  readonly type: string;
  readonly dimensions: readonly Expression[];
  /** Where the innermost dimension is written. */
  readonly lastDimension?: Range;
  readonly isDynamic: boolean;
  readonly alignment?: Expression;
  readonly range: Range;
}

/** A name with one value: a constant, a macro without parameters, a local that is set once. */
export type Definitions = ReadonlyMap<string, Expression>;

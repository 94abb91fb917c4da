/** What happens inside a kernel, statement by statement, as far as performance depends on it. Places and expressions only. */
import type { Range } from '../origin.ts';
import type { Expression } from './expression.ts';

export interface Loop {
  /** The variable it counts with, where it has one. */
  readonly variable?: string;
  readonly start?: Expression;
  /** The value it stays below. */
  readonly limit?: Expression;
  readonly step?: Expression;
  /** A `break` may leave it before its limit. */
  readonly mayEndEarly?: true;
  /** Marked to be unrolled. */
  readonly isUnrolled: boolean;
  /** The words before its body. */
  readonly range: Range;
}

/** A condition that holds where a statement stands. */
export interface Condition {
  readonly expression: Expression;
  /** True in the branch where it is false, and behind `if (...) return;`. */
  readonly isNegated: boolean;
  /** True behind `if (...) return;`: the other threads are gone, and no barrier waits for them. */
  readonly isExit: boolean;
  readonly range: Range;
}

/** Where a statement stands: the loops and conditions around it, outermost first. */
export interface Setting {
  readonly loops: readonly Loop[];
  readonly conditions: readonly Condition[];
}

/** An element of an array that is read or written. */
export interface Access extends Setting {
  readonly array: string;
  /** One index per dimension. */
  readonly indexes: readonly Expression[];
  readonly kind: 'read' | 'write' | 'atomic';
  /** The type it is taken as, where a cast makes it another: `float4`. */
  readonly as?: string;
  /** The index counts elements of that type: the pointer was cast before it was indexed. */
  readonly isCastFirst?: boolean;
  /** How many bytes go at once, where a copy says so. */
  readonly bytes?: Expression;
  readonly range: Range;
}

/** What a pointer that is handed on points at: `&A[i]`, `A + i`, or the row `A[i]`. */
export interface Address extends Pick<Access, 'array' | 'indexes' | 'as' | 'isCastFirst'> {
  /** The last index is written out: further ones are added to it. A row takes them behind its own. */
  readonly isElement: boolean;
}

export interface Division extends Setting {
  readonly operator: '/' | '%';
  readonly left: Expression;
  readonly right: Expression;
  readonly range: Range;
}

/** A call of a function, of the program or of the language: barriers, mathematics, copies, matrix instructions. */
export interface Call extends Setting {
  readonly callee: string;
  readonly values: readonly Expression[];
  /** Only where a kernel is read for what it computes: template arguments, and what each value points at. */
  readonly templateArguments?: readonly Expression[];
  readonly addresses?: readonly (Address | undefined)[];
  readonly range: Range;
}

/** Arithmetic: `a * b`, `sum += x`, and instructions written as such (`asm`), whose text is on the left. */
export interface Operation extends Setting {
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly range: Range;
}

/** A number written as fp64: `2.0`, `1e-5`. */
export interface DoubleLiteral extends Setting {
  readonly text: string;
  readonly range: Range;
}

/** An array of the thread itself, which lives in registers as long as every index is known to the compiler. */
export interface LocalArray {
  readonly name: string;
  readonly type: string;
  readonly dimensions: readonly Expression[];
  readonly range: Range;
}

/** A value of the thread that is no array: a number, a vector such as `float4`, a fragment of a matrix instruction. */
export interface LocalValue {
  readonly type: string;
  readonly range: Range;
}

export interface KernelBody {
  readonly loops: readonly Loop[];
  readonly accesses: readonly Access[];
  readonly divisions: readonly Division[];
  readonly calls: readonly Call[];
  readonly doubles: readonly DoubleLiteral[];
  readonly localArrays: readonly LocalArray[];
  readonly localValues: readonly LocalValue[];
  /** From brace to brace, outer ones before those inside them: what is declared in one is gone behind it. */
  readonly blocks: readonly Range[];
}

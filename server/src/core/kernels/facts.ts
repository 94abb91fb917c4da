/** What a reader of kernel code reports: plain data with places, nothing judged and nothing guessed. */
import type { Range } from '../origin.ts';
import type { KernelBody } from './body.ts';
import type { Definitions, KernelParameter, SharedArray, TemplateParameter } from './declarations.ts';
import type { Expression, ExpressionFunction } from './expression.ts';

export type KernelLanguage = 'cuda' | 'hip' | 'triton';

/** A value with its place. */
export interface PlacedExpression {
  readonly expression: Expression;
  readonly range: Range;
}

/** A call of a function of the same program, with its template arguments. */
export interface DeviceCall {
  readonly callee: string;
  readonly templateArguments: readonly Expression[];
}

/** A function that runs on the device. */
export interface DeviceFunction {
  readonly name: string;
  readonly template: readonly TemplateParameter[];
  readonly shared: readonly SharedArray[];
  /** Constants inside it. */
  readonly constants: Definitions;
  /** Types it gives other names. */
  readonly types: ReadonlyMap<string, string>;
  readonly calls: readonly DeviceCall[];
}

/** A function that the host launches. */
export interface Kernel extends DeviceFunction {
  readonly nameRange: Range;
  readonly range: Range;
  /** From brace to brace. */
  readonly body: Range;
  readonly parameters: readonly KernelParameter[];
  readonly launchBounds?: { readonly threads: PlacedExpression; readonly blocks?: PlacedExpression; readonly range: Range };
  /** `__cluster_dims__`, one to three factors. */
  readonly cluster: readonly Expression[];
  readonly statements: KernelBody;
  /** Locals that change: what they hold is not known where they are used. */
  readonly changing: ReadonlySet<string>;
}

export interface Launch {
  /** The kernel's name without scope and template arguments. */
  readonly kernel: string;
  /** Template arguments as written; a type's text where it is a type. */
  readonly templateArguments: readonly Expression[];
  /** One to three factors each. */
  readonly grid: readonly Expression[];
  readonly block: readonly Expression[];
  /** What it hands to the parameters, in order; absent where that is a list of addresses. */
  readonly values?: readonly Expression[];
  readonly dynamicShared?: PlacedExpression;
  readonly gridRange: Range;
  readonly blockRange: Range;
  readonly range: Range;
  /** Constants of the function it stands in. */
  readonly constants: Definitions;
  /** The file it stands in where that is another one; its ranges are offsets beyond the end of the document then. */
  readonly uri?: string;
}

/** A function of the host that returns tile sizes, one list for each of its branches. */
export interface TileFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  /** What the parts of the list are called in the comment before it. */
  readonly parts: readonly string[];
  readonly returns: readonly {
    readonly conditions: readonly { readonly expression: Expression; readonly isNegated: boolean }[];
    readonly values: readonly Expression[];
  }[];
  readonly constants: Definitions;
  readonly range: Range;
}

/** Template arguments of a kernel's traits: `Flash_fwd_kernel_traits<Headdim, 128, 128, 4>`. */
export interface TraitUse {
  /** The function it is used in. */
  readonly within: string;
  readonly values: readonly Expression[];
  readonly constants: Definitions;
  readonly range: Range;
}

/** A raise of a kernel's limit of dynamic shared memory. */
export interface SharedOptIn {
  /** Absent where the kernel is a variable. */
  readonly kernel: string;
  readonly bytes: PlacedExpression;
  readonly range: Range;
}

export interface KernelFile {
  readonly language: KernelLanguage;
  readonly kernels: readonly Kernel[];
  /** Functions of the device that hold shared memory or call some that do. */
  readonly deviceFunctions: readonly DeviceFunction[];
  readonly launches: readonly Launch[];
  readonly optIns: readonly SharedOptIn[];
  readonly tileFunctions: readonly TileFunction[];
  readonly traits: readonly TraitUse[];
  /** Constants, enumerators and macros of the file. */
  readonly constants: Definitions;
  readonly functions: ReadonlyMap<string, ExpressionFunction>;
  readonly types: ReadonlyMap<string, string>;
  /** Types of the fields of plain structures, in order. */
  readonly structures: ReadonlyMap<string, readonly string[]>;
  /** Files it takes in, as written. */
  readonly includes: readonly string[];
  /** Sizes the user gives in a comment: `// rooflint: M=4096 N=4096`. */
  readonly given: ReadonlyMap<string, number>;
}

/** Kernels and the functions they call, read for what they compute: more than rules need, and only where somebody looks. */
import type { KernelBody, Operation } from './body.ts';
import type { Definitions, KernelParameter, SharedArray, TemplateParameter } from './declarations.ts';
import type { Expression } from './expression.ts';

/** A kernel read once more for what it computes: its statements with their arithmetic, and what its names are. */
export interface KernelArithmetic {
  readonly statements: KernelBody;
  readonly operations: readonly Operation[];
  /** Types of parameters and locals as written, `const float *`; of arrays that of their elements. */
  readonly types: ReadonlyMap<string, string>;
  /** What locals are declared with, also where they change later. */
  readonly initial: ReadonlyMap<string, Expression>;
  /** Functions written inside it, by the names they are called by. */
  readonly lambdas: ReadonlyMap<string, CalledFunction>;
}

/** A function of the device, or one written inside a kernel, as it is put in where it is called. */
export interface CalledFunction {
  readonly name: string;
  readonly template: readonly TemplateParameter[];
  readonly parameters: readonly KernelParameter[];
  readonly shared: readonly SharedArray[];
  readonly constants: Definitions;
  /** Types it gives other names. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly changing: ReadonlySet<string>;
  readonly arithmetic: KernelArithmetic;
  readonly text: string;
}

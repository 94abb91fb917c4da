/**
 * A Python file read statically: what is assigned, called and defined, with the place of every literal. Nothing is run;
 * names are followed through constants of the same file and of modules beside it, and what stays unknown says why.
 */
import type { Range } from '../core/origin.ts';
import type { Scalar } from './scalar.ts';

/** Where a value stands, and where its literal is written: for a name, the literal of the constant it stands for. */
interface PythonPlaces {
  readonly range: Range;
  readonly value: Range;
}

export type PythonValue =
  /** A literal, a constant, or an expression of those. `replaceable`: the text at `value` is exactly this literal. */
  | ({ readonly kind: 'scalar'; readonly scalar: Scalar; readonly quoted: boolean; readonly replaceable: boolean } & PythonPlaces)
  /** A list, tuple or set. */
  | ({ readonly kind: 'list'; readonly items: readonly PythonValue[] } & PythonPlaces)
  /** A dict literal or `dict(...)`. */
  | ({ readonly kind: 'dict'; readonly items: readonly PythonArgument[] } & PythonPlaces)
  /** A call whose result is not known: usually a config object, `TrainingArguments(...)`. */
  | ({ readonly kind: 'call'; readonly call: PythonCall } & PythonPlaces)
  /** A name this file does not define: `torch.bfloat16`, with imports resolved. */
  | ({ readonly kind: 'name'; readonly name: string } & PythonPlaces)
  /** `unknown` names what hides the value, as in `Word.unknown`. */
  | ({ readonly kind: 'unknown'; readonly unknown: readonly string[]; readonly why: string } & PythonPlaces);

/** One argument, dict entry or parameter default. `name` is undefined for positional ones; `*args` is named `*`, `**kwargs` `**`. */
export interface PythonArgument {
  readonly name: string | undefined;
  /** The name, or the value of a positional argument. */
  readonly key: Range;
  readonly value: PythonValue;
}

export interface PythonCall {
  /**
   * Dotted, with imports resolved: `transformers.TrainingArguments`. A method of a local variable starts with its name,
   * one of a call's result with `callee()`: `C().with_x` for `C(...).with_x(...)`; `k[...](...)` is called `k[]`.
   */
  readonly callee: string;
  readonly range: Range;
  /** The callee's own text. */
  readonly name: Range;
  readonly arguments: readonly PythonArgument[];
}

/** `target = value`; `target` is dotted with subscripts by literal keys as parts: `cfg.model.tp`, `os.environ.X`. */
export interface PythonAssignment {
  readonly target: string;
  readonly key: Range;
  readonly value: PythonValue;
  /** Inside a branch or loop that the file does not decide. */
  readonly conditional: boolean;
}

/** Statements of one body in order of the text: a module's, a function's. */
export interface PythonBody {
  readonly assignments: readonly PythonAssignment[];
  /** Every call, the inner ones of nested calls too. */
  readonly calls: readonly PythonCall[];
  readonly returns: readonly PythonValue[];
}

export interface PythonFunction extends PythonBody {
  /** A function inside of another is named `outer.inner`, and a class in a class alike. */
  readonly name: string;
  /** Dotted names of its decorators. */
  readonly decorators: readonly string[];
  readonly range: Range;
  /** From `def` to the colon. */
  readonly header: Range;
  /** Parameters in order; one without default has an `unknown` value. */
  readonly parameters: readonly PythonArgument[];
  readonly doc?: string;
}

export interface PythonClass {
  readonly name: string;
  readonly bases: readonly string[];
  readonly decorators: readonly string[];
  readonly range: Range;
  readonly header: Range;
  /** Fields of a dataclass: `name: type = value`. */
  readonly fields: readonly PythonAssignment[];
  readonly functions: readonly PythonFunction[];
}

/** What modules of the workspace define that the module imports, by the full names it is called by: `recipes.common.base`. */
export interface ImportedNames {
  readonly functions: readonly PythonFunction[];
  readonly classes: readonly PythonClass[];
  /** Full names of what those modules import themselves. */
  readonly imports: readonly string[];
}

export interface PythonModule extends PythonBody {
  /** Local name -> full name. */
  readonly imports: Readonly<Record<string, string>>;
  readonly functions: readonly PythonFunction[];
  readonly classes: readonly PythonClass[];
  /** Absent when no module that it imports is in the workspace. */
  readonly imported?: ImportedNames;
}

/** The function a call means, of this module or of one that it imports. */
export const functionNamed = ({ functions, imported }: PythonModule, callee: string): PythonFunction | undefined =>
  functions.find(({ name }) => name === callee) ?? imported?.functions.find(({ name }) => name === callee);

/** Full names of all that is imported, by the module or by those it builds on. */
export const importedNames = ({ imports, imported }: PythonModule): readonly string[] => [
  ...Object.values(imports),
  ...(imported?.imports ?? []),
];

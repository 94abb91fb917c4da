/** What the parts of the reader share while one module is read. The parts that call each other in a circle meet here. */
import type { Range } from '../../core/origin.ts';
import type { FindSourced, SourcedFile } from '../document.ts';
import type { PythonAssignment, PythonBody, PythonCall, PythonClass, PythonFunction, PythonValue } from '../python-module.ts';
import { Scope } from './scope.ts';
import type { Node } from './tree.ts';

/** Whether a body goes on after a statement, goes on only when a parameter differs from its default, or has ended. */
export type Flow = 'next' | 'maybe' | 'ended';

/** What one body has shown so far. */
export interface Collected {
  readonly assignments: PythonAssignment[];
  /** By place: an expression that is read twice is one call. */
  readonly calls: Map<string, PythonCall>;
  readonly returns: PythonValue[];
  /** In a class, a field without a value is a field too. */
  readonly isClass: boolean;
}

/** Reads a function's body when its surroundings are complete, as it would be run. */
export type Pending = () => void;

const maxEvaluations = 300_000;

/** A module that is imported and was found, read to its end. */
export interface ReadModule {
  readonly scope: Scope;
  readonly assignments: readonly PythonAssignment[];
}

/** The other files that take part, shared by the modules of one document. */
export interface Files {
  readonly find: FindSourced;
  /** The modules being read, the document first: none of them is read again inside itself. */
  readonly open: { readonly uri: string; readonly isPackage: boolean }[];
  /** Modules by their full names, as seen from the document; undefined for one that is not here or not to be read. */
  readonly modules: Map<string, ReadModule | undefined>;
  /** The full name under which a file was first read. */
  readonly names: Map<string, string>;
  readonly sourced: SourcedFile[];
  readonly functions: PythonFunction[];
  readonly classes: PythonClass[];
  /** The classes by their full names; of two with one name the later. */
  readonly classesByName: Map<string, PythonClass>;
  readonly imports: Set<string>;
  /** The statement of the document that leads to the file being read. */
  entry: Range | undefined;
}

/** What a module asked of the other files, and what it was told: told the same, it reads the same again. */
export interface Question {
  readonly ask: (machine: Machine) => unknown;
  readonly answer: unknown;
}

export function noFiles(uri: string, find: FindSourced): Files {
  return {
    find,
    open: [{ uri, isPackage: /\/__init__\.py$/.test(uri) }],
    modules: new Map(),
    names: new Map([[uri, '']]),
    sourced: [],
    functions: [],
    classes: [],
    classesByName: new Map(),
    imports: new Set(),
    entry: undefined,
  };
}

export interface Parts {
  readonly evaluate: (machine: Machine, node: Node) => PythonValue;
  readonly run: (machine: Machine, nodes: readonly Node[]) => Flow;
  readonly define: (machine: Machine, node: Node, decorators: readonly string[]) => void;
}

export interface Machine extends Parts {
  readonly text: string;
  /** Where the text begins among the offsets of the document. */
  readonly offset: number;
  /** The module's full name with a dot behind, as functions and classes carry it; empty for the document itself. */
  readonly module: string;
  readonly files: Files;
  readonly imports: Record<string, string>;
  /** Where functions go: the module's, or those of the class around. */
  functions: PythonFunction[];
  /** What the functions of a class see instead of its body. */
  functionScope: Scope | undefined;
  readonly classes: PythonClass[];
  readonly pending: Pending[];
  /** Module names that functions assign by `global`. */
  readonly globals: Set<string>;
  /** Expressions that may still be evaluated; no real file comes near. */
  budget: number;
  /** How many of them the modules it imports have taken. */
  lent: number;
  /** In the order in which they were asked. */
  readonly questions: Question[];
  /** The last answer to each question about a name. */
  readonly told: Map<string, unknown>;
  /** Names of the functions and classes around, with a dot behind. */
  prefix: string;
  scope: Scope;
  collected: Collected;
  /** How many undecided branches and loops stand around. */
  conditions: number;
}

export function emptyCollected(): Collected {
  return { assignments: [], calls: new Map(), returns: [], isClass: false };
}

export interface ModuleText {
  readonly text: string;
  readonly offset: number;
  readonly module: string;
}

export function createMachine(source: ModuleText, files: Files, parts: Parts): Machine {
  const scope = new Scope();
  const { evaluate, run, define } = parts;
  return {
    evaluate,
    run,
    define,
    ...source,
    files,
    imports: Object.create(null) as Record<string, string>,
    functions: [],
    functionScope: undefined,
    classes: [],
    pending: [],
    globals: new Set(),
    budget: maxEvaluations,
    lent: 0,
    questions: [],
    told: new Map(),
    prefix: source.module,
    scope,
    collected: emptyCollected(),
    conditions: 0,
  };
}

/** A body as the module's readers see it: in order of the text, inner calls of a chain first. */
export function bodyOf({ assignments, calls, returns }: Collected): PythonBody {
  const inOrder = [...calls.values()].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  return { assignments, calls: inOrder, returns };
}

/** Runs `action` in another scope and comes back. */
export function within<T>(machine: Machine, scope: Scope, action: () => T): T {
  const outer = machine.scope;
  machine.scope = scope;
  try {
    return action();
  } finally {
    machine.scope = outer;
  }
}

/** Runs `action` as something the file does not decide, in a layer whose changes are returned. */
export function branch(machine: Machine, action: () => Flow): { readonly scope: Scope; readonly flow: Flow } {
  const scope = new Scope(machine.scope);
  machine.conditions++;
  const flow = within(machine, scope, action);
  machine.conditions--;
  return { scope, flow };
}

export function textOf({ text, offset }: Machine, { start, end }: Range): string {
  return text.slice(start - offset, end - offset);
}

/** Text of a node for a sentence: one line, not long. */
export function shortText(machine: Machine, node: Node): string {
  const text = textOf(machine, node).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

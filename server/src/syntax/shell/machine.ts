/** The state of reading one script: where it is, what is known of its variables, and what has been found so far. */
import type { Range } from '../../core/origin.ts';
import type { CommandLine, Directive, FindSourced, Heredoc, ShellVariable, SourcedFile, Word } from '../document.ts';
import type { Field, Piece } from './piece.ts';
import type { Variable, Variables } from './scope.ts';
import type { Source } from './source.ts';
import type { Node } from './tree.ts';

/** Why the statements that follow are not run. */
export type Stop = 'exit' | 'return' | 'break' | 'continue';

/** How a command or test ends, as far as the file tells. */
export interface Status {
  /** `ran`: a program whose exit code is not known; it is taken to succeed unless an `if` asks. */
  readonly kind: 'yes' | 'no' | 'ran' | 'unknown';
  /** What hides an unknown outcome. */
  readonly names: readonly string[];
  /** Variables that are empty when the outcome is yes, in tests such as `[ -z "$X" ]` on a value from outside. */
  readonly empty: readonly string[];
}

export const yes: Status = { kind: 'yes', names: [], empty: [] };
export const no: Status = { kind: 'no', names: [], empty: [] };
export const ran: Status = { kind: 'ran', names: [], empty: [] };

export function statusOf(value: boolean | undefined, names: readonly string[] = [], empty: readonly string[] = []): Status {
  return value === undefined ? { kind: 'unknown', names, empty } : value ? yes : no;
}

export interface FunctionBody {
  readonly body: Node;
  readonly source: Source;
}

export interface Found {
  readonly commands: CommandLine[];
  /** By the offset of the assignment, so that a loop or a function records each assignment once. */
  readonly variables: Map<number, ShellVariable>;
  readonly heredocs: Map<number, Heredoc>;
  /** Directives of scripts handed to `sbatch` in a heredoc. */
  readonly directives: Directive[];
  /** By the offset of the path. */
  readonly sourced: Map<number, SourcedFile>;
}

/** Which files are being read, and how to reach more. */
export interface Files {
  readonly find: FindSourced;
  /** The files being run, the document first: none of them is sourced again inside itself. */
  readonly open: string[];
  /** Where the document itself names the sourced file that is being run. */
  entry: Range | undefined;
  /** The offset the next sourced file gets. */
  next: number;
}

/** Shared by all branches; when it runs out the rest of the script is left unread, with a note. */
export interface Budget {
  statements: number;
  pieces: number;
  innerTexts: number;
}

export interface Machine {
  source: Source;
  variables: Variables;
  /** Undefined at top level, where the caller's arguments are not known. */
  positional: readonly Field[] | undefined;
  readonly functions: Map<string, FunctionBody>;
  /** Values to put back when the running function ends, one map per call. */
  readonly locals: Map<string, Variable | undefined>[];
  /** Above 0 inside branches and loops that may not run. */
  conditional: number;
  stop: Stop | undefined;
  exportAll: boolean;
  /** The option whose arm of a `case` over the caller's arguments is being read: what it takes is named after it. */
  option: string | undefined;
  /** The words in front of the script that is being run: `srun -N 4 bash -c`. */
  front: readonly Word[];
  found: Found;
  readonly files: Files;
  readonly budget: Budget;
  /** Runs statements one after the other; the last one's status counts. */
  readonly run: (machine: Machine, nodes: readonly Node[]) => Status;
  /** Parses text the script has put together; undefined when it cannot be parsed now. */
  readonly parse: (text: string) => Node | undefined;
}

/** How a machine runs statements and parses text; given as arguments because they are made of machines themselves. */
export interface Engine {
  readonly run: Machine['run'];
  readonly parse: Machine['parse'];
}

export const maxFunctionDepth = 8;
export const maxLoopRuns = 64;

export function createMachine(uri: string, source: Source, find: FindSourced, { run, parse }: Engine): Machine {
  return {
    source,
    variables: new Map(),
    positional: undefined,
    functions: new Map(),
    locals: [],
    conditional: 0,
    stop: undefined,
    exportAll: false,
    option: undefined,
    front: [],
    found: { commands: [], variables: new Map(), heredocs: new Map(), directives: [], sourced: new Map() },
    files: { find, open: [uri], entry: undefined, next: source.text.length + 1 },
    budget: { statements: 20_000, pieces: 400_000, innerTexts: 60 },
    run,
    parse,
  };
}

export function rangeOf(machine: Machine, node: Node): Range {
  return machine.source.range(node.start, node.end);
}

export function textOfNode(machine: Machine, node: Node): string {
  return machine.source.text.slice(node.start, node.end);
}

/** Charges pieces to the budget; when it is spent the script stops here. */
export function spend<T extends readonly Piece[]>(machine: Machine, pieces: T): T {
  machine.budget.pieces -= pieces.length;
  if (machine.budget.pieces < 0) machine.stop = 'exit';
  return pieces;
}

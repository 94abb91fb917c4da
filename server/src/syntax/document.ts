/**
 * Text as configuration: what every text format is lowered to. Framework adapters see only this, never a parser or a
 * tree. All ranges are UTF-16 offsets in the document; offsets beyond its end stand for the files a script sources or
 * a module imports, each at an offset of its own. `placeIn` and `textAt` tell them apart.
 */
import type { KernelFile } from '../core/kernels/facts.ts';
import type { OperatorFile } from '../core/kernels/operators/facts.ts';
import type { TileFile } from '../core/kernels/tiled/facts.ts';
import type { TritonFile } from '../core/kernels/triton/facts.ts';
import type { Place, Range } from '../core/origin.ts';
import type { PythonModule } from './python-module.ts';
import type { Scalar } from './scalar.ts';

export type { Scalar } from './scalar.ts';

export type TextFormat = 'json' | 'yaml' | 'toml' | 'shell' | 'python' | 'dockerfile' | 'pbtxt' | 'modelfile' | 'csv' | 'cuda';

export type EntryPath = readonly (string | number)[];

/** One key with its value. Containers are entries too (`scalar` undefined), so a whole block can be pointed at. */
export interface ConfigEntry {
  readonly path: EntryPath;
  readonly key: Range;
  readonly value: Range;
  /** The value's text as written, quotes included. */
  readonly raw: string;
  readonly scalar: Scalar | undefined;
  /** `quoted` strings never become numbers. */
  readonly style: 'plain' | 'quoted' | 'container';
  /** What hides a value that variables were put into; `scalar` is undefined then. */
  readonly unknown?: readonly string[];
}

/** One problem of reading, at a place. */
export interface Problem {
  readonly range: Range;
  readonly severity: 'error' | 'warning' | 'info';
  /** Stable id such as `syntax-error`, `duplicate-key`, `cyclic-anchor`, `file-too-large`. */
  readonly code: string;
  readonly message: string;
  /** Other texts that take part. */
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
}

/**
 * One word of a command after expansion. `text` is undefined when it cannot be known from the file; then `unknown`
 * names the variables or commands that hide it.
 */
export interface Word {
  readonly text: string | undefined;
  readonly unknown: readonly string[];
  /** Where the word stands in the command or in the array it came through. */
  readonly range: Range;
  /** Where its value is written: for `$TP` the `8` of `TP=8`; the word itself when it is literal. */
  readonly value: Range;
  /** Variables it came through, outermost first. */
  readonly through: readonly string[];
  /** True when the text came from `${X:-default}` and X is not set in the file. */
  readonly fromDefault: boolean;
  /** True when the range `value` holds exactly `text` and may be replaced by an edit. */
  readonly replaceable: boolean;
  /** True when the word is present only under a condition that is not known from the file. */
  readonly conditional?: boolean;
  /** The parts of a word glued from several places (`--tp=$TP`), in order; absent for a word from one place. */
  readonly pieces?: readonly WordPiece[];
}

/** One part of a word; the fields mean the same as in `Word`. Use `splitAssignmentWord` to find the part after `=`. */
export interface WordPiece {
  readonly text: string | undefined;
  readonly unknown: readonly string[];
  readonly range: Range;
  readonly value: Range;
  readonly through: readonly string[];
  readonly fromDefault: boolean;
  readonly replaceable: boolean;
}

/** A command the script would run, expanded through variables and arrays. */
export interface CommandLine {
  /** All words; the first is the program. */
  readonly words: readonly Word[];
  readonly range: Range;
  /** `NAME=value` words in front of the command, and exported variables in force there. */
  readonly environment: readonly ShellVariable[];
  /** Words of the command it stands in: `srun -N 4 bash -c` around a quoted script; absent at the top. */
  readonly front?: readonly Word[];
  /** True inside a branch or loop whose condition is not known from the file. */
  readonly conditional: boolean;
}

export interface ShellVariable {
  readonly name: string;
  readonly value: Word;
  readonly assignment: Range;
  readonly exported: boolean;
}

/** A scheduler directive such as `#SBATCH --nodes=4`, `#PBS -l select=4:ngpus=8` or `#BSUB -nnodes 4`, or FROM of a Dockerfile. */
export interface Directive {
  readonly prefix: 'SBATCH' | 'PBS' | 'BSUB' | 'FROM';
  /**
   * The option with its dashes; `hetjob` for the word that separates the components of a heterogeneous Slurm job; for FROM
   * the name the stage is given, or ''.
   */
  readonly name: string;
  /** The option's value; for FROM the image, unknown parts spelt `${NAME}`. */
  readonly text: string;
  readonly key: Range;
  readonly value: Range;
}

/** A file the script writes itself: `cat <<EOF > ds.json`. */
export interface Heredoc {
  /** Unknown parts are spelt `${NAME}`, as `spellWord` spells them; undefined when it goes to no file. */
  readonly path: string | undefined;
  readonly body: string;
  readonly range: Range;
  /** The body in parts that know where each was written; see `heredocDocument`. */
  readonly pieces: readonly WordPiece[];
  /** Added to what the file held before. Absent when the file is written anew. */
  readonly appends?: true;
}

/** Finds a file as it is written in another; undefined when there is none. */
export type FindSourced = (fromUri: string, path: string) => { readonly uri: string; readonly text: string } | undefined;

/** A file that a script takes in (`source env.sh`), runs as a script of its own (`bash train.sh`), or that a module imports from. */
export interface SourcedFile {
  /** The path after expansion, with unknown parts spelt `${NAME}`. */
  readonly path: string;
  /** Where the path stands in the document itself; for a file that a sourced file sources, where that one is named. */
  readonly range: Range;
  /** The file that names it: the document, or one of the sourced files. */
  readonly from: string;
  /** `run`: a script of its own, whose variables do not come back; `import`: a Python module. */
  readonly how: 'source' | 'run' | 'import';
  /** What was found there; `offset` is where its text begins among the document's offsets. */
  readonly file?: { readonly uri: string; readonly text: string; readonly offset: number };
}

/** What a script would run if it did not end above: nothing of it is among the document's own commands. */
export interface AfterExit {
  /** The statement that always ends the script. */
  readonly exit: Range;
  readonly commands: readonly CommandLine[];
  /** Variables and here-documents of the whole script. */
  readonly variables: readonly ShellVariable[];
  readonly heredocs: readonly Heredoc[];
}

export interface ConfigDocument {
  readonly uri: string;
  readonly format: TextFormat;
  readonly text: string;
  /** JSON, YAML, TOML, protobuf's text and Modelfiles: every key at every depth, in document order. Other formats: empty. */
  readonly entries: readonly ConfigEntry[];
  /** Shell, and what a Dockerfile or an argument list starts. */
  readonly commands: readonly CommandLine[];
  readonly variables: readonly ShellVariable[];
  readonly directives: readonly Directive[];
  readonly heredocs: readonly Heredoc[];
  readonly problems: readonly Problem[];
  /** Shell and Python: other scripts or modules that take part. Absent when there are none. */
  readonly sourced?: readonly SourcedFile[];
  /** Shell only. Absent when the script runs to its end. */
  readonly afterExit?: AfterExit;
  /** Python only. */
  readonly python?: PythonModule;
  /** CUDA and HIP: kernels and launches, also those in strings of Python. */
  readonly kernels?: KernelFile;
  /** Python only. */
  readonly triton?: TritonFile;
  /** Kernels of tile languages: TileLang and Pallas in Python, CUTLASS in C++. */
  readonly tiles?: TileFile;
  /** Python only: operators of PyTorch. */
  readonly operators?: OperatorFile;
}

function fileAt(document: ConfigDocument, offset: number): SourcedFile['file'] {
  if (offset <= document.text.length) return undefined;
  return document.sourced?.find(({ file }) => file && offset >= file.offset && offset <= file.offset + file.text.length)?.file;
}

/** The file a range of the document stands in, with the range as that file counts it. */
export function placeIn(document: ConfigDocument, range: Range): Place {
  const file = fileAt(document, range.start);
  const [start, text] = file ? [file.offset, file.text] : [0, document.text];
  const within = (offset: number): number => Math.max(0, Math.min(offset - start, text.length));
  return { uri: file?.uri ?? document.uri, range: { start: within(range.start), end: within(range.end) } };
}

/** The text of a range, which may stand in a sourced file. */
export function textAt(document: ConfigDocument, range: Range): string {
  const file = fileAt(document, range.start);
  const start = file?.offset ?? 0;
  return (file?.text ?? document.text).slice(range.start - start, range.end - start);
}

/** The entrance: any text to a ConfigDocument, once or again after every edit. */
import type { Point, Tree, Edit as TreeEdit } from 'web-tree-sitter';
import { Edit } from 'web-tree-sitter';
import { readKernelTree } from './cuda/cuda.ts';
import { maskAttributes } from './cuda/mask.ts';
import { readDockerfile } from './dockerfile.ts';
import type { ConfigDocument, FindSourced, Problem, TextFormat } from './document.ts';
import { readJson } from './json.ts';
import { readModelfile } from './modelfile.ts';
import { parsePythonText, parseShellText, parseText } from './parsers.ts';
import { readPbtxt } from './pbtxt.ts';
import { maskMagics } from './python/mask.ts';
import { findImported } from './python/modules.ts';
import { readPython, readPythonTree } from './python.ts';
import { maskPlaceholders } from './shell/mask.ts';
import { findFile } from './shell/sourcing.ts';
import { readShellTree } from './shell.ts';
import { readCutlass } from './tiled/cutlass.ts';
import { readToml } from './toml.ts';
import type { CopiedStatements } from './tree-copy.ts';
import { readYaml } from './yaml.ts';

/** Larger files are data rather than configuration. */
const maxLength = 5 * 1024 * 1024;
/** Formats that are followed and not only parsed take longer; no one writes so much of them by hand. */
const maxOfFormat: Readonly<Partial<Record<TextFormat, number>>> = {
  shell: 512 * 1024,
  toml: 512 * 1024,
  dockerfile: 512 * 1024,
  pbtxt: 512 * 1024,
  modelfile: 512 * 1024,
  cuda: 1024 * 1024,
  python: 2 * 1024 * 1024,
  csv: 2 * 1024 * 1024,
};

const formatOfExtension = new Map<string, TextFormat>([
  ['sh', 'shell'],
  ['bash', 'shell'],
  ['slurm', 'shell'],
  ['sbatch', 'shell'],
  ['json', 'json'],
  ['jsonc', 'json'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['toml', 'toml'],
  ['dockerfile', 'dockerfile'],
  ['py', 'python'],
  ['pbtxt', 'pbtxt'],
  ['modelfile', 'modelfile'],
  ['cu', 'cuda'],
  ['cuh', 'cuda'],
  ['hip', 'cuda'],
  // Kernels stand in C++ files, too; those without any are not read (frameworks/interest.ts).
  ...['h', 'hh', 'hpp', 'hxx', 'inl', 'cc', 'cpp', 'cxx'].map((extension): [string, TextFormat] => [extension, 'cuda']),
  ['csv', 'csv'],
]);

/** A format that is read from a syntax tree. */
interface TreeFormat {
  /** The text as the grammar gets it: of the same length, without what the grammar does not know. */
  readonly mask: (text: string) => string;
  readonly parse: (masked: string, old?: Tree) => Tree | undefined;
  readonly read: (uri: string, text: string, tree: Tree, find: FindSourced, remembered?: CopiedStatements) => ConfigDocument;
  /** Whether the grammar must parse such a text afresh after every edit. */
  readonly isFragile: (text: string) => boolean;
}

const treeFormats: Partial<Record<TextFormat, TreeFormat>> = {
  shell: {
    mask: maskPlaceholders,
    parse: parseShellText,
    read: readShellTree,
    // After an edit above a heredoc the grammar's scanner loses the heredoc's delimiter.
    isFragile: (text) => text.includes('<<'),
  },
  python: { mask: maskMagics, parse: parsePythonText, read: readPythonTree, isFragile: () => false },
  cuda: {
    mask: maskAttributes,
    parse: (masked, old) => parseText('cuda', masked, old),
    read: (uri, text, tree, _find, remembered) => {
      const tiles = readCutlass(text);
      return {
        ...unreadDocument(uri, text, 'cuda'),
        kernels: readKernelTree(uri, text, tree, remembered),
        ...(tiles ? { tiles } : {}),
      };
    },
    isFragile: () => false,
  },
};

/** The format of a file by its extension, else by how its text begins. */
export function formatOf(uri: string, text: string): TextFormat {
  const path = uri.replace(/[?#].*$/, '');
  if (/(?:^|\/)(?:Dockerfile|Containerfile)(?:[.-][^/.]*)?$/i.test(path)) return 'dockerfile';
  if (/(?:^|\/)Modelfile(?:[.-][^/]*)?$/i.test(path)) return 'modelfile';
  const byName = formatOfExtension.get(/\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '');
  if (byName) return byName;
  const start = text
    .slice(0, 400)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('#!')) return 'shell';
  if (/^[{[]/.test(start)) return 'json';
  if (/^(?:#[^\n]*\s+)*FROM\s/i.test(start) && /^(?:PARAMETER|TEMPLATE|SYSTEM|ADAPTER)\s/im.test(text.slice(0, 65_536))) return 'modelfile';
  if (/^(?:---|%YAML|[\w.-]+:(?:\s|$))/.test(start)) return 'yaml';
  return 'shell';
}

/** A document of which nothing is read. */
export function unreadDocument(uri: string, text: string, format: TextFormat): ConfigDocument {
  return { uri, format, text, entries: [], commands: [], variables: [], directives: [], heredocs: [], problems: [] };
}

function empty(uri: string, text: string, format: TextFormat, problem: Problem): ConfigDocument {
  return { ...unreadDocument(uri, text, format), problems: [problem] };
}

/** The one problem of a text that is not read at all. */
function refusal(text: string, format: TextFormat): Problem | undefined {
  const range = { start: 0, end: Math.min(1, text.length) };
  const most = maxOfFormat[format] ?? maxLength;
  if (text.length > most) {
    const size = most < 1024 * 1024 ? `${most / 1024} KB` : `${most / (1024 * 1024)} MB`;
    return { range, severity: 'warning', code: 'file-too-large', message: `Files of this kind over ${size} are not read.` };
  }
  if (/\0/.test(text.slice(0, 65_536))) {
    return { range, severity: 'warning', code: 'binary-file', message: 'This is not a text file, so it is not read.' };
  }
  return undefined;
}

function readText(uri: string, text: string, format: TextFormat, find: FindSourced): ConfigDocument {
  const refused = refusal(text, format);
  if (refused) return empty(uri, text, format, refused);
  if (format === 'json') return readJson(uri, text);
  if (format === 'yaml') return readYaml(uri, text);
  if (format === 'toml') return readToml(uri, text) ?? empty(uri, text, format, notReady(text));
  if (format === 'dockerfile') return readDockerfile(uri, text);
  if (format === 'pbtxt') return readPbtxt(uri, text);
  if (format === 'modelfile') return readModelfile(uri, text);
  // Cells are read by the one adapter that knows what they mean.
  if (format === 'csv') return unreadDocument(uri, text, format);
  if (format === 'python') return readPython(uri, text, find) ?? empty(uri, text, format, notReady(text));
  const reader = treeFormats[format];
  const tree = reader?.parse(reader.mask(text));
  if (!reader || !tree) return empty(uri, text, format, notReady(text));
  try {
    return reader.read(uri, text, tree, find);
  } finally {
    tree.delete();
  }
}

function notReady(text: string): Problem {
  return {
    range: { start: 0, end: Math.min(1, text.length) },
    severity: 'warning',
    code: 'not-ready',
    message: 'The grammar of this format is not loaded.',
  };
}

export type { FindSourced } from './document.ts';

const findNothing: FindSourced = () => undefined;

/**
 * Reads a document in one go. Never throws, whatever the text; `initParsers` must have finished before shell or Python is read.
 * @param format overrides what the name and the first characters say, e.g. with the editor's language.
 * @param find where a script's sourced files are; without it they count as missing.
 */
export function readDocument(
  uri: string,
  text: string,
  format: TextFormat = formatOf(uri, text),
  find: FindSourced = findNothing,
): ConfigDocument {
  return readText(uri, text, format, find);
}

/** Replaces the characters from `start` to `end`; offsets refer to the text after the changes before it. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applyChange(text: string, change: TextChange): string {
  const start = Math.min(Math.max(0, change.start), text.length);
  return text.slice(0, start) + change.text + text.slice(Math.max(start, Math.min(change.end, text.length)));
}

/** Where a text ends that begins at a point, in the lines of the grammars. */
function pointBehind({ row, column }: Point, text: string): Point {
  let lines = 0;
  let last = -1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1;
    last = at;
  }
  return { row: row + lines, column: lines === 0 ? column + text.length : text.length - last - 1 };
}

/** The smallest single edit between two texts, as the parser wants it. */
function editBetween(before: string, after: string): TreeEdit | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < most - start && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  const oldEnd = before.length - tail;
  const newEnd = after.length - tail;
  const begin = pointBehind({ row: 0, column: 0 }, after.slice(0, start));
  return new Edit({
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition: begin,
    oldEndPosition: pointBehind(begin, before.slice(start, oldEnd)),
    newEndPosition: pointBehind(begin, after.slice(start, newEnd)),
  });
}

/**
 * One open document that is read again after every edit. Shell and Python keep their tree, so that only what an edit
 * touches is parsed again; the result always equals that of `readDocument` on the same text.
 */
export class DocumentReader {
  readonly uri: string;
  private readonly find: FindSourced;
  private format: TextFormat;
  private readonly isFormatGiven: boolean;
  private current: string;
  private readonly copied: CopiedStatements = new Map();
  private tree: Tree | undefined;
  /** The text as the grammar has it; kept with the tree. */
  private masked: string | undefined;
  private treeFormat: TextFormat | undefined;
  private read: ConfigDocument | undefined;

  constructor(uri: string, text: string, format?: TextFormat, find: FindSourced = findNothing) {
    this.uri = uri;
    this.find = find;
    this.current = text;
    this.isFormatGiven = format !== undefined;
    this.format = format ?? formatOf(uri, text);
  }

  get text(): string {
    return this.current;
  }

  /** The document as last read; read now if it has not been, or if a file it sources has changed. */
  get document(): ConfigDocument {
    if (this.read === undefined || this.rereads(this.read)) this.read = this.readNow();
    return this.read;
  }

  private rereads({ sourced = [] }: ConfigDocument): boolean {
    return sourced.some(({ path, from, how, file }) => {
      const there = how === 'import' ? findImported(this.find, path, from) : findFile(this.find, path, from, this.uri);
      return there?.uri !== file?.uri || there?.text !== file?.text;
    });
  }

  /** Applies edits one after the other and reads the result. */
  edit(changes: readonly TextChange[]): ConfigDocument {
    const before = this.current;
    this.current = changes.reduce(applyChange, before);
    if (!this.isFormatGiven) this.format = formatOf(this.uri, this.current);
    this.keepTree(before);
    this.read = this.readNow();
    return this.read;
  }

  /** Frees the tree, which lives outside JavaScript's memory. */
  dispose(): void {
    this.tree?.delete();
    this.tree = undefined;
    this.masked = undefined;
  }

  private keepTree(before: string): void {
    const reader = treeFormats[this.format];
    if (!this.tree || !reader || this.treeFormat !== this.format || reader.isFragile(this.current) || reader.isFragile(before)) {
      this.dispose();
      return;
    }
    const masked = reader.mask(this.current);
    const edit = editBetween(this.masked ?? reader.mask(before), masked);
    this.masked = masked;
    if (edit) this.tree.edit(edit);
  }

  private readNow(): ConfigDocument {
    const reader = treeFormats[this.format];
    if (!reader || refusal(this.current, this.format)) {
      this.dispose();
      return readText(this.uri, this.current, this.format, this.find);
    }
    const old = this.tree;
    const masked = this.masked ?? reader.mask(this.current);
    this.masked = masked;
    let tree = reader.parse(masked, old);
    // Error recovery may depend on what was parsed before, so a broken text is parsed afresh.
    if (tree && old && tree.rootNode.hasError && this.format !== 'cuda') {
      tree.delete();
      tree = reader.parse(masked);
    }
    old?.delete();
    this.tree = tree;
    this.treeFormat = this.format;
    if (!tree) return empty(this.uri, this.current, this.format, notReady(this.current));
    return reader.read(this.uri, this.current, tree, this.find, this.copied);
  }
}

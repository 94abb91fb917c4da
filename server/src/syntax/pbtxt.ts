/**
 * Protobuf's text format to ConfigDocument: `name: value`, `name { ... }` and lists in brackets, as in Triton's `config.pbtxt`. A message
 * always has its index in the path, since any field may be repeated: `instance_group.0.count`. Words like `${max_batch_size}`, which a
 * script fills in later, hide their value. Grammar: protobuf.dev, text format specification (2025).
 */
import type { ConfigDocument, ConfigEntry, EntryPath, Problem, Scalar } from './document.ts';

type Kind = 'name' | 'string' | 'blank' | 'mark' | 'end';

interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Messages nest no deeper in any real file. */
const maxDepth = 60;
const maxProblems = 50;
const maxEntries = 20_000;

const pattern = /\$\{[^}\n]*\}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|["']|[\w.+-]+|[{}[\]<>:,;]|#[^\n]*|\s+|./gsu;

function tokensOf(text: string, complain: (token: Token, message: string) => void): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    const token = { text: found, start: match.index, end: match.index + found.length };
    if (/^(?:\s|#|\uFEFF)/.test(found)) continue;
    if (found.startsWith('${')) tokens.push({ ...token, kind: 'blank' });
    else if (/^["']./s.test(found)) tokens.push({ ...token, kind: 'string' });
    else if (/^[\w.+-]/.test(found)) tokens.push({ ...token, kind: 'name' });
    else if (/^[{}[\]<>:,;]$/.test(found)) tokens.push({ ...token, kind: 'mark' });
    else complain({ ...token, kind: 'mark' }, /["']/.test(found) ? 'This string is never closed.' : 'This character has no meaning here.');
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' };

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, (all, char: string) => escapes[char] ?? all);

function scalarOf(text: string): Scalar {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?f?$/i.test(text)) return Number(text.replace(/f$/i, ''));
  return text === 'true' || text === 'True' ? true : text === 'false' || text === 'False' ? false : text;
}

class Reader {
  readonly entries: ConfigEntry[] = [];
  private at = 0;
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private readonly complain: (token: Token, message: string) => void;

  constructor(text: string, tokens: readonly Token[], complain: (token: Token, message: string) => void) {
    this.text = text;
    this.tokens = tokens;
    this.complain = complain;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '', start: this.text.length, end: this.text.length };
  }

  private take(...marks: readonly string[]): Token | undefined {
    const token = this.peek();
    if (token.kind !== 'mark' || !marks.includes(token.text)) return undefined;
    this.at += 1;
    return token;
  }

  /** Fields until the closing mark, or until the end of the file where there is none. */
  fields(path: EntryPath, close: string, depth: number): void {
    const counts = new Map<string, number>();
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end' || (token.kind === 'mark' && token.text === close)) return;
      if (token.kind === 'name') this.field(path, token, counts, depth);
      else {
        this.at += 1;
        if (!/^[,;]$/.test(token.text)) this.complain(token, 'Expected the name of a field here.');
      }
    }
  }

  private field(path: EntryPath, name: Token, counts: Map<string, number>, depth: number): void {
    this.at += 1;
    const colon = this.take(':') !== undefined;
    const next = () => {
      const index = counts.get(name.text) ?? 0;
      counts.set(name.text, index + 1);
      return index;
    };
    const token = this.peek();
    if (token.kind === 'mark' && token.text === '[') this.list([...path, name.text], name, next, depth);
    else if (token.kind === 'mark' && (token.text === '{' || token.text === '<')) this.message([...path, name.text, next()], name, depth);
    else if (!colon) this.complain(name, `Expected ":" or "{" behind ${name.text.slice(0, 40)}.`);
    else this.scalar([...path, name.text], name);
  }

  private message(path: EntryPath, name: Token, depth: number): void {
    const open = this.peek();
    this.at += 1;
    const close = open.text === '{' ? '}' : '>';
    const index = this.entries.length;
    if (depth > maxDepth) {
      this.complain(open, 'Messages nest too deep here; the rest is not read.');
      this.at = this.tokens.length;
      return;
    }
    this.fields(path, close, depth + 1);
    const end = this.take(close);
    if (end === undefined) this.complain(open, `This ${open.text} is never closed.`);
    this.container(index, path, name, open.start, end?.end ?? this.text.length);
  }

  private container(index: number, path: EntryPath, name: Token, start: number, end: number): void {
    if (this.entries.length >= maxEntries) return;
    const key = { start: name.start, end: name.end };
    this.entries.splice(index, 0, {
      path,
      key,
      value: { start, end },
      raw: this.text.slice(start, end),
      scalar: undefined,
      style: 'container',
    });
  }

  private list(path: EntryPath, name: Token, next: () => number, depth: number): void {
    const open = this.peek();
    const index = this.entries.length;
    this.at += 1;
    let scalars = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end' || this.take(']')) {
        if (token.kind === 'end') this.complain(open, 'This [ is never closed.');
        if (scalars > 0 || this.entries.length === index) this.container(index, path, name, open.start, token.end);
        return;
      }
      if (token.kind === 'mark' && (token.text === '{' || token.text === '<')) this.message([...path, next()], name, depth);
      else if (token.kind === 'mark') {
        this.at += 1;
        if (token.text !== ',') this.complain(token, 'Expected a value or "]" here.');
      } else this.scalar([...path, scalars++], token);
    }
  }

  /** A word, a number, or strings that stand beside each other and are one. */
  private scalar(path: EntryPath, name: Token): void {
    const first = this.peek();
    if (first.kind === 'mark' || first.kind === 'end') {
      this.complain(name, `Expected a value behind ${name.text.slice(0, 40)}.`);
      return;
    }
    const parts = [first];
    this.at += 1;
    while (first.kind === 'string' && this.peek().kind === 'string') {
      parts.push(this.peek());
      this.at += 1;
    }
    if (this.entries.length >= maxEntries) return;
    const { start } = first;
    const end = parts.at(-1)?.end ?? first.end;
    const raw = this.text.slice(start, end);
    const value = first.kind === 'string' ? parts.map(({ text }) => unquoted(text)).join('') : first.text;
    const blank = /\$\{([^}]*)\}/.exec(value)?.[1];
    const style = first.kind === 'string' ? 'quoted' : 'plain';
    const entry = { path, key: { start: name.start, end: name.end }, value: { start, end }, raw, style } as const;
    if (blank !== undefined) this.entries.push({ ...entry, scalar: undefined, unknown: [blank] });
    else this.entries.push({ ...entry, scalar: first.kind === 'string' ? value : scalarOf(first.text) });
  }
}

/** Reads a file of protobuf's text format. Never throws. */
export function readPbtxt(uri: string, text: string): ConfigDocument {
  const problems: Problem[] = [];
  const complain = ({ start, end }: Token, message: string): void => {
    if (problems.length < maxProblems) problems.push({ range: { start, end }, severity: 'error', code: 'syntax-error', message });
  };
  const reader = new Reader(text, tokensOf(text, complain), complain);
  reader.fields([], '', 0);
  const { entries } = reader;
  return { uri, format: 'pbtxt', text, entries, commands: [], variables: [], directives: [], heredocs: [], problems };
}

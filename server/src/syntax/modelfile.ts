/**
 * Ollama's Modelfile to ConfigDocument: an instruction and its value on each line, `PARAMETER name value` under the path of both.
 * Values in quotes, single or triple, run until the quotes close. Rules: ollama/ollama parser/parser.go at fb307609.
 */
import type { ConfigDocument, ConfigEntry, Problem, Scalar } from './document.ts';

const instructions: ReadonlySet<string> = new Set(
  'from license template system adapter draft renderer parser parameter message requires'.split(' '),
);
const maxProblems = 50;

interface Value {
  readonly start: number;
  readonly end: number;
  readonly raw: string;
  readonly text: string;
  readonly quoted: boolean;
  /** False when quotes are opened and never closed. */
  readonly closed: boolean;
}

/** The value that begins at `start` and where the next line begins. */
function valueAt(text: string, start: number): Value {
  const quote = text.startsWith('"""', start) ? '"""' : text[start] === '"' ? '"' : '';
  const close = quote === '' ? -1 : text.indexOf(quote, start + quote.length);
  const lineEnd = endOfLine(text, start);
  if (quote === '') {
    const raw = text.slice(start, lineEnd).trimEnd();
    return { start, end: start + raw.length, raw, text: raw, quoted: false, closed: true };
  }
  const end = close < 0 ? text.length : close + quote.length;
  const inner = text.slice(start + quote.length, close < 0 ? text.length : close);
  return { start, end, raw: text.slice(start, end), text: inner, quoted: true, closed: close >= 0 };
}

const endOfLine = (text: string, from: number): number => {
  const end = text.slice(from).search(/\r?\n/);
  return end < 0 ? text.length : from + end;
};

/** Numbers and booleans of parameters; everything else stays text. */
function scalarOf({ text, quoted }: Value): Scalar {
  if (quoted) return text;
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text;
}

/** Reads a Modelfile. Never throws; what is no instruction becomes a problem at its line. */
export function readModelfile(uri: string, text: string): ConfigDocument {
  const entries: ConfigEntry[] = [];
  const problems: Problem[] = [];
  const complain = (start: number, end: number, message: string): void => {
    if (problems.length < maxProblems) problems.push({ range: { start, end }, severity: 'error', code: 'syntax-error', message });
  };
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const line = text.slice(at, endOfLine(text, at));
    const match = /^(\s*)([^\s#]\S*)([ \t]+)?/.exec(line);
    if (!match) {
      at += line.length + 1;
      continue;
    }
    const start = at + (match[1] ?? '').length;
    const word = match[2] ?? '';
    const isKnown = instructions.has(word.toLowerCase());
    if (!isKnown || match[3] === undefined) {
      complain(
        start,
        start + word.length,
        isKnown ? `${word.toUpperCase()} needs a value.` : `"${word.slice(0, 40)}" is no instruction of a Modelfile.`,
      );
      at += line.length + 1;
      continue;
    }
    at = readInstruction({ text, entries, complain }, word.toUpperCase(), start, at + match[0].length);
  }
  const hasFrom = entries.some(({ path }) => path[0] === 'FROM');
  if (!hasFrom) complain(0, Math.min(1, text.length), 'A Modelfile needs a FROM line.');
  return { uri, format: 'modelfile', text, entries, commands: [], variables: [], directives: [], heredocs: [], problems };
}

interface Reading {
  readonly text: string;
  readonly entries: ConfigEntry[];
  readonly complain: (start: number, end: number, message: string) => void;
}

/** Reads what stands behind an instruction, and says where the next line begins. */
function readInstruction({ text, entries, complain }: Reading, word: string, start: number, from: number): number {
  const name = word === 'PARAMETER' || word === 'MESSAGE' ? /^[\w-]+/.exec(text.slice(from, endOfLine(text, from)))?.[0] : undefined;
  const gap = name === undefined ? 0 : (/^[ \t]*/.exec(text.slice(from + name.length))?.[0].length ?? 0);
  const value = valueAt(text, from + (name?.length ?? 0) + gap);
  const key = name === undefined ? { start, end: start + word.length } : { start: from, end: from + name.length };
  if (!value.closed) complain(value.start, Math.min(value.start + 3, text.length), 'These quotes are never closed.');
  if (word === 'MESSAGE' && !/^(?:system|user|assistant)$/.test(name ?? ''))
    complain(key.start, key.end, 'The role of a message is system, user or assistant.');
  entries.push({
    path: name === undefined ? [word] : [word, name],
    key,
    value: { start: value.start, end: value.end },
    raw: value.raw,
    scalar: scalarOf(value),
    style: value.quoted ? 'quoted' : 'plain',
  });
  return endOfLine(text, value.end) + 1;
}

/**
 * Macros that launch kernels: `#define LAUNCH(T, N) k<T, N><<<grid, block>>>(...)`. Their bodies are parsed on their own, with
 * every node where it stands in the file, and are read where the macro is used, with that place's locals.
 */
import { moved } from '../tree-copy.ts';
import type { ParseSource } from './constants.ts';
import { fieldOf, type Node, namedKids, textOf } from './tree.ts';

export interface LaunchMacro {
  readonly parameters: readonly string[];
  /** The body as a block of statements. */
  readonly body: Node;
}

export interface LaunchMacros {
  readonly macros: ReadonlyMap<string, LaunchMacro>;
  /** Finds the name of one; undefined where there are none. */
  readonly names: RegExp | undefined;
}

/** Lines of a macro go on behind a backslash; without them its text is that of a function. */
export function withoutContinuations(text: string): string {
  return text.includes('\\') ? text.replace(/\\(\r?\n)/g, (_, end: string) => ' '.repeat(end.length + 1)) : text;
}

const launches = /<<<|\b(?:cuda|hip)Launch(?:Cooperative)?Kernel\w*/;
/** Longer bodies are programs. */
const longestBody = 20_000;
const prefix = 'void f(){';

/** Bodies as they were last parsed, at offset zero: macros seldom change. */
const parsed = new Map<string, Node | undefined>();
const mostParsed = 500;

function parsedBody(body: string, parse: ParseSource): Node | undefined {
  if (!parsed.has(body)) {
    if (parsed.size >= mostParsed) parsed.clear();
    const root = parse(`${prefix}${body};}`);
    const definition = root?.kids.find(({ type }) => type === 'function_definition');
    parsed.set(body, definition && fieldOf(definition, 'body'));
  }
  return parsed.get(body);
}

/** @param source the text without continuations of lines. */
export function launchMacros(definitions: readonly Node[], source: string, parse: ParseSource): LaunchMacros {
  const candidates = definitions.flatMap((node) => {
    const [name, value] = [fieldOf(node, 'name'), fieldOf(node, 'value')];
    const isMacro = node.type === 'preproc_def' || node.type === 'preproc_function_def';
    if (!isMacro || !name || !value || value.end - value.start > longestBody) return [];
    const list = fieldOf(node, 'parameters');
    const parameters = list ? namedKids(list).map((one) => textOf(one, source)) : [];
    return [{ name: textOf(name, source), parameters, start: value.start, body: textOf(value, source) }];
  });
  const wanted = new Set(candidates.filter(({ body }) => launches.test(body)).map(({ name }) => name));
  // A macro that uses one that launches does so, too.
  for (let before = -1; wanted.size > 0 && before !== wanted.size; ) {
    before = wanted.size;
    const names = new RegExp(`\\b(?:${[...wanted].join('|')})\\b`);
    for (const { name, body } of candidates) if (names.test(body)) wanted.add(name);
  }
  const found = new Map<string, LaunchMacro>();
  for (const { name, parameters, start, body } of candidates) {
    const block = wanted.has(name) ? parsedBody(body, parse) : undefined;
    if (block) found.set(name, { parameters, body: moved(block, start - prefix.length) });
  }
  return { macros: found, names: found.size === 0 ? undefined : new RegExp(`\\b(?:${[...found.keys()].join('|')})\\b`) };
}

/** The arguments behind a macro's name, by the text: types among them are no expressions, and the grammar stumbles. */
export function macroArguments(source: string, from: number): readonly { readonly start: number; readonly end: number }[] {
  const open = /^\s*\(/.exec(source.slice(from, from + 40));
  if (!open) return [];
  const values: { start: number; end: number }[] = [];
  let depth = 1;
  let start = from + open[0].length;
  for (let at = start; at < source.length && at < from + 4000; at++) {
    const letter = source[at];
    if (letter === '(' || letter === '[' || letter === '{' || letter === '<') depth += 1;
    else if (letter === ')' || letter === ']' || letter === '}' || letter === '>') depth -= 1;
    if (depth !== 0 && !(letter === ',' && depth === 1)) continue;
    const text = source.slice(start, at);
    const lead = text.length - text.trimStart().length;
    values.push({ start: start + lead, end: start + Math.max(lead, text.trimEnd().length) });
    start = at + 1;
    if (depth === 0) return values;
  }
  return [];
}

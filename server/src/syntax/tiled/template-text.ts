/**
 * C++ template arguments as text. The grammar's trees of CUTLASS are broken too often to rest on (nested templates, macros
 * around types), and what is wanted of them is no more than names and numbers with their places.
 */
import type { Range } from '../../core/origin.ts';

/** The same text with comments and strings blanked, so that offsets stay. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, (part) => part.replace(/[^\n]/g, ' '));
}

export interface TemplateUse {
  /** As written, with its namespaces. */
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  readonly values: readonly Range[];
}

/** Longer argument lists are no types anyone wrote. */
const longest = 6000;

/** The arguments behind the `<` at `open`; undefined where they do not end. */
function argumentsAt(text: string, open: number): { readonly values: readonly Range[]; readonly end: number } | undefined {
  const values: Range[] = [];
  let [angle, round, start] = [1, 0, open + 1];
  for (let at = open + 1; at < Math.min(text.length, open + longest); at++) {
    const letter = text[at];
    if (letter === ';') return undefined;
    if (letter === '(' || letter === '{' || letter === '[') round += 1;
    else if (letter === ')' || letter === '}' || letter === ']') round -= 1;
    else if (letter === '<' && round === 0) angle += 1;
    else if (letter === '>' && round === 0 && text[at - 1] !== '-') angle -= 1;
    if ((letter === ',' && angle === 1 && round === 0) || angle === 0) {
      values.push(trimmed(text, start, at));
      start = at + 1;
    }
    if (angle === 0) return { values: values.filter((range) => range.end > range.start), end: at + 1 };
  }
  return undefined;
}

function trimmed(text: string, start: number, end: number): Range {
  let [from, to] = [start, end];
  while (from < to && /\s/.test(text[from] ?? '')) from += 1;
  while (to > from && /\s/.test(text[to - 1] ?? '')) to -= 1;
  return { start: from, end: to };
}

/** The template that a text begins with at `start`: `cutlass::gemm::GemmShape<128, 128, 32>`. */
export function templateAt(text: string, start: number): TemplateUse | undefined {
  const written = /^(?:typename\s+)?((?:\w+\s*::\s*)*\w+)\s*</.exec(text.slice(start, start + 300));
  if (!written?.[1]) return undefined;
  const nameStart = start + written[0].indexOf(written[1]);
  const found = argumentsAt(text, start + written[0].length - 1);
  if (!found) return undefined;
  return {
    name: written[1].replace(/\s+/g, ''),
    nameRange: { start: nameStart, end: nameStart + written[1].length },
    range: { start: nameStart, end: found.end },
    values: found.values,
  };
}

/** What aliases stand for: the definition before a place, else the first after it. */
export class Aliases {
  private readonly text: string;
  private readonly byName = new Map<string, Range[]>();

  constructor(text: string) {
    this.text = text;
    const add = (name: string, value: Range): void => void this.byName.set(name, [...(this.byName.get(name) ?? []), value]);
    for (const found of text.matchAll(/\busing\s+(\w+)\s*=\s*([^;]+);/g)) {
      const start = (found.index ?? 0) + found[0].length - 1 - (found[2] ?? '').length;
      add(found[1] ?? '', trimmed(text, start, start + (found[2] ?? '').length));
    }
    for (const found of text.matchAll(
      /\b(?:static\s+)?(?:constexpr|const)\s+(?:static\s+)?(?:int|unsigned|size_t|auto|uint32_t)\s+(?:const\s+)?(\w+)\s*=\s*([^;]+);/g,
    )) {
      const start = (found.index ?? 0) + found[0].length - 1 - (found[2] ?? '').length;
      add(found[1] ?? '', trimmed(text, start, start + (found[2] ?? '').length));
    }
  }

  /** Where the meaning of a written name stands, names followed as far as they go. */
  opened(range: Range, depth = 0): Range {
    const name = /^(?:typename\s+)?(\w+)$/.exec(this.text.slice(range.start, range.end))?.[1];
    const all = name === undefined || depth > 8 ? undefined : this.byName.get(name);
    const value = all?.findLast(({ end }) => end <= range.start) ?? all?.find(({ start }) => start > range.end);
    return value ? this.opened(value, depth + 1) : range;
  }
}

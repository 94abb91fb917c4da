/**
 * Functions that a kernel calls, found by their names in the texts at hand and read for what they compute. Only somebody
 * who looks at a kernel asks for them: nothing of this stands between a keystroke and its diagnostics.
 */
import type { CalledFunction } from '../../core/kernels/arithmetic.ts';
import type { Call } from '../../core/kernels/body.ts';
import { calledFunctionOf } from './arithmetic.ts';
import type { CastMacros } from './body.ts';

/** Longer functions are not what a kernel calls for one step of its work. */
const longest = 40_000;
/** More definitions of one name are a library's overloads. */
const mostDefinitions = 12;

/** The end of what opens at a place: of a bracket, with comments and strings left out. */
function closing(text: string, open: number): number | undefined {
  const [opens, closes] = text[open] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = open; at < text.length && at < open + longest; at++) {
    const letter = text[at];
    if (letter === '/' && text[at + 1] === '/') at = endOf(text.indexOf('\n', at), text);
    else if (letter === '/' && text[at + 1] === '*') at = endOf(text.indexOf('*/', at), text) + 1;
    else if (letter === '"') at = endOfString(text, at);
    else if (letter === opens) depth += 1;
    else if (letter === closes && --depth === 0) return at;
  }
  return undefined;
}

const endOf = (found: number, text: string): number => (found < 0 ? text.length : found);

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"' || text[at] === '\n') return at;
  }
  return text.length;
}

/** Where the declaration that a name stands in begins: behind the statement, brace or directive before it. */
function beginning(text: string, name: number): number {
  let at = name - 1;
  while (at >= 0 && !/[;{}]/.test(text[at] ?? '')) {
    if (text[at] === '\n' && /^[ \t]*#/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))) break;
    at -= 1;
  }
  return at + 1;
}

/** What may stand between the parameters and the body. */
const beforeBody = /^\s*(?:const\b\s*|noexcept\b\s*|->\s*[\w:<>,\s*&]+?\s*)?\{/;

/** Definitions of a function in a text, with their templates. */
function definitionsIn(text: string, name: string): readonly string[] {
  const found: string[] = [];
  const uses = new RegExp(`\\b${name}\\s*(?:<[^;{}()]*>\\s*)?\\(`, 'g');
  for (const use of text.matchAll(uses)) {
    const open = use.index + use[0].length - 1;
    const start = beginning(text, use.index);
    // A declaration begins with the type that the function returns.
    if (!/[\w>*&:]\s*$/.test(text.slice(start, use.index))) continue;
    const close = closing(text, open);
    const body = close === undefined ? null : beforeBody.exec(text.slice(close + 1, close + 200));
    if (close === undefined || !body) continue;
    const end = closing(text, close + body[0].length);
    if (end !== undefined) found.push(text.slice(start, end + 1));
    if (found.length >= mostDefinitions) break;
  }
  return found;
}

const isOptional = ({ type }: CalledFunction['parameters'][number]): boolean => type.includes('=');

const takes = ({ parameters }: CalledFunction, values: number): boolean =>
  values <= parameters.length && parameters.filter((one) => !isOptional(one)).length <= values;

/**
 * What finds the function a call means.
 * @param texts the kernel's own file first, then what it includes.
 */
export function functionsIn(texts: readonly string[], macros: CastMacros): (call: Call) => CalledFunction | undefined {
  const known = new Map<string, readonly CalledFunction[]>();
  const named = (name: string): readonly CalledFunction[] => {
    const before = known.get(name);
    if (before) return before;
    let found: readonly CalledFunction[] = [];
    for (const text of texts) {
      if (!text.includes(name)) continue;
      found = definitionsIn(text, name).flatMap((one) => calledFunctionOf(one, macros) ?? []);
      if (found.length > 0) break;
    }
    known.set(name, found);
    return found;
  };
  return ({ callee, values }) => {
    const name = /(\w+)\s*(?:<.*)?$/s.exec(callee.replace(/<.*$/s, ''))?.[1];
    // A method belongs to an object, whose class is not looked for.
    if (name === undefined || /\.|->/.test(callee.replace(/<.*$/s, ''))) return undefined;
    return named(name).find((one) => one.name === name && takes(one, values.length));
  };
}

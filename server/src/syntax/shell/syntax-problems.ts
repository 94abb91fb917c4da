/**
 * Syntax problems of a script, only where it is surely broken: the grammar fails on some valid bash and on templates,
 * so an error of the parser alone proves nothing.
 */
import type { Problem } from '../document.ts';
import type { Node } from './tree.ts';

/** Closing tokens the grammar inserts when the text ends without them. */
const closers: Readonly<Record<string, string>> = {
  fi: '`fi` to close this `if`',
  done: '`done` to close this loop',
  esac: '`esac` to close this `case`',
  '"': 'a closing quote',
  "'": 'a closing quote',
  ')': 'a closing parenthesis',
  '}': 'a closing brace',
  ']': 'a closing bracket',
  ']]': 'closing brackets',
  '))': 'closing parentheses',
};

const maxProblems = 20;

function missingCloser(parent: Node, missing: Node): Problem | undefined {
  const what = closers[missing.type];
  // The grammar does not know every operator inside `${...}`.
  if (!what || parent.type === 'expansion') return undefined;
  const opener = parent.kids.find((kid) => kid !== missing && kid.end > kid.start);
  const range = opener ? { start: opener.start, end: opener.end } : { start: parent.start, end: parent.end };
  return { range, severity: 'warning', code: 'syntax-error', message: `This is never closed: expected ${what}.` };
}

const closerOf: ReadonlyMap<string, string> = new Map([
  ['if', 'fi'],
  ['for', 'done'],
  ['while', 'done'],
  ['until', 'done'],
  ['case', 'esac'],
  ['{', '}'],
  ['"', '"'],
]);

/** An error that reaches the end of the text and holds an opening token without its closing one. */
function neverClosed(error: Node, text: string): Problem | undefined {
  if (error.type !== 'ERROR' || text.slice(error.end).trim() !== '') return undefined;
  const open: Node[] = [];
  for (const kid of error.kids) {
    const innermost = open.at(-1);
    if (innermost && closerOf.get(innermost.type) === kid.type) open.pop();
    else if (closerOf.has(kid.type)) open.push(kid);
  }
  const opener = open.at(-1);
  const what = opener && closers[closerOf.get(opener.type) ?? ''];
  if (!opener || !what) return undefined;
  const range = { start: opener.start, end: opener.end };
  return { range, severity: 'warning', code: 'syntax-error', message: `This is never closed: expected ${what}.` };
}

/** A backslash with spaces after it does not continue the line: bash ends the command there. */
function brokenContinuations(text: string): readonly Problem[] {
  return [...text.matchAll(/\\(?<=[^\\\s][ \t]*\\)[ \t]+(?=\r?\n[ \t]*-{1,2}[A-Za-z])/g)].map((match) => ({
    range: { start: match.index, end: match.index + match[0].length },
    severity: 'warning',
    code: 'broken-continuation',
    message: 'Spaces after this backslash end the command here: the options on the next line are not passed to it.',
  }));
}

/** A command that starts with an option is the rest of a command cut short by a comment or a missing backslash. */
function cutOff(node: Node, text: string): Problem | undefined {
  if (node.type !== 'command_name' || !/^--[a-z]/.test(text.slice(node.start, node.end))) return undefined;
  return {
    range: { start: node.start, end: node.end },
    severity: 'warning',
    code: 'broken-continuation',
    message: 'This option starts a command of its own: the line above does not continue here (missing backslash, or a comment in between).',
  };
}

export function syntaxProblems(root: Node, text: string): readonly Problem[] {
  const found: Problem[] = [...brokenContinuations(text)];
  const explained = (range: Problem['range']): boolean =>
    found.some((problem) => text.slice(problem.range.end, range.start).trim() === '' && problem.range.end <= range.start);
  const visit = (node: Node): void => {
    if (found.length >= maxProblems) return;
    for (const kid of node.kids) {
      const problem = kid.missing ? missingCloser(node, kid) : (neverClosed(kid, text) ?? cutOff(kid, text));
      if (problem && !explained(problem.range)) found.push(problem);
      visit(kid);
    }
  };
  visit(root);
  return found.sort((a, b) => a.range.start - b.range.start);
}

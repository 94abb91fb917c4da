/** Files the script writes itself: `cat <<EOF > path`, `cat > path <<EOF` and `tee path <<EOF`. */
import type { Range } from '../../core/origin.ts';
import { spellText } from '../word.ts';
import { type Machine, textOfNode } from './machine.ts';
import type { Field } from './piece.ts';
import { kidOf, type Node } from './tree.ts';
import { heredocText, wholeField } from './words.ts';

export interface HeredocText {
  readonly body: string;
  readonly range: Range;
  /** The body as written, for texts handed to a shell. */
  readonly start: number;
  readonly end: number;
}

/** The start of the first line of the body; the grammar leaves leading space and text out of the body node. */
function bodyStart(machine: Machine, redirect: Node, body: Node): number {
  const opener = kidOf(redirect, 'heredoc_start');
  const lineEnd = machine.source.text.indexOf('\n', opener?.end ?? redirect.start);
  return lineEnd >= 0 && lineEnd < body.end ? Math.min(lineEnd + 1, body.start) : body.start;
}

export function readHeredoc(machine: Machine, redirect: Node): HeredocText | undefined {
  const body = kidOf(redirect, 'heredoc_body');
  const opener = kidOf(redirect, 'heredoc_start');
  if (!body || !opener) return undefined;
  const start = bodyStart(machine, redirect, body);
  const expands = !/["'\\]/.test(textOfNode(machine, opener));
  const text = heredocText(machine, body, start, body.end, expands);
  const stripsTabs = redirect.kids.some((kid) => kid.type === '<<-');
  return { body: stripsTabs ? text.replace(/^\t+/gm, '') : text, range: machine.source.range(start, body.end), start, end: body.end };
}

/** The file a redirection writes to. */
function destination(machine: Machine, redirect: Node): string | undefined {
  const operator = redirect.kids.find((kid) => !kid.named)?.type;
  if (operator !== '>' && operator !== '>>' && operator !== '>|') return undefined;
  const target = redirect.kids.find((kid) => kid.field === 'destination');
  return target && spellText(wholeField(machine, target).pieces);
}

function teeTarget(fields: readonly Field[]): string | undefined {
  const [program, ...rest] = fields.map((field) => spellText(field.pieces));
  return program === 'tee' ? rest.find((word) => !word.startsWith('-')) : undefined;
}

/** Records the heredoc with the path it is written to, from a redirection, `tee`, or a pipe into `tee`. */
export function recordHeredoc(
  machine: Machine,
  heredoc: HeredocText,
  redirects: readonly Node[],
  fields: readonly Field[],
  pipedInto: string | undefined,
): void {
  const paths = redirects.map((redirect) => destination(machine, redirect));
  const path = paths.find((found) => found !== undefined) ?? teeTarget(fields) ?? pipedInto;
  machine.found.heredocs.set(heredoc.range.start, { path, body: heredoc.body, range: heredoc.range });
}

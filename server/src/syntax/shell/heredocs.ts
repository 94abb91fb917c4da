/** Files the script writes itself: `cat <<EOF > path`, `cat > path <<EOF` and `tee path <<EOF`. */
import { spellText } from '../word.ts';
import type { HeredocText } from './heredoc-text.ts';
import type { Machine } from './machine.ts';
import { type Field, toWordPiece } from './piece.ts';
import type { Node } from './tree.ts';
import { wholeField } from './words.ts';

const operatorOf = (redirect: Node): string | undefined => redirect.kids.find((kid) => !kid.named)?.type;

/** The file a redirection writes to. */
function destination(machine: Machine, redirect: Node): string | undefined {
  const operator = operatorOf(redirect);
  if (operator !== '>' && operator !== '>>' && operator !== '>|') return undefined;
  const target = redirect.kids.find((kid) => kid.field === 'destination');
  return target && spellText(wholeField(machine, target).pieces);
}

/** True for `>> path` and `tee -a path`. */
const isAdded = (redirects: readonly Node[], fields: readonly Field[]): boolean =>
  redirects.some((redirect) => operatorOf(redirect) === '>>') || fields.some(({ pieces }) => /^(?:-a|--append)$/.test(spellText(pieces)));

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
  const { range, pieces } = heredoc;
  const written = { path, body: spellText(pieces), range, pieces: pieces.map(toWordPiece) };
  machine.found.heredocs.set(range.start, isAdded(redirects, fields) ? { ...written, appends: true } : written);
}

/** Words of the script: quotes, escapes and glued parts, and what they become after expansion. */
import type { Range } from '../../core/origin.ts';
import { arithmeticPiece, substitutedPiece } from './computation.ts';
import { type Expanded, expandBraces, expandSimple, type WordReader } from './expansion.ts';
import { type HeredocText, heredocText } from './heredoc-text.ts';
import { type Machine, rangeOf, spend, textOfNode } from './machine.ts';
import { placeholderPattern } from './mask.ts';
import { derivedPiece, type Field, literalPiece, type Piece, slicePiece, splitFields, unknownPiece } from './piece.ts';
import type { Node } from './tree.ts';

/** `argument`: inside an unquoted `${X:-...}`, where even what is written there is split. */
type Quoting = 'bare' | 'argument' | 'quoted' | 'heredoc';

const escapes: Readonly<Record<Quoting, RegExp>> = {
  bare: /\\\r?\n|\r(?=\n)|\\[\s\S]/g,
  argument: /\\\r?\n|\r(?=\n)|\\[\s\S]/g,
  quoted: /\\\r?\n|\r(?=\n)|\\[$`"\\]/g,
  heredoc: /\\\r?\n|\\[$`\\]/g,
};

/** A stretch of written text with its escapes undone; each piece keeps the range it was written at. */
function literal(machine: Machine, start: number, end: number, quoting: Quoting): readonly Piece[] {
  if (start >= end) return [];
  const pieces: Piece[] = [];
  for (const whole of machine.source.pieces(start, end)) {
    const text = whole.text ?? '';
    // Few words hold an escape.
    if (text !== '' && !text.includes('\\') && !text.includes('\r')) {
      pieces.push(whole);
      continue;
    }
    let from = 0;
    for (const found of text.matchAll(escapes[quoting])) {
      if (found.index > from) pieces.push(slicePiece(whole, from, found.index));
      const drops = found[0].endsWith('\n') || found[0] === '\r';
      const part = slicePiece(whole, found.index, found.index + found[0].length);
      if (!drops) pieces.push({ ...part, text: found[0].slice(1), exact: false });
      from = found.index + found[0].length;
    }
    if (from < text.length) pieces.push(slicePiece(whole, from, text.length));
  }
  if (quoting === 'argument') return pieces.map((piece) => (piece.exact ? splittable(piece) : piece));
  return quoting === 'bare' ? pieces.flatMap(placeholders) : pieces;
}

/** `<YOUR_PATH>` outside quotes is a blank for the user to fill in, so its value is unknown. */
function placeholders(piece: Piece): readonly Piece[] {
  const text = piece.text ?? '';
  if (!piece.exact || !text.includes('<')) return [piece];
  const pieces: Piece[] = [];
  let from = 0;
  for (const blank of text.matchAll(placeholderPattern)) {
    if (blank.index > from) pieces.push(slicePiece(piece, from, blank.index));
    from = blank.index + blank[0].length;
    pieces.push(unknownPiece([blank[0]], slicePiece(piece, blank.index, from).value));
  }
  if (from < text.length) pieces.push(slicePiece(piece, from, text.length));
  return pieces;
}

const ansiEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

function ansiString(machine: Machine, node: Node): readonly Piece[] {
  const whole = machine.source.pieces(node.start + 2, Math.max(node.start + 2, node.end - 1));
  return whole.map((piece) => {
    if (!piece.text?.includes('\\')) return piece;
    return { ...piece, exact: false, text: piece.text.replace(/\\([\s\S])/g, (match, char: string) => ansiEscapes[char] ?? match) };
  });
}

/** Inside quotes an empty string is still a word, so it leaves an empty piece behind. */
function orEmpty(pieces: readonly Piece[], range: Range): readonly Piece[] {
  return pieces.length > 0 ? pieces : [literalPiece('', range, true)];
}

function stringPieces(machine: Machine, node: Node): readonly Piece[] {
  const opening = machine.source.text[node.start] === '"' ? node.start + 1 : node.start;
  const last = node.kids.at(-1);
  const closing = last && last.type === '"' && !last.missing && last.start >= opening ? last.start : node.end;
  const inside = machine.source.range(opening, opening);
  return orEmpty(run(machine, node.kids, opening, closing, 'quoted'), { start: inside.start, end: inside.start });
}

const partTypes = new Set([
  'expansion',
  'simple_expansion',
  'command_substitution',
  'arithmetic_expansion',
  'string',
  'raw_string',
  'ansi_c_string',
  'translated_string',
  'concatenation',
  'process_substitution',
]);

/** A stretch of source: the parts among `kids` are expanded, everything between them is literal. */
function run(machine: Machine, kids: readonly Node[], start: number, end: number, quoting: Quoting): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = start;
  for (const kid of kids) {
    if (!partTypes.has(kid.type) || kid.start < at || kid.end > end) continue;
    if (isQuoted(quoting) && (kid.type === 'raw_string' || kid.type === 'ansi_c_string')) continue;
    pieces.push(...literal(machine, at, kid.start, quoting), ...partPieces(machine, kid, quoting));
    at = kid.end;
  }
  pieces.push(...literal(machine, at, end, quoting));
  return pieces;
}

function partPieces(machine: Machine, node: Node, quoting: Quoting): readonly Piece[] {
  if (node.type === 'string' || node.type === 'translated_string') {
    return stringPieces(machine, node.type === 'string' ? node : (node.kids.find((kid) => kid.type === 'string') ?? node));
  }
  if (node.type === 'raw_string') {
    const [from, to] = [node.start + 1, Math.max(node.start + 1, node.end - 1)];
    return orEmpty(rawPieces(machine, from, to), machine.source.range(from, from));
  }
  if (node.type === 'ansi_c_string') return ansiString(machine, node);
  if (node.type === 'concatenation') return run(machine, node.kids, node.start, node.end, quoting);
  const expanded = expand(machine, node, isQuoted(quoting));
  const pieces =
    expanded.kind === 'text' ? expanded.pieces : expanded.fields.flatMap((f, i) => (i === 0 ? f.pieces : [gapBefore(f), ...f.pieces]));
  if (isQuoted(quoting)) return pieces;
  return expanded.kind === 'text' && expanded.isMarked ? pieces : pieces.map(splittable);
}

function rawPieces(machine: Machine, from: number, to: number): readonly Piece[] {
  return from < to ? machine.source.pieces(from, to).flatMap(withoutCarriageReturns) : [];
}

function withoutCarriageReturns(piece: Piece): readonly Piece[] {
  const text = piece.text ?? '';
  if (!text.includes('\r\n')) return [piece];
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\r(?=\n)/g)) {
    pieces.push(slicePiece(piece, from, match.index));
    from = match.index + 1;
  }
  pieces.push(slicePiece(piece, from, text.length));
  return pieces.filter((part) => part.text !== '');
}

const isQuoted = (quoting: Quoting): boolean => quoting === 'quoted' || quoting === 'heredoc';
const splittable = (piece: Piece): Piece => (piece.splittable ? piece : { ...piece, splittable: true });
const gapBefore = (field: Field): Piece => literalPiece(' ', { start: field.range.start, end: field.range.start }, false);

function expand(machine: Machine, node: Node, quoted: boolean): Expanded {
  if (node.type === 'simple_expansion') return expandSimple(machine, node);
  if (node.type === 'expansion') return expandBraces(machine, node, wordReader, quoted);
  const arithmetic = arithmeticInside(machine, node);
  if (arithmetic) {
    const piece = arithmeticPiece(machine, node, arithmetic.start, arithmetic.end, (kid) => partPieces(machine, kid, 'quoted'));
    return { kind: 'text', pieces: [piece] };
  }
  if (node.type === 'command_substitution') {
    return { kind: 'text', pieces: catHeredoc(machine, node) ?? [substitutedPiece(machine, node, wordReader)] };
  }
  return { kind: 'text', pieces: [unknownPiece([textOfNode(machine, node).slice(0, 60)], rangeOf(machine, node))] };
}

/** What stands inside `$(( ))`; within `${X:-...}` the grammar takes it for a subshell in a command substitution. */
function arithmeticInside(machine: Machine, node: Node): Range | undefined {
  if (node.type === 'arithmetic_expansion') {
    const start = node.kids[0]?.end ?? node.start;
    return { start, end: Math.max(start, node.kids.at(-1)?.start ?? node.end) };
  }
  const isArithmetic = node.type === 'command_substitution' && /^\$\(\([\s\S]*\)\)$/.test(textOfNode(machine, node));
  return isArithmetic ? { start: node.start + 3, end: node.end - 2 } : undefined;
}

const quotedListParts = new Set(['"', 'expansion', 'simple_expansion']);

/** `"${A[@]}"` and `"$@"` alone in quotes give one word per element. */
function quotedList(machine: Machine, node: Node): readonly Field[] | undefined {
  if (node.type !== 'string' || node.kids.length !== 3 || !node.kids.every((kid) => quotedListParts.has(kid.type))) return undefined;
  const inner = node.kids[1];
  if (!inner || inner.start !== node.start + 1 || inner.end !== node.end - 1 || !/@/.test(textOfNode(machine, inner))) return undefined;
  const expanded = expand(machine, inner, true);
  return expanded.kind === 'list' ? expanded.fields : undefined;
}

/** `{1..4}` and `{a,b}` in a word without quotes or expansions. */
function braces(machine: Machine, node: Node): readonly Field[] | undefined {
  if (node.type !== 'concatenation' && node.type !== 'brace_expression') return undefined;
  const match = /^([^{}$"'`\\]*)\{([^{}$"'`\\]*)\}([^{}$"'`\\]*)$/.exec(textOfNode(machine, node));
  const inner = match?.[2] ?? '';
  const counted = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(inner);
  if (!match || (!counted && !inner.includes(','))) return undefined;
  const range = rangeOf(machine, node);
  const make = (text: string): Field => ({ pieces: [derivedPiece(`${match[1]}${text}${match[3]}`, range, [])], range });
  if (!counted) return inner.split(',').map(make);
  const [first, last] = [Number(counted[1]), Number(counted[2])];
  const count = Math.min(Math.abs(last - first) + 1, 1_000);
  return Array.from({ length: count }, (_, index) => make(String(first + Math.sign(last - first) * index)));
}

const unquotedList = (node: Node): boolean => node.type === 'expansion' || node.type === 'simple_expansion';

/** The words one source word becomes: none, one or many. */
export function fieldsOf(machine: Machine, node: Node): readonly Field[] {
  const listed = quotedList(machine, node) ?? braces(machine, node);
  if (listed) {
    for (const field of listed) spend(machine, field.pieces);
    return listed;
  }
  const range = rangeOf(machine, node);
  if (unquotedList(node)) {
    const expanded = expand(machine, node, false);
    if (expanded.kind === 'list') {
      return expanded.fields.flatMap((field) => splitFields(field.pieces.map(splittable), field.range));
    }
    return splitFields(expanded.isMarked ? expanded.pieces : expanded.pieces.map(splittable), range);
  }
  return splitFields(spend(machine, piecesOf(machine, node)), range);
}

/** The text of one source word without word splitting, as on the right of an assignment. */
export function piecesOf(machine: Machine, node: Node): readonly Piece[] {
  const pieces = node.kids.length > 0 && node.type === 'command_name' ? node.kids.flatMap((kid) => piecesOf(machine, kid)) : undefined;
  if (pieces) return pieces;
  if (partTypes.has(node.type)) return partPieces(machine, node, 'bare');
  return literal(machine, node.start, node.end, 'bare');
}

/** A word that stays one word: unquoted expansions in it are not split. */
export function wholeField(machine: Machine, node: Node): Field {
  const range = rangeOf(machine, node);
  const pieces = piecesOf(machine, node).map((piece) => (piece.splittable ? { ...piece, splittable: false } : piece));
  return { pieces: orEmpty(spend(machine, pieces), { start: range.start, end: range.start }), range };
}

/** The text of a heredoc. */
export function readHeredoc(machine: Machine, redirect: Node): HeredocText | undefined {
  return heredocText(machine, redirect, (state, node, start, end, expands) =>
    expands ? run(state, node.kids, start, end, 'heredoc') : rawPieces(state, start, end),
  );
}

/** `$(cat <<EOF ... EOF)` is the heredoc without the line ends behind it. */
function catHeredoc(machine: Machine, node: Node): readonly Piece[] | undefined {
  const [only, ...others] = node.kids.filter((kid) => kid.named);
  if (only?.type !== 'redirected_statement' || others.length > 0) return undefined;
  const [body, redirect, ...more] = only.kids.filter((kid) => kid.named);
  if (body?.type !== 'command' || redirect?.type !== 'heredoc_redirect' || more.length > 0) return undefined;
  if (textOfNode(machine, body) !== 'cat' || redirect.kids.some((kid) => kid.field === 'argument' || kid.type === 'pipeline'))
    return undefined;
  const pieces = readHeredoc(machine, redirect)?.pieces;
  const last = pieces?.at(-1);
  if (!pieces || last?.text === undefined) return pieces;
  return [...pieces.slice(0, -1), slicePiece(last, 0, last.text.replace(/\n+$/, '').length)];
}

/** Pieces of a stretch of source inside `${...}`. */
function stretch(machine: Machine, node: Node, start: number, end: number, quoted: boolean): readonly Piece[] {
  return run(machine, node.kids, start, end, quoted ? 'quoted' : 'argument');
}

const skippedInCommands = new Set(['variable_assignment', 'file_redirect', 'herestring_redirect', 'heredoc_redirect', '$']);

export const wordReader: WordReader = {
  stretch,
  fields: (machine, node) => {
    if (skippedInCommands.has(node.type)) return [];
    const [only] = node.kids;
    return fieldsOf(machine, node.type === 'command_name' && only ? only : node);
  },
};

/**
 * Text on its way through the shell: each piece knows the literal it was written as, so that a word can point back at
 * the `8` of `TP=8` however many variables it went through.
 */
import type { Range } from '../../core/origin.ts';
import type { Word, WordPiece } from '../document.ts';
import { wordFromPieces } from '../word.ts';

export interface Piece {
  /** Undefined when not known from the file; `unknown` then says what hides it. */
  readonly text: string | undefined;
  readonly unknown: readonly string[];
  /** Where the text is written. */
  readonly value: Range;
  /** True when `value` holds exactly `text`. */
  readonly exact: boolean;
  /** Where the piece stands in its command, list or option string; undefined when that is where it is written. */
  readonly site: Range | undefined;
  readonly through: readonly string[];
  readonly fromDefault: boolean;
  readonly conditional: boolean;
  /** True for the result of an unquoted expansion, which the shell splits at white space. */
  readonly splittable: boolean;
}

/** The pieces of one word to be, with the place the word stands at. */
export interface Field {
  readonly pieces: readonly Piece[];
  readonly range: Range;
  /** Kept by `wordOf`: a field never changes and is often used by many commands, so its word is made once. */
  word?: Word;
}

/** The same field with other pieces, and so with another word. */
export const withPieces = ({ range }: Field, pieces: readonly Piece[]): Field => ({ pieces, range });

const none: readonly string[] = [];

/** Text written in the document at `value`. */
export function literalPiece(text: string, value: Range, exact: boolean): Piece {
  return { text, unknown: none, value, exact, site: undefined, through: none, fromDefault: false, conditional: false, splittable: false };
}

/** Text that cannot be known from the file. */
export function unknownPiece(names: readonly string[], value: Range): Piece {
  return { ...literalPiece('', value, false), text: undefined, unknown: names };
}

/** Text computed from other pieces; it keeps their history but is written nowhere. */
export function derivedPiece(text: string | undefined, value: Range, from: readonly Piece[], names: readonly string[] = none): Piece {
  return {
    ...literalPiece('', value, false),
    text,
    unknown: text === undefined ? unique([...from.flatMap((piece) => piece.unknown), ...names]) : none,
    through: unique(from.flatMap((piece) => piece.through)),
    fromDefault: from.some((piece) => piece.fromDefault),
    conditional: from.some((piece) => piece.conditional),
  };
}

export function unique(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)];
}

/** The text of the pieces together, or undefined when one of them is unknown. */
export function textOf(pieces: readonly Piece[]): string | undefined {
  let text = '';
  for (const piece of pieces) {
    if (piece.text === undefined) return undefined;
    text += piece.text;
  }
  return text;
}

export function unknownNames(pieces: readonly Piece[]): readonly string[] {
  return unique(pieces.flatMap((piece) => piece.unknown));
}

/** Where arguments that are handed on end in the caller's own, `bash other.sh 8 $*`, of which there may be any number; -1 when they do not. */
export function openEnd(fields: readonly Field[]): number {
  return fields.findIndex(({ pieces: [piece] }) => piece?.text === undefined && /^\$[@*]$/.test(piece?.unknown[0] ?? ''));
}

/** Characters `from` to `to` of a piece; its range follows when it is written out. */
export function slicePiece(piece: Piece, from: number, to: number): Piece {
  const text = piece.text ?? '';
  if (from === 0 && to === text.length) return piece;
  const value = piece.exact ? { start: piece.value.start + from, end: piece.value.start + to } : piece.value;
  return { ...piece, text: text.slice(from, to), value };
}

const siteOf = (piece: Piece): Range => piece.site ?? piece.value;

export function toWordPiece(piece: Piece): WordPiece {
  const { text, unknown, value, through, fromDefault, exact } = piece;
  return { text, unknown, range: siteOf(piece), value, through, fromDefault, replaceable: exact };
}

/** A piece of a word as the shell handles it. */
export function fromWordPiece({ text, unknown, range, value, through, fromDefault, replaceable }: WordPiece): Piece {
  const site = range.start === value.start && range.end === value.end ? undefined : range;
  return { text, unknown, value, exact: replaceable, site, through, fromDefault, conditional: false, splittable: false };
}

export function wordOf(field: Field): Word {
  if (field.word) return field.word;
  const conditional = field.pieces.some((piece) => piece.conditional);
  field.word = wordFromPieces(field.pieces.map(toWordPiece), field.range, conditional);
  return field.word;
}

/** Where a word split out of an expansion stands: the hull of its parts when they follow each other, else `otherwise`. */
function placeOf(pieces: readonly Piece[], otherwise: Range): Range {
  const [first] = pieces;
  if (!first) return otherwise;
  const { start } = siteOf(first);
  let last = siteOf(first);
  for (const piece of pieces.slice(1)) {
    const site = siteOf(piece);
    const isSamePlace = site.start === last.start && site.end === last.end;
    // Quotes between two parts leave a gap of up to two characters.
    if (!isSamePlace && (site.start < last.end || site.start > last.end + 2)) return otherwise;
    last = site;
  }
  return { start, end: last.end };
}

const whiteSpace = /[ \t\r\n]+/g;

/** Splits the pieces of one source word into words as bash does: at white space inside unquoted expansions only. */
export function splitFields(pieces: readonly Piece[], range: Range): readonly Field[] {
  if (!pieces.some((piece) => piece.splittable)) return pieces.length > 0 ? [{ pieces, range }] : [];
  const split: Piece[][] = [];
  let current: Piece[] = [];
  const flush = (): void => {
    if (current.length > 0) split.push(current);
    current = [];
  };
  for (const piece of pieces) {
    if (!piece.splittable || piece.text === undefined) {
      current.push(piece);
      continue;
    }
    let from = 0;
    for (const gap of piece.text.matchAll(whiteSpace)) {
      if (gap.index > from) current.push(slicePiece(piece, from, gap.index));
      flush();
      from = gap.index + gap[0].length;
    }
    if (from < piece.text.length) current.push(slicePiece(piece, from, piece.text.length));
  }
  flush();
  const wasSplit = split.length > 1 || pieces.some((piece) => piece.splittable && piece.site === undefined);
  return split.map((parts) => ({ pieces: parts, range: wasSplit ? placeOf(parts, range) : range }));
}

/**
 * Offsets to lines and columns and back. Offsets and columns count UTF-16 code units, which is what LSP uses by default.
 * Lines end at `\n`, `\r\n` or a lone `\r`, as in LSP; a column never points into the line ending.
 */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface LineIndex {
  readonly lineCount: number;
  /** The position of an offset; offsets outside the text are clamped to it. */
  readonly position: (offset: number) => Position;
  /** The offset of a position; lines and columns outside the text are clamped to it. */
  readonly offset: (position: Position) => number;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Offsets at which the lines of `text` start; the first is always 0. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) starts.push(at + 1);
  }
  return starts;
}

function withinText(value: number, length: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(Math.max(Math.trunc(value), 0), length);
}

/** Builds the index once per version of a text; each look-up is a binary search. */
export function createLineIndex(text: string): LineIndex {
  const starts = lineStarts(text);
  const contentEnd = (line: number): number => {
    const next = starts[line + 1];
    if (next === undefined) return text.length;
    const crLf = text.charCodeAt(next - 1) === lineFeed && text.charCodeAt(next - 2) === carriageReturn;
    return Math.max(starts[line] ?? 0, next - (crLf ? 2 : 1));
  };
  const position = (offset: number): Position => {
    const wanted = withinText(offset, text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= wanted) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    return { line: low, character: Math.min(wanted, contentEnd(low)) - start };
  };
  const offset = ({ line, character }: Position): number => {
    if (line < 0) return 0;
    if (line >= starts.length) return text.length;
    const row = withinText(line, starts.length - 1);
    const start = starts[row] ?? 0;
    return start + withinText(character, contentEnd(row) - start);
  };
  return { lineCount: starts.length, position, offset };
}

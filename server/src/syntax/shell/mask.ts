/**
 * Templates hold blanks such as `--load <CHECKPOINT_PATH>`, which the grammar would read as two redirections that
 * swallow the words after them. They are hidden from the parser behind plain letters of the same length.
 */

/** A blank to fill in: a name in angle brackets. */
export const placeholderPattern = /<[A-Za-z][A-Za-z0-9_./-]*>/g;

const blankInPlace = /(?<![<0-9&])<([A-Za-z][A-Za-z0-9_./-]*)>(?=[\s"'\\/:,)]|$)/g;

/** The text as the parser gets it: same length, same lines. A byte order mark becomes a space. */
export function maskPlaceholders(text: string): string {
  const marked = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  return marked.includes('<') ? marked.replace(blankInPlace, (_, name: string) => `_${name}_`) : marked;
}

/** Texts after edits, and the edits as a patch that can be read and applied by hand. Pure. */
import type { TextChange } from '../analysis.ts';

/** From the last to the first; of several at one place the later ones in the list come to stand behind. */
const backwards = (edits: readonly TextChange[]): readonly TextChange[] =>
  edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => b.edit.range.start - a.edit.range.start || b.index - a.index)
    .map(({ edit }) => edit);

const applied = (text: string, edits: readonly TextChange[]): string =>
  backwards(edits).reduce((old, { range, newText }) => old.slice(0, range.start) + newText + old.slice(range.end), text);

/** The texts of the files that the edits change; a file whose text is not known is left out. */
export function textsAfter(edits: readonly TextChange[], textOf: (uri: string) => string | undefined): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const uri of new Set(edits.map((edit) => edit.uri))) {
    const text = textOf(uri);
    if (text !== undefined)
      texts.set(
        uri,
        applied(
          text,
          edits.filter((edit) => edit.uri === uri),
        ),
      );
  }
  return texts;
}

/** Unchanged lines shown around a change. */
const around = 3;

interface Hunk {
  /** Lines of the old text, counted from 0; the end is behind the last. */
  readonly start: number;
  readonly end: number;
  readonly edits: readonly TextChange[];
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1;

/** Edits with the lines they touch, those whose surroundings meet together. */
function hunksOf(text: string, edits: readonly TextChange[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const edit of edits.toSorted((a, b) => a.range.start - b.range.start)) {
    const [start, end] = [lineAt(text, edit.range.start), lineAt(text, edit.range.end) + 1];
    const last = hunks.at(-1);
    if (last && start <= last.end + 2 * around)
      hunks[hunks.length - 1] = { ...last, end: Math.max(last.end, end), edits: [...last.edits, edit] };
    else hunks.push({ start, end, edits: [edit] });
  }
  return hunks;
}

/** Lines as they are, the last one without a newline at its end told. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** A unified diff of one file. */
export function patchOf(name: string, text: string, edits: readonly TextChange[]): string {
  const old = linesOf(text);
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  let moved = 0;
  const hunks = hunksOf(text, edits).map((hunk) => {
    const [from, to] = [Math.max(0, hunk.start - around), Math.min(old.length, hunk.end + around)];
    const offset = starts[hunk.start] ?? text.length;
    const end = starts[hunk.end] ?? text.length;
    const shifted = hunk.edits.map((edit) => ({ ...edit, range: { start: edit.range.start - offset, end: edit.range.end - offset } }));
    const removed = old.slice(hunk.start, hunk.end);
    const added = linesOf(applied(text.slice(offset, end), shifted));
    const [before, after] = [old.slice(from, hunk.start), old.slice(hunk.end, to)];
    const same = before.length + after.length;
    const head = `@@ -${from + 1},${same + removed.length} +${from + 1 + moved},${same + added.length} @@`;
    moved += added.length - removed.length;
    const lines = [
      ...before.map((line) => ` ${line}`),
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
      ...after.map((line) => ` ${line}`),
    ];
    return [head, ...lines].join('\n');
  });
  return hunks.length === 0 ? '' : `--- ${name}\n+++ ${name}\n${hunks.join('\n')}\n`;
}

/** One patch after the other, a file at a time, named as `nameOf` has it. */
export function patchesOf(
  edits: readonly TextChange[],
  textOf: (uri: string) => string | undefined,
  nameOf: (uri: string) => string,
): string {
  return [...new Set(edits.map(({ uri }) => uri))]
    .map((uri) => {
      const own = edits.filter((edit) => edit.uri === uri);
      return patchOf(nameOf(uri), textOf(uri) ?? '', own);
    })
    .join('');
}

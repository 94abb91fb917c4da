/**
 * Rows that are far off have a reason: what their source does not state, or a presumption, which begins with that word.
 * A reason for a whole family of rows explains no single one that is very far off.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { figuresOf, groupBy, kinds } from '../../server/src/validation/accuracy.ts';
import { validate } from '../../server/src/validation/run.ts';
import { summarize } from '../../server/src/validation/summary.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const folder = join(process.cwd(), 'test/validation');
const text = readdirSync(join(folder, 'cases'))
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => readFileSync(join(folder, 'cases', name), 'utf8'))
  .join('\n');
const ids = [...text.matchAll(/^\{"id": "([^"]+)"/gm)].map(([, id = '']) => id);

/** Reasons by a pattern of the beginning of ids; the longest pattern speaks, as on the page. */
const reasons = Object.entries(JSON.parse(readFileSync(join(folder, 'explanations.json'), 'utf8')) as Record<string, string>).map(
  ([start, why]) => ({ start, why, pattern: new RegExp(`^(?:${start})`) }),
);
const reasonOf = (id: string) => reasons.filter(({ pattern }) => pattern.test(id)).sort((a, b) => b.start.length - a.start.length)[0];
const covered = new Map(reasons.map(({ start, pattern }) => [start, ids.filter((id) => pattern.test(id)).length]));

/** Errors below this need no words; above the second, words of their own, which hold for a dozen rows at most. */
const worthWords = 0.15;
const worthOwnWords = 0.3;
const fewRows = 12;

const figures = figuresOf(validate(text, tableCatalog));
/** The rows that docs/accuracy.md lists: of every kind and software the five that are farthest off. */
const listed = kinds.flatMap(({ id }) =>
  groupBy(
    figures.filter(({ kind }) => kind === id),
    ({ group }) => group.framework,
  ).flatMap(([, own]) => summarize(own).worst),
);

describe('the rows that are farthest off', () => {
  test('each has a reason', () => {
    const silent = listed.filter(({ id, error }) => Math.abs(error) > worthWords && reasonOf(id) === undefined);
    expect(silent.map(({ id, error }) => `${id} ${error}`)).toEqual([]);
  });

  test('each that is very far off has a reason of its own, not one of its family', () => {
    const far = listed.filter(({ error }) => Math.abs(error) > worthOwnWords);
    expect(far.length).toBeGreaterThan(20);
    const vague = far.filter(({ id }) => (covered.get(reasonOf(id)?.start ?? '') ?? ids.length) > fewRows);
    expect(vague.map(({ id, error }) => `${id} ${error.toFixed(2)}: ${reasonOf(id)?.start}`)).toEqual([]);
  });

  test('every reason says something about rows that exist', () => {
    for (const { start, why } of reasons) {
      expect(covered.get(start), start).toBeGreaterThan(0);
      expect(why.replace(/^Presumed: /, '').split(' ').length, start).toBeGreaterThan(5);
      expect(/presum/i.test(why.replace(/^Presumed: /, '')), start).toBe(false);
    }
  });
});

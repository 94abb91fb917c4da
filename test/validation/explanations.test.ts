import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const page = readFileSync(join(process.cwd(), 'docs/accuracy.md'), 'utf8');
const explanations = JSON.parse(readFileSync(join(process.cwd(), 'test/validation/explanations.json'), 'utf8')) as Record<string, string>;
/** Rows of the tables of worst rows: id, figure, predicted, measured, error, why. */
const listed = [...page.matchAll(/^\| `([^`]+)` \|[^|]+\|[^|]+\|[^|]+\| ([^|]+) %\s*\| ?(.*) \|$/gm)].map(
  ([, id = '', error = '', why = '']) => ({ id, error: Number(error), why }),
);

/** Errors below this need no words. */
const worthWords = 15;

describe('the rows listed as farthest off', () => {
  test('there are some', () => {
    expect(listed.length).toBeGreaterThan(20);
  });

  test('each that is far off has an explanation', () => {
    const silent = listed
      .filter(({ error, why }) => Math.abs(error) > worthWords && why.trim() === '')
      .map(({ id, error }) => `${id} ${error} %`);
    expect(silent).toEqual([]);
  });

  test('every explanation says something about rows that exist', () => {
    const folder = join(process.cwd(), 'test/validation/cases');
    const ids = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^\{"id": "([^"]+)"/gm)].map(([, id = '']) => id));
    for (const [start, why] of Object.entries(explanations)) {
      expect(
        ids.filter((id) => id.startsWith(start)),
        start,
      ).not.toEqual([]);
      expect(why.split(' ').length).toBeGreaterThan(5);
    }
  });
});

/** Which Python files get a parser: every one that an adapter claims, and not those that are about something else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayConfigure, mayMatter } from '../../server/src/frameworks/interest.ts';

const root = join(import.meta.dirname, '..');
const samples = ['samples', 'corpus/own'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(root, folder, name)),
);

test('every sample is worth reading', () => {
  expect(samples.length).toBeGreaterThan(3);
  expect(samples.filter((path) => !mayMatter('python', readFileSync(path, 'utf8')))).toEqual([]);
});

test('other modules are not', () => {
  expect(mayConfigure('python', 'import json\n\ndef load(path):\n    return json.load(open(path))\n')).toBe(false);
  expect(mayConfigure('yaml', 'a: 1')).toBe(true);
});

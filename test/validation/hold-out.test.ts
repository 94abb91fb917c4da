import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fnv1a, isHeldOut } from '../../server/src/validation/hold-out.ts';

const folder = join(process.cwd(), 'test/validation/cases');
const sources = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => String((JSON.parse(line) as { source?: string }).source)),
);

describe('the hash that holds sources out', () => {
  test.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('FNV-1a of "%s"', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  test('about a third of the sources is held out, whole sources only', () => {
    const share = [...sources].filter(isHeldOut).length / sources.size;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.42);
  });
});

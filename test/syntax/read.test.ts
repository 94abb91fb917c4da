/** Which reader a text gets, what is not read at all, positions, and the committed grammars. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createLineIndex } from '../../server/src/syntax/line-index.ts';
import { DocumentReader, formatOf, readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from './helpers.ts';

beforeAll(loadParsers);

describe('format', () => {
  test.each([
    ['file:///a.sh', '', 'shell'],
    ['file:///a.slurm', '', 'shell'],
    ['file:///a.SBATCH', '', 'shell'],
    ['file:///a.json', '', 'json'],
    ['file:///a.jsonc', '', 'json'],
    ['file:///a.toml', '', 'toml'],
    ['file:///a.yml?x=1', '', 'yaml'],
    ['file:///run', '#!/bin/bash\nx', 'shell'],
    ['file:///config', '\uFEFF\n {"a": 1}', 'json'],
    ['file:///config', '- 1', 'shell'],
    ['file:///config', 'model: x\n', 'yaml'],
    ['file:///config', '---\n- 1', 'yaml'],
    ['file:///run', 'torchrun x.py', 'shell'],
    ['file:///a.constructor', 'torchrun x.py', 'shell'],
  ])('%s %j is %s', (uri, text, format) => {
    expect(formatOf(uri, text)).toBe(format);
  });

  test('the editor may say otherwise', () => {
    expect(readDocument('file:///a.txt', 'a: 1', 'yaml').entries).toHaveLength(1);
  });
});

describe('what is not read', () => {
  test.each([
    ['binary-file', 'a.sh', '\u007fELF\0\0 torchrun x.py'],
    ['binary-file', 'a.json', '{"a": 1, "b": "\0"}'],
    ['file-too-large', 'a.json', `{"a": "${'x'.repeat(5 * 1024 * 1024)}"}`],
    ['file-too-large', 'a.sh', `echo ${'x'.repeat(5 * 1024 * 1024)}`],
  ])('%s: one clear problem and nothing else', (code, uri, text) => {
    const document = readDocument(uri, text);
    expect(document.problems.map((problem) => problem.code)).toEqual([code]);
    expect([document.entries, document.commands]).toEqual([[], []]);
  });

  test('a file just under the limit is read', () => {
    const text = `{"pad": "${'x'.repeat(5 * 1024 * 1024 - 100)}", "b": 2}`;
    expect(readDocument('a.json', text).entries.at(-1)?.scalar).toBe(2);
  });

  test('a document that becomes binary and text again recovers', () => {
    const reader = new DocumentReader('a.sh', 'run --tp 8');
    expect(reader.edit([{ start: 0, end: 0, text: '\0' }]).problems).toHaveLength(1);
    expect(reader.edit([{ start: 0, end: 1, text: '' }]).commands[0]?.words).toHaveLength(3);
    reader.dispose();
  });

  test('an edit above a heredoc leaves the heredoc whole', () => {
    const text = 'A=1\ncat <<EOT > f.json\n{"a": $A}\nEOT\nrun $A\n';
    const reader = new DocumentReader('a.sh', text);
    expect(reader.document.heredocs).toHaveLength(1);
    for (const digit of ['2', '34', '']) reader.edit([{ start: 2, end: reader.text.indexOf('\n'), text: digit }]);
    expect(reader.document).toEqual(readDocument('a.sh', reader.text));
    expect(reader.document.heredocs[0]?.body).toBe('{"a": }\n');
    reader.dispose();
  });

  test('several changes of one edit build on each other', () => {
    const reader = new DocumentReader('a.sh', 'run --tp 8');
    const document = reader.edit([
      { start: 9, end: 10, text: '$TP' },
      { start: 0, end: 0, text: 'TP=4\n' },
    ]);
    expect(document.commands[0]?.words.at(-1)).toMatchObject({ text: '4', value: { start: 3, end: 4 } });
    reader.dispose();
  });
});

describe('positions', () => {
  const text = 'a😀b\r\nsecond\n\nlast';
  const index = createLineIndex(text);
  test.each([
    [0, 0, 0],
    [3, 0, 3],
    [4, 0, 4],
    [6, 1, 0],
    [12, 1, 6],
    [13, 2, 0],
    [14, 3, 0],
    [18, 3, 4],
  ])('offset %i is line %i, column %i', (offset, line, character) => {
    expect(index.position(offset)).toEqual({ line, character });
    expect(index.offset({ line, character })).toBe(offset);
  });

  test('what lies outside is brought back in', () => {
    expect(index.position(-5)).toEqual({ line: 0, character: 0 });
    expect(index.position(1_000)).toEqual({ line: 3, character: 4 });
    expect(index.position(Number.NaN)).toEqual({ line: 0, character: 0 });
    expect(index.offset({ line: 0, character: 99 })).toBe(4);
    expect(index.offset({ line: 99, character: 0 })).toBe(text.length);
    expect(index.offset({ line: -1, character: 3 })).toBe(0);
    expect(createLineIndex('').position(3)).toEqual({ line: 0, character: 0 });
  });
});

test('every committed grammar is the one its manifest and its package name', () => {
  const manifest = JSON.parse(readFileSync('grammars/manifest.json', 'utf8')) as {
    grammars: { file: string; package: string; version: string; sha256: string; abi: number; licence: string }[];
  };
  expect(manifest.grammars.map((grammar) => grammar.file)).toEqual(readdirSync('grammars').filter((name) => name.endsWith('.wasm')));
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };
  for (const grammar of manifest.grammars) {
    const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(hash(`grammars/${grammar.file}`)).toBe(grammar.sha256);
    // The packages of the other grammars need a native build, so only the wasm inside them was taken.
    if (devDependencies[grammar.package] === undefined) continue;
    const installed = JSON.parse(readFileSync(`node_modules/${grammar.package}/package.json`, 'utf8')) as {
      version: string;
      license: string;
    };
    expect([installed.version, installed.license]).toEqual([grammar.version, grammar.licence]);
    expect(hash(`node_modules/${grammar.package}/${grammar.file}`)).toBe(grammar.sha256);
  }
});

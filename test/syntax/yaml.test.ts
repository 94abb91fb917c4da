/** YAML: structure with exact ranges, scalars as PyYAML reads them, anchors that cannot run away. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readDocument } from '../../server/src/syntax/read.ts';
import { resolvePlain } from '../../server/src/syntax/yaml-scalars.ts';
import { at, loadParsers } from './helpers.ts';

beforeAll(loadParsers);

const read = (text: string) => readDocument('file:///a.yaml', text);
const flat = (text: string): [string, unknown][] => read(text).entries.map((entry) => [entry.path.join('.'), entry.scalar]);
const codes = (text: string): string[] => read(text).problems.map((problem) => `${problem.severity} ${problem.code}`);

describe('plain scalars as PyYAML 6 resolves them', () => {
  test.each<[string, unknown]>([
    ['1e-4', '1e-4'],
    ['5e8', '5e8'],
    ['1.0e-4', 1e-4],
    ['5.0e+8', 5e8],
    ['5.0e8', '5.0e8'],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['8_192', 8192],
    ['1_0.5', 10.5],
    ['010', 8],
    ['0o10', '0o10'],
    ['08', '08'],
    ['0x1F', 31],
    ['0b101', 5],
    ['-12', -12],
    ['+3', 3],
    ['1:30', 90],
    ['1:30:00', 5400],
    ['1:30.5', 90.5],
    ['0', 0],
    ['yes', true],
    ['No', false],
    ['on', true],
    ['OFF', false],
    ['true', true],
    ['y', 'y'],
    ['~', null],
    ['null', null],
    ['', null],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['inf', 'inf'],
    ['1,000', '1,000'],
    ['1e400', '1e400'],
    ['auto', 'auto'],
    ['0x', '0x'],
    ['-', '-'],
  ])('%s', (text, expected) => {
    expect(resolvePlain(text)).toEqual(expected);
  });
});

test('entries for every key and item at every depth, with the text they are written as', () => {
  const text = '# é😀\na:\n  b: 1\n  "c": "2"\nlist:\n  - x\n  - k: {d: yes}\ntext: |\n  one\n  two\nempty:\nlast: 3';
  const rows = read(text).entries.map((entry) => [
    entry.path.join('.'),
    entry.scalar,
    entry.style,
    at(text, entry.key),
    at(text, entry.value),
  ]);
  expect(rows).toEqual([
    ['a', undefined, 'container', 'a', 'b: 1\n  "c": "2"'],
    ['a.b', 1, 'plain', 'b', '1'],
    ['a.c', '2', 'quoted', '"c"', '"2"'],
    ['list', undefined, 'container', 'list', '- x\n  - k: {d: yes}'],
    ['list.0', 'x', 'plain', 'x', 'x'],
    ['list.1', undefined, 'container', 'k: {d: yes}', 'k: {d: yes}'],
    ['list.1.k', undefined, 'container', 'k', '{d: yes}'],
    ['list.1.k.d', true, 'plain', 'd', 'yes'],
    ['text', 'one\ntwo\n', 'quoted', 'text', '|\n  one\n  two\n'],
    ['empty', null, 'plain', 'empty', ''],
    ['last', 3, 'plain', 'last', '3'],
  ]);
});

test('quoted and tagged values keep their kind', () => {
  expect(flat('a: "8"\nb: \'yes\'\nc: !!str 8\nd: !!int "8"\ne: !custom x')).toEqual([
    ['a', '8'],
    ['b', 'yes'],
    ['c', '8'],
    ['d', 8],
    ['e', 'x'],
  ]);
});

test('byte order mark and Windows line ends move nothing', () => {
  const text = '\uFEFFa: 1\r\nb: "é"\r\nc: 3\r\n';
  const rows = read(text).entries.map((entry) => [at(text, entry.key), entry.scalar, at(text, entry.value)]);
  expect(rows).toEqual([
    ['a', 1, '1'],
    ['b', 'é', '"é"'],
    ['c', 3, '3'],
  ]);
});

test('later documents of a file have a prefix of their own', () => {
  expect(flat('a: 1\n---\na: 2\n---\n- 3\n')).toEqual([
    ['a', 1],
    ['---1.a', 2],
    ['---2.0', 3],
  ]);
});

describe('anchors', () => {
  test('an alias gives the entries of its anchor, placed where they are written', () => {
    const text = 'base: &b\n  tp: 8\ncopy: *b\n';
    const entry = read(text).entries.find((candidate) => candidate.path.join('.') === 'copy.tp');
    expect(entry?.scalar).toBe(8);
    expect(entry?.value).toEqual({ start: text.indexOf('8'), end: text.indexOf('8') + 1 });
  });

  test('a merge gives what the map does not say itself', () => {
    expect(flat('base: &b {tp: 8, pp: 4}\nother: &o {pp: 2, cp: 2}\njob:\n  <<: [*b, *o]\n  tp: 1\n').slice(6)).toEqual([
      ['job', undefined],
      ['job.pp', 4],
      ['job.cp', 2],
      ['job.tp', 1],
    ]);
  });

  test('scalars and keys may be anchors', () => {
    expect(flat('a: &x 8\nb: *x')).toEqual([
      ['a', 8],
      ['b', 8],
    ]);
  });

  test.each([
    ['a: &x\n  b: *x\n', ['error cyclic-anchor']],
    ['a: &x [*x]\n', ['error cyclic-anchor']],
    ['a: &x\n  <<: *x\n  b: 1\n', ['error cyclic-anchor']],
    ['a: &x\n  b: &y\n    c: *x\n  d: *y', ['error cyclic-anchor', 'error cyclic-anchor']],
    ['a: &x\n  b:\n    <<: *x\nc:\n  <<: *x\n', ['error cyclic-anchor', 'error cyclic-anchor']],
  ])('%j never ends, which is said', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('an alias to nothing is a problem at the alias', () => {
    const text = 'a: *nothing\nb: 1';
    expect(codes(text).length).toBeGreaterThan(0);
    expect(flat(text)).toContainEqual(['b', 1]);
  });

  test('a chain of aliases that multiplies is cut off', () => {
    const bomb = ['a0: &a0 [1,1,1,1,1,1,1,1,1]'];
    for (let level = 1; level < 12; level++)
      bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(',')}]`);
    const document = read(bomb.join('\n'));
    expect(document.entries.length).toBeLessThan(51_000);
    expect(document.problems.map((problem) => problem.code)).toContain('too-many-entries');
  });

  const merges = (count: number, line: (level: number) => string): string =>
    ['b0: &b0 {k0: 1}', ...Array.from({ length: count }, (_, index) => line(index + 1))].join('\n');

  test('merges that multiply or form a long chain are cut off, which is told once at a merge', () => {
    for (const text of [
      merges(60, (level) => `b${level}: &b${level} {<<: [*b${level - 1}, *b${level - 1}], k${level}: 1}`),
      merges(60, (level) => `b${level}: &b${level} {<<: *b${level - 1}, k${level}: 1}`),
    ]) {
      const { entries, problems } = read(text);
      expect(problems.map(({ code }) => code)).toEqual(['too-many-entries']);
      expect(problems.map(({ range }) => text.slice(range.start, range.end))).toEqual(['<<']);
      const names = entries.filter(({ path }) => path[0] === 'b60' && path.length === 2).map(({ path }) => path[1]);
      expect(names.length).toBeGreaterThan(20);
      expect(names).toContain('k60');
      expect(names).toContain('k40');
    }
  });

  test('merges that bring nothing new end too', () => {
    const parts = Array.from({ length: 1500 }, (_, index) => `d${index}: &d${index} {}`);
    const all = `all: &all {<<: [${parts.map((_, index) => `*d${index}`).join(', ')}]}`;
    const users = Array.from({ length: 1500 }, (_, index) => `u${index}: {<<: *all, k: ${index}}`);
    const { entries, problems } = read([...parts, all, ...users].join('\n'));
    expect(problems.map(({ code, message }) => [code, /too many steps/.test(message)])).toEqual([['too-many-entries', true]]);
    expect(entries.at(-1)).toMatchObject({ path: ['u1499', 'k'], scalar: 1499 });
  });

  test('a map that is merged twice gives its keys once', () => {
    expect(flat('b: &b {k: 1}\nc: &c {<<: *b, l: 2}\nx:\n  <<: [*b, *c, *b]\n').filter(([name]) => name.startsWith('x'))).toEqual([
      ['x', undefined],
      ['x.k', 1],
      ['x.l', 2],
    ]);
  });

  test.each([
    [`a: 1\nb: "${'{{'.repeat(20_000)}"\n`],
    [`a: 1\n# c\n${'{{ x }} '.repeat(5_000)}y\n`],
    [`a: 1\nb: ${'${c'.repeat(20_000)}\n`],
  ])(
    'long lines of unclosed template marks take no time of their own: %#',
    (text) => {
      expect(flat(text)[0]).toEqual(['a', 1]);
    },
    5_000,
  );

  test('what is written out is read however long it is', () => {
    const text = `data:\n${'  - path: a\n    type: b\n'.repeat(30_000)}micro_batch_size: 2\n`;
    const document = read(text);
    expect(document.problems).toEqual([]);
    expect(document.entries.at(-1)).toMatchObject({ path: ['micro_batch_size'], scalar: 2 });
  });
});

describe('problems', () => {
  test('several errors of one file are all reported, and the rest is read', () => {
    const text = 'a: [1, 2\nb: "x\nc: 3\nd: @\n';
    expect(codes(text).length).toBeGreaterThan(1);
  });

  test('the last of two equal keys stands', () => {
    const text = 'a:\n  x: 1\nb: 0\na: 2\n';
    expect(flat(text)).toEqual([
      ['b', 0],
      ['a', 2],
    ]);
    expect(read(text).problems.map((problem) => [problem.code, at(text, problem.range)])).toEqual([['duplicate-key', 'a']]);
  });

  test('a dropped key takes only its own children along', () => {
    expect(flat('base: &b {x: 1}\na: 0\nk: {y: 2}\nk: 3\ncopy: *b\n')).toEqual([
      ['base', undefined],
      ['base.x', 1],
      ['a', 0],
      ['k', 3],
      ['copy', undefined],
      ['copy.x', 1],
    ]);
  });

  test.each([
    ['a:\n\tb: 1\n', 'error syntax-error'],
    ['a: 1.0e+400', 'error number-out-of-range'],
    ['a: b: c', 'error syntax-error'],
  ])('%j', (text, expected) => {
    expect(codes(text)).toContain(expected);
  });

  test('half-typed text still gives the other keys', () => {
    expect(flat('a: 1\nb\nc: 3\n')).toContainEqual(['a', 1]);
    expect(flat('a: 1\nb: {x: 1, \nc: 3\n')).toContainEqual(['b.x', 1]);
  });

  test('brackets without end are refused, not recursed into', () => {
    expect(codes('['.repeat(100_000)).length).toBeGreaterThan(0);
  });
});

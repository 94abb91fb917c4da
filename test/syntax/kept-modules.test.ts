/** Imported modules that were read before: a document reads the same whether or not others read its modules first. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type ConfigDocument, placeIn } from '../../server/src/syntax/document.ts';
import { forgetModules } from '../../server/src/syntax/python/kept-modules.ts';
import { LeastUsed } from '../../server/src/syntax/python/least-used.ts';
import { type FindSourced, readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../engine/support.ts';

beforeAll(loadParsers);

type Files = Readonly<Record<string, string>>;

/** Finds modules in the folder of the file that imports them and in the root. */
const finding =
  (files: Files): FindSourced =>
  (from, path) => {
    const near = new URL(path, from).pathname.slice(1);
    const name = [near, path].find((one) => files[one] !== undefined);
    return name === undefined ? undefined : { uri: `file:///${name}`, text: files[name] ?? '' };
  };

const read = (files: Files, name: string): ConfigDocument => readDocument(`file:///${name}`, files[name] ?? '', 'python', finding(files));

/** The document with every offset beyond its end spelt by file, so that documents can be compared. */
function plain(document: ConfigDocument): string {
  const spelt = (offset: number): string | number => {
    const { uri, range } = placeIn(document, { start: offset, end: offset });
    return uri === document.uri ? offset : `${uri} ${range.start}`;
  };
  return JSON.stringify(
    document,
    (key, value) => (typeof value === 'number' && /^(?:start|end|offset)$/.test(key) ? spelt(value) : value),
    1,
  );
}

function expectAlone(files: Files, name: string): void {
  const warm = plain(read(files, name));
  forgetModules();
  expect(warm).toBe(plain(read(files, name)));
}

const files: Files = {
  'one.py': 'from middle import SIZE, Plan\nlayers = SIZE * 2\nplan = Plan(depth=3)\nwide = plan.wide\n',
  'two.py': 'import other\nfrom middle import *\nfrom inner import BASE\nsum = SIZE + BASE\n',
  'middle.py': 'from inner import BASE\nSIZE = BASE + 1\nclass Plan:\n    wide = SIZE\ndef make(n=BASE):\n    return Plan(depth=n)\n',
  'inner.py': 'BASE = 4\n',
  'other.py': 'from middle import make\nresult = make(2)\n',
};

describe('a module that several documents import', () => {
  test('reads as if each were the only one', () => {
    forgetModules();
    for (const name of ['one.py', 'two.py', 'other.py', 'one.py']) read(files, name);
    for (const name of ['one.py', 'two.py', 'other.py']) expectAlone(files, name);
    const { python } = read(files, 'one.py');
    expect(python?.assignments.map(({ target, value }) => [target, value.kind === 'scalar' && value.scalar])).toContainEqual([
      'layers',
      10,
    ]);
  });

  test('is read again when a module that it imports itself has changed', () => {
    read(files, 'one.py');
    const changed = { ...files, 'inner.py': '# longer than it was\nBASE = 40\n' };
    expect(plain(read(changed, 'one.py'))).toContain('"scalar": 82');
    expectAlone(changed, 'one.py');
    expect(plain(read(files, 'one.py'))).toContain('"scalar": 10');
  });

  test('is read again when a module that it imports is gone, and when it has come back', () => {
    read(files, 'one.py');
    const { 'inner.py': _, ...without } = files;
    expectAlone(without, 'one.py');
    read(without, 'one.py');
    expectAlone(files, 'one.py');
  });

  test('is as deep as the document that leads to it allows', () => {
    const chain: Files = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((n) => [`m${n}.py`, n === 6 ? 'V = 1\n' : `from m${n + 1} import V\nW = V + 1\n`]),
    );
    for (const name of ['m3.py', 'm1.py', 'm2.py']) read(chain, name);
    for (const name of ['m1.py', 'm2.py', 'm3.py']) expectAlone(chain, name);
  });

  test('ends where modules import each other', () => {
    const circle: Files = { 'a.py': 'from b import B\nA = B\n', 'b.py': 'from c import C\nB = 2\n', 'c.py': 'from b import B\nC = B\n' };
    for (const name of ['c.py', 'a.py', 'b.py']) read(circle, name);
    for (const name of ['a.py', 'b.py', 'c.py']) expectAlone(circle, name);
  });
});

describe('what is kept', () => {
  test('is what was asked for last, up to a weight', () => {
    const kept = new LeastUsed<number>(10);
    kept.set('a', 1, 4);
    kept.set('b', 2, 4);
    kept.get('a');
    kept.set('c', 3, 4);
    expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
    kept.set('a', 4, 1);
    kept.set('d', 5, 5);
    expect([kept.get('a'), kept.get('c'), kept.get('d')]).toEqual([4, 3, 5]);
    kept.set('e', 6, 11);
    expect(kept.get('e')).toBeUndefined();
  });
});

/** Findings after every edit are those of the text read afresh, whatever was kept from the text before. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allFindings } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { DocumentReader } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../engine/support.ts';
import { readPage } from '../rules/page.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

const uri = 'file:///kernels.cu';
const pages = join(import.meta.dirname, '../rules');
/** The kernels of the pages of rules that stand in one file of their own. */
const texts = readdirSync(pages)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => readPage(readFileSync(join(pages, name), 'utf8')).cases)
  .flatMap(({ files }) => (files.length === 1 ? files : []))
  .flatMap(({ name, text }) => (name.endsWith('.cu') ? [text] : []));

const newEngine = () => createEngine({ files: { read: () => ({ error: '' }), resolve: () => undefined }, settings: () => ({}) });

const typed = fc.constantFrom(
  'x',
  ' ',
  '\n',
  '{',
  '}',
  '(',
  '"',
  '/*',
  '*/',
  '// a word\n',
  '1',
  ';',
  '#define N 3\n',
  '__shared__ float s[9];',
  '',
);

describe('findings of a kernel file', () => {
  it('are the same after edits as in a text read afresh', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...texts), { minLength: 2, maxLength: 6 }),
        fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), gone: fc.nat(3), typed }), { minLength: 1, maxLength: 8 }),
        (parts, edits) => {
          const engine = newEngine();
          const reader = new DocumentReader(uri, parts.join('\n'), 'cuda');
          engine.analyseDocument(reader.document, 0);
          for (const { at, gone, typed: text } of edits) {
            const start = Math.floor(at * reader.text.length);
            const document = reader.edit([{ start, end: Math.min(reader.text.length, start + gone), text }]);
            // The same tree: error recovery of the grammar may rest on what was parsed before.
            const fresh = newEngine().analyseDocument(document, 1);
            expect(allFindings(engine.analyseDocument(document, 1))).toEqual(allFindings(fresh));
          }
          reader.dispose();
        },
      ),
      { numRuns: 30, seed: 8 },
    );
  }, 120_000);

  it('move with what an edit above or between kernels pushes', () => {
    const text = texts.slice(0, 8).join('\n');
    const engine = newEngine();
    const reader = new DocumentReader(uri, text, 'cuda');
    const before = allFindings(engine.analyseDocument(reader.document, 0));
    expect(before.length).toBeGreaterThan(2);
    const after = allFindings(engine.analyseDocument(reader.edit([{ start: 0, end: 0, text: '// a word\n' }]), 1));
    expect(after.map(({ place }) => place.range.start)).toEqual(before.map(({ place }) => place.range.start + 10));
    expect(after.map(({ finding }) => finding.what)).toEqual(before.map(({ finding }) => finding.what));
    reader.dispose();
  });
});

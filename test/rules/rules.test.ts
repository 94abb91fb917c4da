import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { kernelRules } from '../../server/src/core/kernels/rules/index.ts';
import { tileRules } from '../../server/src/core/kernels/tiled/rules/index.ts';
import { tritonRules } from '../../server/src/core/kernels/triton/rules/index.ts';
import { rules as jobRules } from '../../server/src/core/rules/index.ts';
import { type PageCase, readPage } from './page.ts';
import { checkLines } from './support.ts';
import { analyse, applyEdits, findingsOf, position, startParsers, type TestFile } from './workspace.ts';

const folder = join(process.cwd(), 'test/rules');
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ id: name.slice(0, -'.md'.length), page: readPage(readFileSync(join(folder, name), 'utf8')) }));

const rules = [...jobRules, ...kernelRules, ...tileRules, ...tritonRules].toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Numbers of an estimate may move a little when the model is fitted again; the words and the order of size may not. */
const drift = 0.2;

function alike(actual: string, wanted: string, estimated: boolean): boolean {
  if (actual === wanted || !estimated) return actual === wanted;
  const number = /\d+(?:\.\d+)?/g;
  const [a, b] = [actual.match(number) ?? [], wanted.match(number) ?? []];
  const words = (text: string) => text.replace(number, '0');
  return words(actual) === words(wanted) && a.every((digits, i) => Math.abs(Number(digits) / Number(b[i]) - 1) <= drift);
}

/** Findings have an order of their own; marks have that of the text, and at one place that of the words. */
const inText = (a: Placed, b: Placed): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.start - b.start || a.message.localeCompare(b.message);

interface Placed {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly message: string;
}

/** What the engine says about a case; a fault of the engine fails the test. */
function look(rule: string, one: PageCase, files: readonly TestFile[] = one.files) {
  const log: string[] = [];
  const analyses = analyse(files, one.settings, log);
  expect(log).toEqual([]);
  // A file that nobody recognises would have no findings either.
  for (const [name, { jobs, kernels, problems }] of analyses) {
    expect([name, jobs.length > 0 || kernels !== undefined, problems]).toEqual([name, true, []]);
  }
  return findingsOf(rule, analyses);
}

beforeAll(startParsers);

describe('the pages', () => {
  it('are one for each rule', () => {
    expect(pages.map(({ id }) => id).toSorted()).toEqual(rules.map(({ id }) => id));
  });
});

for (const { id, page } of pages) {
  const rule = rules.find((one) => one.id === id);
  const flagged = page.cases.filter(({ kind }) => kind === 'flagged');
  const clean = page.cases.filter(({ kind }) => kind === 'not-flagged');
  const estimated = rule !== undefined && 'needsEstimate' in rule && rule.needsEstimate;
  describe(id, () => {
    it('has a page with an introduction, its source, and cases of both kinds', () => {
      expect(page.complaints).toEqual([]);
      expect(page.title).toBe(id);
      expect(page.intro).toMatch(/^Source: /m);
      expect(page.intro.length).toBeGreaterThan(100);
      expect(flagged.length).toBeGreaterThan(0);
      expect(clean.length).toBeGreaterThan(0);
    });

    it.each(flagged.map((one, index) => [index + 1, one] as const))('is found where case %i marks it', (_, one) => {
      const found = look(id, one).map(({ file, found: { finding, place } }) => {
        checkLines(finding);
        const text = one.files.find(({ name }) => name === file)?.text ?? '';
        expect(place.uri.endsWith(`/${file}`)).toBe(true);
        return { file, ...position(text, place.range.start, place.range.end), severity: finding.severity, message: finding.what };
      });
      const wanted = one.files.flatMap(({ name, markers }) =>
        markers.map(({ rule: by, line, start, end, severity, message }) => {
          expect(by).toBe(id);
          return { file: name, line, start, end, severity, message };
        }),
      );
      expect(wanted, 'a flagged case has a mark').not.toEqual([]);
      // The comment sign hides the first columns of a line, so a mark may begin there although the text begins before it.
      const placed = found.map((each) => ({ ...each, start: Math.max(each.start, /\.(?:json|cuh?|hip)$/.test(each.file) ? 2 : 1) }));
      const marked = wanted.toSorted(inText);
      const spoken = placed.toSorted(inText).map((each, i) => {
        const mark = marked[i]?.message ?? '';
        return alike(each.message, mark, estimated) ? { ...each, message: mark } : each;
      });
      expect(spoken).toEqual(marked);
    });

    it('is gone after each fix that can be applied', () => {
      for (const one of flagged) {
        const offered = look(id, one).flatMap(({ found }) => found.finding.fixes.map((fix, i) => ({ fix, edits: found.edits[i] })));
        for (const { fix, edits } of offered) {
          if (!edits) continue;
          const left = look(id, one, applyEdits(one.files, edits));
          expect([fix.title, left.map(({ found }) => found.finding.what)]).toEqual([fix.title, []]);
        }
        const applicable = offered.filter(({ edits }) => edits);
        expect(one.fixed.length > 0, 'a case with a fix shows the fixed text, a case without does not').toBe(applicable.length > 0);
        for (const { title, files } of one.fixed) {
          const chosen = applicable.find(({ fix }) => alike(fix.title, title, estimated));
          expect(applicable.map(({ fix }) => fix.title)).toContain(chosen?.fix.title ?? title);
          const after = applyEdits(one.files, chosen?.edits ?? []);
          for (const { name, text } of files) {
            const actual = after.find((file) => file.name === name)?.text ?? '';
            if (!alike(actual, text, estimated)) expect(actual).toBe(text);
          }
        }
      }
    });

    it.each(clean.map((one, index) => [index + 1, one] as const))('is not found in clean case %i', (_, one) => {
      expect(look(id, one).map(({ found }) => found.finding.what)).toEqual([]);
    });
  });
}

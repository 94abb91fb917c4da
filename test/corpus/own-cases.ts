/** The files of ours: under `own/<format>/` with `NAME.expected.json` beside each, or a sample that the expectation names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnExpectation } from './case.ts';
import { compareReading, type FactResult } from './compare.ts';
import { readFile } from './read-file.ts';

const ending = '.expected.json';

export interface OwnCase {
  /** `format/name of the expectation`. */
  readonly name: string;
  readonly path: string;
  readonly expectation: OwnExpectation;
}

/** Every file with an expectation. Throws when an expectation stands alone: a sample was renamed or forgotten. */
export function ownCases(folder: string): readonly OwnCase[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => {
      const expectation = JSON.parse(readFileSync(join(folder, name), 'utf8')) as OwnExpectation;
      const path = pathOf(folder, names, name, expectation);
      return { name: name.slice(0, -ending.length), path, expectation };
    });
}

function pathOf(folder: string, names: readonly string[], name: string, { sample }: OwnExpectation): string {
  const stem = name.slice(0, -ending.length);
  const file = names.find((other) => other === stem || (other.startsWith(`${stem}.`) && !other.endsWith(ending)));
  if ((file === undefined) === (sample === undefined)) throw new Error(`${name} wants a file beside it or a sample, and not both`);
  if (file !== undefined) return join(folder, file);
  const path = join(folder, '../../samples', sample ?? '');
  if (!existsSync(path)) throw new Error(`${name} names ${sample}, which is no sample`);
  return path;
}

/** Facts that are not as they should be; those named in `later` may be unknown, but not wrong. */
export function complaintsOf({ path, expectation }: OwnCase): readonly FactResult[] {
  const later = new Set(expectation.later);
  const results = compareReading(readFile(path, dirname(path)).readings, expectation);
  return results.filter(({ fact, outcome }) => outcome === 'wrong' || (outcome === 'unknown' && !later.has(fact)));
}

// Predictions against the published measurements of test/validation/cases, as `rooflint validate` makes them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from './bundled.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'test/validation');

/** Why rows are far off, by a pattern of the beginning of their ids; the longest pattern that fits speaks. */
const explanations = JSON.parse(readFileSync(join(folder, 'explanations.json'), 'utf8'));

export function explanationOf(id) {
  const best = Object.keys(explanations)
    .filter((start) => new RegExp(`^(?:${start})`).test(id))
    .sort((a, b) => b.length - a.length)[0];
  return best === undefined ? '' : explanations[best];
}

const rowIds = (rows) => rows.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line).id]));

/** All cases in one report, with the tables of accuracy.ts at hand. */
export async function accuracy() {
  const validation = await bundled(
    [
      "export { validate } from './server/src/validation/run.ts';",
      "export { summarize } from './server/src/validation/summary.ts';",
      "export * from './server/src/validation/accuracy.ts';",
      "export { holdOutPublications } from './server/src/validation/publications.ts';",
      "export { analyticCatalog, tableCatalog } from './server/src/validation/table-catalog.ts';",
    ].join('\n'),
  );
  const files = readdirSync(join(folder, 'cases')).filter((name) => name.endsWith('.jsonl'));
  const text = files.sort().map((name) => readFileSync(join(folder, 'cases', name), 'utf8'));
  const report = validation.validate(text.join('\n'), validation.tableCatalog);
  const withoutLearned = validation.figuresOf(validation.validate(text.join('\n'), validation.analyticCatalog));
  // A case file is one publication.
  const publications = new Map(text.flatMap((rows, index) => rowIds(rows).map((id) => [id, files[index]])));
  return {
    ...validation,
    report,
    figures: validation.figuresOf(report),
    withoutLearned,
    publicationOf: (id) => publications.get(id) ?? '',
  };
}

export const percent = (share) => `${(100 * share).toFixed(1)} %`;
export const signed = (share) => (Math.abs(share) < 0.0005 ? percent(0) : `${share < 0 ? '-' : '+'}${percent(Math.abs(share))}`);

export const summaryHeads = ['Compared', 'Median error', 'p90 error', 'Bias'];
/** Cells of a summary: how many, median and p90 of the absolute error, bias. */
export const summaryCells = ({ rows, median, p90, bias }) => [String(rows), percent(median), percent(p90), signed(bias)];

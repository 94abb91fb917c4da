// Predictions against the published measurements of test/validation/cases, as `rooflint validate` makes them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from './bundled.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'test/validation/cases');
/** Quantities in the order people ask for them. */
const quantities = ['memory', 'throughput', 'utilization', 'serving memory', 'serving time', 'collectives'];

/** One entry per case file: its title, its rows, and the errors of each quantity. */
export async function accuracy() {
  const { validate, tableCatalog } = await bundled(
    "export { validate } from './server/src/validation/run.ts'; export { tableCatalog } from './server/src/validation/table-catalog.ts';",
  );
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return files.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const { summary } = validate(text, tableCatalog);
    return { name: name.replace(/\.jsonl$/, ''), ...summary };
  });
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const signed = (share) => (Math.abs(share) < 0.0005 ? percent(0) : `${share < 0 ? '-' : '+'}${percent(Math.abs(share))}`);

/** Rows of a table: case file, quantity, rows compared, median and p90 of the absolute error, bias. */
export function accuracyRows(entries) {
  return entries.flatMap(({ name, errors }) =>
    quantities
      .filter((quantity) => errors[quantity] !== undefined)
      .map((quantity) => {
        const { rows, median, p90, bias } = errors[quantity];
        return [name, quantity, String(rows), percent(median), percent(p90), signed(bias)];
      }),
  );
}

export const accuracyHeads = ['Cases', 'Quantity', 'Compared', 'Median error', 'p90 error', 'Bias'];

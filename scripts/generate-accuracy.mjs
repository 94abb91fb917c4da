/**
 * Writes the generated part of docs/accuracy.md and its plots from the same predictions that "rooflint validate" makes, so
 * that the page cannot claim what the program does not do. With --check it says what is stale and fails.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy } from './lib/accuracy.mjs';
import { accuracyPage } from './lib/accuracy-page.mjs';
import { scatterPlot } from './lib/accuracy-plot.mjs';
import { updatePages } from './lib/generated-part.mjs';
import { root } from './lib/paths.mjs';

const data = await accuracy();
const check = process.argv.includes('--check');
for (const { id, title } of data.kinds) {
  const figures = data.figures.filter(({ kind }) => kind === id);
  if (figures.length === 0) continue;
  const path = `docs/images/accuracy-${id}.svg`;
  const file = join(root, path);
  const wanted = scatterPlot(figures, `Predicted against measured: ${title.toLowerCase()}`);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  if (check) {
    console.error(`Out of date, run "npm run generate": ${path}`);
    process.exitCode = 1;
  } else writeFileSync(file, wanted);
}
updatePages({ 'docs/accuracy.md': accuracyPage(data) }, 'docs/accuracy.md');

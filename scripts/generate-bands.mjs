/**
 * Fits the bands shown beside memory and time to the residuals over test/validation/cases and writes them to
 * server/src/core/calibration/measured-bands.json. With --check it says whether that file is stale and fails.
 * Method: docs/model/uncertainty.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy } from './lib/accuracy.mjs';
import { bundled } from './lib/bundled.mjs';
import { root } from './lib/paths.mjs';

const path = 'server/src/core/calibration/measured-bands.json';
const { fitBands, residualsOf } = await bundled("export { fitBands, residualsOf } from './server/src/validation/bands.ts';");
const { report } = await accuracy();
const lines = fitBands(residualsOf(report)).map((band) => {
  const parts = Object.entries(band).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
  return `    { ${parts.join(', ')} }`;
});
const wanted = `{\n  "bands": [\n${lines.join(',\n')}\n  ]\n}\n`;
if (readFileSync(join(root, path), 'utf8') === wanted) console.log(`${path}: up to date.`);
else if (process.argv.includes('--check')) {
  console.error(`Out of date, run "npm run generate": ${path}`);
  process.exitCode = 1;
} else {
  writeFileSync(join(root, path), wanted);
  console.log(`Wrote ${path}.`);
}

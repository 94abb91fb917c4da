/**
 * Fits the bands shown beside memory and time to the residuals over test/validation/cases, and those that scripts/fit/tokens.mjs left, and
 * writes them to server/src/core/calibration/measured-bands.json. With --check it says whether that file is stale and fails.
 * Method: docs/model/uncertainty.md.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy } from './lib/accuracy.mjs';
import { bundled } from './lib/bundled.mjs';
import { updateFile } from './lib/generated-file.mjs';
import { root } from './lib/paths.mjs';

const path = 'server/src/core/calibration/measured-bands.json';
const { fitBands, foreignResiduals, residualsOf } = await bundled(
  "export { fitBands, foreignResiduals, residualsOf } from './server/src/validation/bands.ts';",
);
const { report } = await accuracy();
const foreign = JSON.parse(readFileSync(join(root, 'test/validation/token-residuals.json'), 'utf8')).tables;
const text = JSON.stringify({ bands: fitBands([...residualsOf(report), ...foreignResiduals(foreign)]) });
const formatter = [
  join(root, 'node_modules/.bin/biome'),
  ['format', `--stdin-file-path=${path}`],
  { cwd: root, input: text, encoding: 'utf8' },
];
const { status, stdout: wanted, stderr } = spawnSync(...formatter);
if (status !== 0 || wanted === '') throw new Error(`The formatter refused the bands: ${stderr}`);
updateFile(path, wanted);

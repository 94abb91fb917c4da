// Puts the held-out rows of all tables to the program, as `rooflint predict` would, and counts how far off it is and how often
// the band holds. usage: node scripts/train/evaluate.mjs DATA REPORTS: writes REPORTS/program.json
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../lib/bundled.mjs';
import { hash } from '../lib/hash.mjs';
import { root } from '../lib/paths.mjs';
import { readTable } from './read-table.mjs';
import { tables } from './tables.mjs';

const [data, reports] = process.argv.slice(2);
const { Predictor } = await bundled(`export { Predictor } from './server/src/predictor/predict.ts';`);
const predictor = new Predictor(join(root, 'server/src/predictor/models'));

/** Rows asked of each table, spread evenly over it. */
const most = 2500;

const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const figures = (errors) => ({
  rows: errors.length,
  mape: errors.reduce((sum, value) => sum + value, 0) / errors.length,
  median: quantile(errors, 0.5),
  p90: quantile(errors, 0.9),
});

/** The held-out rows of a table: shapes, as scripts/train/family.py holds them out. */
function heldOut({ files, shape }) {
  return readdirSync(join(data, 'aiconfigurator')).flatMap((file) => {
    const op = files.find(([pattern]) => pattern.test(file))?.[1];
    if (!op) return [];
    return readTable(join(data, 'aiconfigurator', file))
      .filter((row) => (hash(shape.map((column) => row[column]).join(',')) % 1e6) % 10 < 2)
      .map((row) => ({ ...row, op: op === 'gemm_power' ? 'gemm' : op, device: file.split('.')[1] }));
  });
}

const report = {};
for (const table of tables.filter(({ model }) => model !== 'gemm_power')) {
  const all = heldOut(table);
  const step = Math.max(1, all.length / most);
  const rows = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  // What a question does not hold cannot leak into its answer.
  const questions = rows.map(({ latency_ms: _time, power_w: _power, ...question }) => question);
  const bare = questions.map(({ backend: _backend, kernel: _kernel, version: _version, ...question }) => question);
  const began = performance.now();
  const answers = await predictor.predict(questions);
  const seconds = (performance.now() - began) / 1e3;
  const unnamed = await predictor.predict(bare);
  const power = table.model === 'gemm_power';
  const off = (list) =>
    list.map((answer, index) => Math.abs((power ? answer.power_w / rows[index].power_w : answer.latency_ms / rows[index].latency_ms) - 1));
  const held = answers.filter(({ low, high }, index) => rows[index].latency_ms >= low && rows[index].latency_ms <= high).length;
  report[table.model] = {
    ...figures(off(answers)),
    'without engine and kernel': figures(off(unnamed)),
    ...(power ? {} : { 'inside the band': held / rows.length }),
    'rows per second': Math.round(rows.length / seconds),
    'below half or above twice': off(answers).filter((error) => error > 1).length / rows.length,
  };
  console.log(table.model, JSON.stringify(report[table.model]));
}
writeFileSync(join(reports, 'program.json'), JSON.stringify(report, null, 1));

// What the fit scripts share: reading tables, a simplex search, residuals, and writing what was fitted.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../lib/paths.mjs';

export { hash } from '../lib/hash.mjs';

/** The folder of measured tables, the first argument of every fit script. */
export const dataFolder = process.argv[2] ?? process.env.ROOFLINT_DATA;
if (!dataFolder) {
  console.error('usage: node scripts/fit/NAME.mjs FOLDER, where FOLDER holds the measured tables');
  process.exit(2);
}

/** Rows of a table as objects; cells that are numbers become numbers. */
export function table(path) {
  const raw = readFileSync(join(dataFolder, path));
  const [head, ...lines] = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString().split(/\r?\n/).filter(Boolean);
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(
      columns.map((column, index) => [column, cells[index] === '' || Number.isNaN(+cells[index]) ? cells[index] : +cells[index]]),
    );
  });
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const round = (value, digits) => Number(value.toPrecision(digits));

/** Count, median and p90 of the absolute errors, and the median error, each as a share. */
export function residuals(rows, predict) {
  const errors = rows.map((row) => predict(row) / row.seconds - 1);
  const sizes = errors.map(Math.abs);
  return {
    rows: rows.length,
    median: round(quantile(sizes, 0.5), 3),
    p90: round(quantile(sizes, 0.9), 3),
    bias: round(quantile(errors, 0.5), 2),
  };
}

/** Mean absolute logarithm of predicted over measured: over- and under-prediction weigh the same. */
export function logError(rows, predict) {
  let sum = 0;
  for (const row of rows) sum += Math.abs(Math.log(predict(row) / row.seconds));
  return sum / rows.length;
}

/** Nelder-Mead from `start` over positive parameters, in their logarithms, kept inside `ranges` by a wall. */
export function simplex(cost, start, ranges, rounds = 400) {
  const outside = (x) => x.some((value, index) => Math.exp(value) < ranges[index][0] || Math.exp(value) > ranges[index][1]);
  const f = (x) => (outside(x) ? Number.POSITIVE_INFINITY : cost(x.map(Math.exp)));
  const first = start.map(Math.log);
  let points = [first, ...first.map((_, axis) => first.map((value, index) => value + (index === axis ? -0.12 : 0)))];
  let costs = points.map(f);
  const n = first.length;
  for (let turn = 0; turn < rounds; turn++) {
    const order = costs.map((_, index) => index).sort((a, b) => costs[a] - costs[b]);
    points = order.map((index) => points[index]);
    costs = order.map((index) => costs[index]);
    const centre = first.map((_, axis) => points.slice(0, n).reduce((sum, point) => sum + point[axis], 0) / n);
    const along = (amount) => centre.map((value, axis) => value + amount * (points[n][axis] - value));
    const put = (point, value) => {
      points[n] = point;
      costs[n] = value;
    };
    const reflected = along(-1);
    const value = f(reflected);
    if (value < costs[0]) {
      const further = along(-2);
      const more = f(further);
      if (more < value) put(further, more);
      else put(reflected, value);
    } else if (value < costs[n - 1]) put(reflected, value);
    else {
      const inner = along(0.5);
      const less = f(inner);
      if (less < costs[n]) put(inner, less);
      else {
        for (let index = 1; index <= n; index++) {
          points[index] = points[index].map((entry, axis) => points[0][axis] + 0.5 * (entry - points[0][axis]));
          costs[index] = f(points[index]);
        }
      }
    }
  }
  const best = costs.indexOf(Math.min(...costs));
  return points[best].map((value) => round(Math.exp(value), 3));
}

/** Puts one fitted set into `server/src/core/calibration/fits/<file>.json`, in place of the one with the same id. */
export function store(file, set) {
  const path = join(root, 'server/src/core/calibration/fits', `${file}.json`);
  const content = JSON.parse(readFileSync(path, 'utf8'));
  const index = content.sets.findIndex((other) => other.id === set.id);
  if (index < 0) content.sets.push(set);
  else content.sets[index] = set;
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  console.log(set.id, JSON.stringify(set.values), JSON.stringify(set.residuals));
}

// Writes docs/learned-models.md from the reports of a training. usage: node scripts/train/page.mjs REPORTS
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

const folder = process.argv[2];
const read = (name) =>
  existsSync(join(folder, `${name}.json`)) ? JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) : undefined;
const models = ['gemm', 'context_attention', 'generation_attention', 'context_mla', 'generation_mla', 'moe', 'collective'];
const reports = Object.fromEntries([...models, 'gemm_power'].map((name) => [name, read(name)]));
const program = read('program');
const percent = (value) => (value === undefined ? '-' : `${(100 * value).toFixed(1)} %`);
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const errors = (entry) => [String(entry.rows), percent(entry.mape), percent(entry.median), percent(entry.p90), percent(entry.bias)];
const size = (name) => `${Math.round(statSync(join(root, 'server/src/predictor/models', `${name}.onnx`)).size / 1024)} KB`;

const overview = table(
  ['Model', 'File', 'Rows asked', 'Mean error', 'Median', 'p90', 'R2', 'Plain roofline', 'Analytic model', 'Network without trees'],
  models.map((name) => {
    const shapes = reports[name]['held-out shapes'];
    const analytic = shapes.analytic
      ? `${percent(shapes.analytic.mape)} (learned there ${percent(shapes['learned where analytic answers'].mape)})`
      : '-';
    const { all } = shapes;
    return [
      name,
      size(name),
      all.rows,
      percent(all.mape),
      percent(all.median),
      percent(all.p90),
      all.r2.toFixed(3),
      percent(shapes.roofline.mape),
      analytic,
      percent(reports[name]['network alone'].mape),
    ];
  }),
);

const devices = (name) => {
  const { device } = reports[name]['held-out shapes'];
  return Object.entries(device).map(([label, entry]) => [name, label, ...errors(entry)]);
};
const hidden = [...models, 'gemm_power'].flatMap((name) =>
  Object.entries(reports[name]['left out'] ?? {}).map(([label, entry]) => {
    // Without what the host takes, where tables hold it.
    const others = entry.with?.length ? ` (with ${entry.with.join(', ')})` : '';
    const own = entry['device time'] ? percent(entry['device time'].mape) : '-';
    return [name, `${label}${others}`, ...errors(entry.all), own, entry.roofline ? percent(entry.roofline.mape) : '-'];
  }),
);
const kin = models.flatMap((name) =>
  Object.entries(reports[name].likened ?? {}).flatMap(([how, entry]) => (entry ? [[name, how, ...errors(entry)]] : [])),
);
const compare = read('compare');
const kindsTable = table(
  ['Kind of model', 'Mean error', 'Median', 'p90', `${compare.hidden} hidden: mean`, 'Seconds to train', 'us per row', 'Numbers'],
  Object.entries(compare.kinds).map(([name, entry]) => {
    const far = compare['hidden device'][name];
    const cost = [entry['seconds to train'], entry['us per row'], entry.numbers].map(String);
    return [name, percent(entry.mape), percent(entry.median), percent(entry.p90), far ? percent(far.mape) : '-', ...cost];
  }),
);
const gemm = reports.gemm['held-out shapes'];
const power = reports.gemm_power['held-out shapes'];
const programRows = program
  ? Object.entries(program).map(([name, entry]) => [
      name,
      entry.rows,
      percent(entry.mape),
      percent(entry.median),
      percent(entry['without engine and kernel'].median),
      entry['inside the band'] === undefined ? '-' : percent(entry['inside the band']),
    ])
  : [];
const text = readFileSync(join(import.meta.dirname, 'page.txt'), 'utf8');
const parts = {
  overview,
  program: table(['Model', 'Rows', 'Mean error', 'Median', 'Median without engine and kernel', 'Inside the band'], programRows),
  groups: table(
    ['Format and engine', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'],
    Object.entries(gemm.group).map(([name, entry]) => [name, ...errors(entry)]),
  ),
  lengths: table(
    ['Measured length', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'],
    Object.entries(gemm.length).map(([name, entry]) => [name, ...errors(entry)]),
  ),
  devices: table(['Model', 'Device', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'], models.flatMap(devices)),
  hidden: table(
    ['Model', 'Hidden device', 'Rows', 'Mean error', 'Median', 'p90', 'Bias', 'Mean without host time', 'Plain roofline'],
    hidden,
  ),
  kin: table(['Model', 'Hidden, and asked about as', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'], kin),
  power: table(
    ['Device', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'],
    [['all', ...errors(power.all)], ...Object.entries(power.device).map(([name, entry]) => [name, ...errors(entry)])],
  ),
  'power lengths': table(
    ['Length of the kernel', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'],
    Object.entries(power.length).map(([name, entry]) => [name, ...errors(entry)]),
  ),
  'power apart': Object.values(reports.gemm_power['between engines'])
    .map(({ median }) => percent(median))
    .join(' and '),
  'power forms': table(
    ['Form', 'Rows', 'Mean error', 'Median', 'p90', 'Bias'],
    [
      ['share at rest, of full work and of full memory traffic (50 us and longer)', reports.gemm_power['by activity']],
      ['trees', reports.gemm_power['trees alone']],
      ['network', reports.gemm_power['network alone']],
      ['network times trees (in use)', power.all],
    ].map(([name, entry]) => [name, ...errors(entry)]),
  ),
  'bare mean': percent(reports.gemm['without engine and kernel'].mape),
  'bare median': percent(reports.gemm['without engine and kernel'].median),
  'power by activity': percent(reports.gemm_power['by activity'].median),
  kinds: kindsTable,
  'kinds rows': String(compare.fitted),
  'power r2': power.all.r2.toFixed(2),
  'power median': percent(power.all.median),
  'gemm mean': percent(gemm.all.mape),
  'gemm r2': gemm.all.r2.toFixed(3),
};
writeFileSync(
  join(root, 'docs/learned-models.md'),
  text.replace(/\{\{([^}]+)\}\}/g, (_, name) => {
    if (!(name in parts)) throw new Error(`page.txt asks for "${name}", which no report gives`);
    return parts[name];
  }),
);

// Turns the measured tables into inputs of the networks, with the very code that the program predicts with.
// usage: node scripts/train/export-inputs.mjs DATA OUT [model...]: writes OUT/<model>.f32 and OUT/<model>.json
// Columns of the .f32: those named in `leading` below, then the inputs.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../lib/bundled.mjs';
import { hash } from '../lib/hash.mjs';
import { analytic } from './analytic.mjs';
import { readTable } from './read-table.mjs';
import { tables } from './tables.mjs';

const [data, outFolder, ...only] = process.argv.slice(2);
const { families, Row, InputWriter, findAccelerator, accelerators, deviceFigures } = await bundled(`
  export { families } from './server/src/predictor/families.ts';
  export { Row } from './server/src/predictor/cases/row.ts';
  export { InputWriter } from './server/src/predictor/inputs/inputs.ts';
  export { deviceFigures } from './server/src/predictor/device.ts';
  export { accelerators, findAccelerator } from './server/src/data/index.ts';
`);
mkdirSync(outFolder, { recursive: true });

const sheets = new Map();
function figuresOf(device) {
  if (!sheets.has(device)) {
    const accelerator = findAccelerator(device);
    const figures = deviceFigures(accelerator, accelerators);
    if (typeof figures === 'string') throw new Error(figures);
    sheets.set(device, { accelerator, figures });
  }
  return sheets.get(device);
}

/** Numbers in the order of first meeting. */
function numbering() {
  const names = [];
  const index = (name) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  return { names, index };
}

/**
 * `chip`: whether the device is one whose name the network may learn. `shape`: hash by which rows are held out. `memory`: seconds of
 * all bytes over the bandwidth of the device's memory.
 */
const leading = ['seconds', 'bound', 'power', 'device', 'chip', 'group', 'shape', 'analytic', 'memory'];

function* rowsOf({ files, more }) {
  for (const file of readdirSync(join(data, 'aiconfigurator')).sort()) {
    const op = files.find(([pattern]) => pattern.test(file))?.[1];
    if (op) for (const row of readTable(join(data, 'aiconfigurator', file))) yield { op, device: file.split('.')[1], ...row };
  }
  if (more) for (const row of more(data)) yield { op: files[0][1], ...row };
}

for (const table of tables.filter(({ model }) => only.length === 0 || only.includes(model))) {
  const family = families[table.files[0][1]];
  const width = leading.length + family.inputs.length;
  const [devices, groups, refused] = [numbering(), numbering(), new Map()];
  const chunks = [];
  let total = 0;
  let writer = new InputWriter(1, width);
  for (const row of rowsOf(table)) {
    try {
      const { accelerator, figures } = figuresOf(row.device);
      const question = families[row.op].ask(new Row(row), figures);
      writer = new InputWriter(1, width);
      writer.add(Number(row.latency_ms) / 1e3);
      writer.add(question.bound);
      writer.add(Number(row.power_w ?? 0) / (Number(row.power_limit_w) || 1));
      writer.add(devices.index(row.device));
      writer.flag(figures.measured);
      writer.add(groups.index(question.group));
      writer.add(hash(table.shape.map((column) => row[column]).join(',')) % 1e6);
      writer.add(analytic(row.op, row, accelerator));
      writer.add(question.parts.memory);
      question.write(writer);
      chunks.push(Buffer.from(writer.values.buffer));
      total++;
    } catch (error) {
      if (error.name !== 'RowProblem') throw error;
      refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
    }
  }
  writeFileSync(join(outFolder, `${table.model}.f32`), Buffer.concat(chunks));
  writeFileSync(
    join(outFolder, `${table.model}.json`),
    JSON.stringify(
      {
        rows: total,
        leading,
        grow: family.inputs.slice(0, family.growing),
        free: family.inputs.slice(family.growing),
        devices: devices.names,
        sheets: devices.names.map((name) => figuresOf(name).figures.id),
        chips: devices.names.map((name) => figuresOf(name).figures.chip ?? ''),
        groups: groups.names,
        refused: [...refused],
      },
      null,
      1,
    ),
  );
  console.log(table.model, total, 'rows', [...refused].map(([why, count]) => `${count} x ${why}`).join('; '));
}

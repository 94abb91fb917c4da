/**
 * Starts a new item with its files and headings: npm run new -- <kind> <id>
 * What it writes compiles or says what to fill in; the recipes in CONTRIBUTING.md tell the rest.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const camelCase = (id) => id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const words = (id) => id.replaceAll('-', ' ');
const sentence = (id) => words(id).replace(/^./, (letter) => letter.toUpperCase());
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const figure = (unit) => ({ value: 0, unit, source: 's1', kind: 'assumed' });
const sources = { s1: { title: 'title and version of the source', where: 'table or page' } };

const kinds = {
  rule: (id) => ({
    [`server/src/core/rules/${id}.ts`]: `/** ${sentence(id)}: say here in one sentence why this is wrong. */
import { defineRule } from '../finding.ts';

export const ${camelCase(id)} = defineRule({
  id: '${id}',
  group: 'parallelism',
  severity: 'warning',
  reads: ['parallel.tensor'],
  check({ job, report }) {
    const tensor = job['parallel.tensor'];
    if (tensor <= 1) return;
    report({
      at: 'parallel.tensor',
      what: \`TP \${tensor} ...\`,
      why: 'what the framework does then',
      advice: 'what to write instead',
    });
  },
});
`,
    [`test/rules/${id}.md`]: ruleTest(id),
  }),

  framework: (id) => ({
    [`server/src/frameworks/${id}/${id}.ts`]: `/** ${sentence(id)}: say here which files, and in which release the keys and defaults were read. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';

function detect(_document: ConfigDocument): number {
  return 0;
}

function read(_document: ConfigDocument): readonly Reading[] {
  return [];
}

export const adapter: Adapter = { id: '${id}', label: '${sentence(id)}', detect, read };
`,
    [`test/samples/${id}/README.md`]: `# Samples of ${words(id)}\n\nOne line per file: where it comes from, or that it was written in the manner of what.\n`,
  }),

  schedule: (id) => ({
    [`server/src/core/schedules/${id}.ts`]: `/**
 * ${sentence(id)}: say here in words what each rank does.
 *
 * Source: paper and section; file and function of a framework that has it.
 */
import type { Schedule } from './schedule.ts';

export const ${camelCase(id)}: Schedule = {
  id: '${id}',
  label: '${sentence(id)}',
  source: 'paper, section',
  interleaves: false,
  placement: 'loop',
  splitsBackward: false,
  microBatchMultiple: () => 1,
  refuses: () => undefined,
  order:
    ({ microBatches }) =>
    (_rank, visit) => {
      for (let microBatch = 0; microBatch < microBatches; microBatch++) {
        visit('forward', microBatch, 0);
        visit('backward', microBatch, 0);
      }
    },
};
`,
  }),

  gpu: (id) => ({
    [`server/src/data/gpus/${id}.json`]: json({
      id,
      label: sentence(id),
      vendor: 'NVIDIA',
      architecture: '',
      aliases: [words(id)],
      memory: { capacity: figure('GiB'), bandwidth: figure('GB/s') },
      peak: { fp16: figure('TFLOP/s'), bf16: figure('TFLOP/s') },
      sources,
    }),
  }),

  network: (id) => ({
    [`server/src/data/networks/${id}.json`]: json({
      id,
      label: sentence(id),
      aliases: [],
      bandwidthPerGpu: figure('GB/s'),
      latency: figure('us'),
      sources,
    }),
  }),
};

/** The page of a rule: its words for the reader, and the files that test it. */
function ruleTest(id) {
  const launch = (tensor) => `torchrun --nproc-per-node 8 pretrain_gpt.py --tensor-model-parallel-size ${tensor}`;
  const block = (...lines) => ['```bash title=train.sh', ...lines, '```'].join('\n');
  const carets = `${'#'.padEnd(launch('').length)}^ warning ${id}: TP 2 ...`;
  return [
    `# ${id}`,
    'Say what is wrong, what the framework does then, and where that stands.',
    '## Flagged',
    block(launch(2), carets),
    '## Not flagged',
    `${block(launch(1))}\n`,
  ].join('\n\n');
}

const [kind, id, ...rest] = process.argv.slice(2);
const make = kinds[kind];
if (make === undefined || id === undefined || rest.length > 0 || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)) {
  console.error(`Usage: npm run new -- <${Object.keys(kinds).join('|')}> <id-in-kebab-case>`);
  process.exitCode = 2;
} else {
  const files = Object.entries(make(id));
  const taken = files.map(([path]) => path).filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) {
    console.error(`Nothing written: ${taken.join(' and ')} exist already.`);
    process.exitCode = 1;
  } else {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(`wrote ${path}`);
    }
    console.log('Next: CONTRIBUTING.md, then npm run generate.');
  }
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of configuration files, not templates.
// Damaged configurations: npm run fuzz -- [--count 20000] [--seed 1] [--slow 100]
// Takes the samples and examples of the repository, damages each in one to four ways (cut, doubled, reordered, values of other
// types, foreign characters, lines of another file), and lets reader, adapters, model, rules and completion loose on it. Complains
// about exceptions, about places outside the text, and about a document that takes longer than --slow milliseconds three times.
// Prints one line at the end; exits with 1 when there was a complaint. The same seed gives the same documents.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundled } from './lib/bundled.mjs';
import { root } from './lib/paths.mjs';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    slow: { type: 'string', default: '100' },
  },
});
const [count, seed, slow] = [options.count, options.seed, options.slow].map(Number);
if (![count, seed, slow].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('Usage: npm run fuzz -- [--count N] [--seed N] [--slow MS]');
  process.exit(2);
}

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomFrom(seed);
const below = (limit) => Math.floor(random() * limit);
const pick = (list) => list[below(list.length)];

const kinds = /\.(?:sh|json|ya?ml|toml|py|slurm|sbatch|pbtxt|modelfile)$|Modelfile$|Dockerfile[\w.-]*$/;
const texts = ['test/samples', 'test/corpus/own', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && kinds.test(file.name) && !file.name.endsWith('.expected.json'))
    .map((file) => ({ name: file.name, text: readFileSync(join(file.parentPath, file.name), 'utf8') }))
    .filter(({ text }) => text.length < 60_000),
);

const odd = [
  '0',
  '-1',
  '1e400',
  '999999999999999999999',
  'true',
  'null',
  '""',
  "'",
  '"',
  '[]',
  '{}',
  '[[',
  '}}',
  '${',
  '$(',
  '`',
  '&a',
  '*a',
  '<<: *a',
  '!!str',
  '|',
  '>-',
  '\\',
  '\t',
  '\r\n',
  '\0',
  '\uFEFF',
  'é',
  '😀',
  '\u202E',
  '\uD800',
  '# ',
  '//',
  '---',
  '%',
  ':',
  ': ',
  '- ',
  '=',
  ',',
  '"""',
  "f'{",
  'lambda: 0',
  '@',
  '__proto__',
  'constructor',
  'NaN',
  '.inf',
  '0x10',
  '1_000',
  '1:30',
  'auto',
  '-',
  '--',
  '--x',
  '*',
  '${a.b}',
  '{{ x }}',
  '<FILL>',
];

const damages = [
  (text) => text.slice(0, below(text.length)),
  (text) => text.slice(below(text.length)),
  (text) => {
    const [from, length] = [below(text.length), below(200)];
    return text.slice(0, from) + text.slice(from, from + length) + text.slice(from);
  },
  (text) => {
    const [from, length] = [below(text.length), 1 + below(40)];
    return text.slice(0, from) + text.slice(from + length);
  },
  (text) => {
    const lines = text.split('\n');
    const [a, b] = [below(lines.length), below(lines.length)];
    [lines[a], lines[b]] = [lines[b], lines[a]];
    return lines.join('\n');
  },
  (text) => {
    const at = below(text.length + 1);
    return text.slice(0, at) + pick(odd) + text.slice(at);
  },
  (text) => {
    const values = [...text.matchAll(/(?<=[:=\s])[\w.+-]+(?=[\s,\]})]|$)/g)];
    const value = values.length > 0 ? pick(values) : undefined;
    return value ? text.slice(0, value.index) + pick(odd) + text.slice(value.index + value[0].length) : text;
  },
  (text) => {
    const lines = text.split('\n');
    const other = pick(texts).text.split('\n');
    lines.splice(below(lines.length), 0, ...other.slice(0, 1 + below(other.length)).slice(-1 - below(20)));
    return lines.join('\n');
  },
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replace(/^ +/gm, (space) => (random() < 0.1 ? space.slice(1) : space)),
];

const { initParsers, createEngine, suggestionsAt, placesOf } = await bundled(`
  export { initParsers } from './server/src/syntax/parsers.ts';
  export { createEngine } from './server/src/engine/engine.ts';
  export { suggestionsAt } from './server/src/engine/suggestions.ts';
  export { placesOf } from './test/fuzz/places.ts';
`);
await initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));
let faults = [];
const files = { read: () => ({ error: 'there are no other files' }), resolve: () => undefined };
const engine = createEngine({ files, settings: () => ({ gpu: 'nvidia-h100-sxm-80gb' }), log: (message) => faults.push(message) });

/** What is wrong with the document, or undefined. */
function complaint(name, text) {
  faults = [];
  try {
    const uri = `file:///fuzz/${name}`;
    const analysis = engine.analyse(uri, text, 1);
    // Completion tries every value it offers, so it gets every hundredth document.
    if (below(100) === 0) suggestionsAt(analysis, below(text.length + 1), { analyse: (other) => engine.analyse(uri, other, 1) });
    if (faults.length > 0) return faults[0];
    const outside = placesOf(analysis).find(({ start, end }) => !(start >= 0 && start <= end && end <= text.length));
    return outside ? `a place outside the text: ${outside.start} to ${outside.end} of ${text.length}` : undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const complaints = new Map();
/** Documents from one sign of life to the next: a long run may be ended in between. */
const toldEvery = 50_000;
let [bytes, slowest, checked] = [0, 0, 0];
const began = performance.now();
for (; checked < count; checked += 1) {
  if (checked % toldEvery === 0 && checked > 0) console.error(`${checked} documents, ${complaints.size} kinds of complaint`);
  const { name, text: whole } = pick(texts);
  let text = whole;
  for (let times = 1 + below(4); times > 0; times -= 1) text = pick(damages)(text);
  bytes += text.length;
  const start = performance.now();
  let wrong = complaint(name, text);
  let took = performance.now() - start;
  // A busy machine, or completion; the document alone is timed again.
  for (let again = 0; wrong === undefined && took > slow && again < 3; again += 1) {
    const once = performance.now();
    engine.analyse(`file:///fuzz/again-${again}-${name}`, text, 1);
    took = Math.min(took, performance.now() - once);
  }
  slowest = Math.max(slowest, took);
  if (took > slow) wrong ??= `slow: ${took.toFixed(0)} ms`;
  if (wrong === undefined) continue;
  // Slow documents of one size are one kind; ten times as slow is another.
  const size = took > slow ? ` ${Math.floor(Math.log10(took))}` : '';
  const key = wrong.replace(/\d+/g, '#').split('\n').slice(0, 2).join(' ') + size;
  if (complaints.has(key)) continue;
  const kept = join(tmpdir(), `rooflint-fuzz-${complaints.size}${extname(name)}`);
  writeFileSync(kept, text);
  complaints.set(key, kept);
  console.log(`document ${checked} (${name}, kept as ${kept}): ${wrong}`);
}
const seconds = (performance.now() - began) / 1000;
const each = (1000 * seconds) / checked;
console.log(
  `${checked} documents of ${texts.length} texts, seed ${seed}, ${(bytes / 2 ** 20).toFixed(0)} MiB in ${seconds.toFixed(0)} s (${each.toFixed(2)} ms each, slowest ${slowest.toFixed(0)} ms): ${complaints.size} kinds of complaint`,
);
process.exitCode = complaints.size > 0 ? 1 : 0;

/**
 * Checks that nothing untidy is left: sizes, leftovers, machine traces, tests that are switched off, and that every rule,
 * framework, grammar and message has what belongs to it. Each check is one function that returns its complaints.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ignored = new Set(['.git', 'node_modules', 'dist', 'out', '.e2e']);
const binary = /\.(?:wasm|onnx|png|vsix|ico|gif)$/;
const maxLines = 400;

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [relative(root, path).replaceAll('\\', '/')];
  });
}
const paths = walk(root).filter((path) => !path.endsWith('.vsix'));
const read = (path) => readFileSync(join(root, path), 'utf8');
const texts = new Map(paths.filter((path) => !binary.test(path)).map((path) => [path, read(path)]));
const inFolder = (folder, extension = '') => paths.filter((path) => path.startsWith(`${folder}/`) && path.endsWith(extension));
const entriesOf = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { withFileTypes: true }) : []);
/** Places where a pattern stands, as "file:line". */
function places(pattern, wanted = () => true) {
  return [...texts]
    .filter(([path]) => wanted(path))
    .flatMap(([path, text]) => text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])));
}
const isCode = (path) => /\.(?:ts|tsx|mjs)$/.test(path);

function fileSizes() {
  const free = /\.(?:md|json|jsonl|tsv)$|^test\/(?:samples|validation)\/|\/index\.ts$|^LICENSE$/;
  return [...texts]
    .filter(([path]) => !free.test(path))
    .map(([path, text]) => [path, text.split('\n').length - 1])
    .filter(([, lines]) => lines > maxLines)
    .map(([path, lines]) => `${path} has ${lines} lines; ${maxLines} is the limit`);
}

function leftovers() {
  const words = /\b(?:TODO|FIXME|XXX|HACK)\b/;
  const wanted = (path) => path !== 'scripts/check-tidy.mjs' && (isCode(path) || path.endsWith('.md'));
  return places(words, wanted).map((place) => `${place} has a leftover marker`);
}

function disabledTests() {
  const pattern = /\b(?:test|it|describe)\.(?:skip|only|todo|fails)\b/;
  return places(pattern, (path) => path.startsWith('test/') && isCode(path)).map(
    (place) => `${place} switches a test off or singles it out`,
  );
}

function machineTraces() {
  const registry = process.env.npm_config_registry ? new URL(process.env.npm_config_registry).host : '';
  const traces = [root, homedir(), registry].filter((trace) => trace.length > 5 && trace !== 'registry.npmjs.org');
  const found = traces.flatMap((trace) =>
    [...texts].filter(([, text]) => text.includes(trace)).map(([path]) => `${path} names this machine: ${trace}`),
  );
  const resolved = texts.get('package-lock.json')?.includes('"resolved":')
    ? ['package-lock.json names a registry; npm install writes none with the .npmrc of this repository']
    : [];
  return [...found, ...resolved];
}

/** What reads a clock, chance, the network or the outside world has no place where the same input must give the same output. */
function pureFolders() {
  const impure =
    /^(?!\s*(?:\/?\*|\/\/)).*\b(?:Date\.now|new Date\b|Math\.random|performance\.now|process\.|fetch\(|console\.|setTimeout|globalThis)/;
  const pure = /^server\/src\/(?:core|data|frameworks|protocol)\//;
  return places(impure, (path) => pure.test(path) && isCode(path)).map((place) => `${place} is not pure`);
}

function grammars() {
  const manifestPath = 'grammars/manifest.json';
  if (!texts.has(manifestPath)) return [`${manifestPath} is missing`];
  const manifest = JSON.parse(read(manifestPath));
  const entries = Array.isArray(manifest) ? manifest : manifest.grammars;
  const listed = new Map(entries.map((entry) => [entry.file, entry]));
  return inFolder('grammars', '.wasm').flatMap((path) => {
    const entry = listed.get(basename(path));
    if (entry === undefined) return [`${path} is not in ${manifestPath}`];
    const hash = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    return entry.sha256 === hash ? [] : [`${path} has the hash ${hash}, ${manifestPath} says ${entry.sha256}`];
  });
}

/** A rule is a file, a Markdown test and a page, all of one name, and its id is that name. */
function rules() {
  const folders = [
    'server/src/core/rules',
    'server/src/core/kernels/rules',
    'server/src/core/kernels/tiled/rules',
    'server/src/core/kernels/triton/rules',
  ];
  const files = folders.flatMap((folder) =>
    inFolder(folder, '.ts').filter((path) => dirname(path) === folder && basename(path) !== 'index.ts'),
  );
  const ids = files.map((path) => basename(path, '.ts'));
  const tests = inFolder('test/rules', '.md').map((path) => basename(path, '.md'));
  return [
    ...ids.filter((id) => !tests.includes(id)).map((id) => `the rule ${id} has no test/rules/${id}.md`),
    ...ids.filter((id) => !texts.has(`docs/rules/${id}.md`)).map((id) => `the rule ${id} has no docs/rules/${id}.md`),
    ...files.filter((path) => !texts.get(path).includes(`id: '${basename(path, '.ts')}'`)).map((path) => `${path} defines another id`),
    ...tests.filter((id) => !ids.includes(id) && id !== 'README').map((id) => `test/rules/${id}.md belongs to no rule`),
  ];
}

function frameworkSamples() {
  return entriesOf('server/src/frameworks')
    .filter((entry) => entry.isDirectory() && texts.has(`server/src/frameworks/${entry.name}/${entry.name}.ts`))
    .filter((entry) => inFolder(`test/samples/${entry.name}`).length === 0)
    .map((entry) => `the framework ${entry.name} has no sample in test/samples/${entry.name}`);
}

function folderMaps() {
  const folders = ['client', 'server', 'webview', 'grammars', 'test', 'docs', 'scripts', 'examples'];
  return folders.filter((folder) => !texts.has(`${folder}/README.md`)).map((folder) => `${folder}/README.md is missing`);
}

/** Every message between the processes is named in ARCHITECTURE.md. */
function messages() {
  const architecture = texts.get('ARCHITECTURE.md') ?? '';
  const requests = texts.get('server/src/protocol/requests.ts') ?? '';
  const panel = texts.get('server/src/protocol/panel.ts') ?? '';
  const names = [...requests.matchAll(/'(rooflint\/\w+)'/g), ...panel.matchAll(/type: '(\w+)'/g)].map((match) => match[1]);
  return names.filter((name) => !architecture.includes(`\`${name}\``)).map((name) => `the message ${name} is not in ARCHITECTURE.md`);
}

/** A link from one document of the repository to another must lead somewhere. */
function documentLinks() {
  return [...texts]
    .filter(([path]) => path.endsWith('.md') && !path.startsWith('test/'))
    .flatMap(([path, text]) =>
      [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => join(dirname(path), match[1]))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} links to ${target}, which does not exist`),
    );
}

const checks = [
  fileSizes,
  leftovers,
  disabledTests,
  machineTraces,
  pureFolders,
  grammars,
  rules,
  frameworkSamples,
  folderMaps,
  messages,
  documentLinks,
];
const complaints = checks.flatMap((check) => check());
for (const complaint of complaints) console.error(complaint);
console.log(`${texts.size} texts, ${checks.length} checks: ${complaints.length === 0 ? 'tidy' : `${complaints.length} complaints`}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

// Brings what the editor tests need: Chromium, Neovim and fonts from Debian; VS Code (as code-server) from npm.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';
import { npm, run } from './process.mjs';

/** Pinned: the hook that runs tests in the extension host is internal to VS Code. code-server 4.139 needs Node 24. */
const codeServer = 'code-server@4.139.1';
const nodeBinary = { name: `node-linux-${process.arch}`, version: '24.21.0' };

const folder = join(root, '.e2e');
const marker = join(folder, 'installed.json');
const modules = join(folder, 'node_modules');

/** code-server's entry script and the Node binary it runs under. */
export const codeServerEntry = join(modules, 'code-server', 'out', 'node', 'entry.js');
export const codeServerNode = join(modules, nodeBinary.name, 'bin', 'node');

/** A file that shows the package is there, and the Debian package that brings it. Fonts are for the screenshots. */
const debianPackages = [
  { file: 'chromium', name: 'chromium' },
  { file: 'nvim', name: 'neovim' },
  { file: '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf', name: 'fonts-dejavu-core' },
];

/** Installs what is missing. Resolves to one sentence about what is wrong, or undefined when all is there. */
export async function ensureDebianTools() {
  const missing = debianPackages.filter(({ file }) => !isPresent(file)).map(({ name }) => name);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0)
    return `Missing: ${missing.join(', ')}. Run "apt-get install ${missing.join(' ')}" as root, or run the tests as root.`;
  console.log(`Installing from Debian: ${missing.join(', ')} ...`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
  const lock = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const update = await run('apt-get', [...lock, 'update'], options);
  const install = await run('apt-get', [...lock, 'install', '-y', '--no-install-recommends', ...missing], options);
  if (install.code === 0) return undefined;
  return `apt-get could not install ${missing.join(', ')}:\n${update.output.slice(-2000)}\n${install.output.slice(-2000)}`;
}

/** Installs VS Code into .e2e unless it is there in the pinned version. Resolves to what is wrong, or undefined. */
export async function ensureCodeServer() {
  const wanted = JSON.stringify([codeServer, nodeBinary]);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted && existsSync(codeServerEntry)) return undefined;
  if (process.platform !== 'linux') return 'The editor tests need Linux.';
  console.log('Installing VS Code for the editor tests (code-server, about 800 MB in .e2e/) ...');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"e2e-tools","private":true}\n');
  // The two nested installs are what code-server's own install script does. Its native add-ons are left out: nothing here needs them.
  const vscode = join(modules, 'code-server', 'lib', 'vscode');
  const installs = [
    { cwd: folder, args: [`${nodeBinary.name}@${nodeBinary.version}`, codeServer] },
    { cwd: vscode, args: ['--omit=dev'] },
    { cwd: join(vscode, 'extensions'), args: ['--omit=dev'] },
  ];
  for (const { cwd, args } of installs) {
    const { code, output } = await npm(['install', '--ignore-scripts', '--no-fund', '--no-audit', ...args], { cwd, quiet: true });
    if (code !== 0) return `npm could not install ${args.join(' ')} in ${cwd}:\n${output.slice(-2000)}`;
  }
  writeFileSync(marker, wanted);
  return undefined;
}

function isPresent(file) {
  if (file.startsWith('/')) return existsSync(file);
  return (process.env.PATH ?? '').split(delimiter).some((entry) => existsSync(join(entry, file)));
}

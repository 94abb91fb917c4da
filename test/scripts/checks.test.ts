/** The guards of the repository must be able to fail: each runs in a small copy with one thing wrong. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const scripts = join(import.meta.dirname, '../../scripts');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A repository of these files, with one of our scripts in it. */
function repository(script: string, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rooflint-'));
  folders.push(root);
  mkdirSync(join(root, 'scripts'));
  cpSync(join(scripts, script), join(root, 'scripts', script));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function run(root: string, script: string, ...args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], { encoding: 'utf8' });
  return { code: status, text: stdout + stderr };
}

describe('check-imports', () => {
  const check = (files: Readonly<Record<string, string>>) => run(repository('check-imports.mjs', files), 'check-imports.mjs');
  const engine = { 'server/src/engine/engine.ts': 'export interface Engine {}\n' };

  test('accepts imports that go down', () => {
    const { code, text } = check({ ...engine, 'server/src/lsp/server.ts': "import type { Engine } from '../engine/engine.ts';\n" });
    expect([code, text]).toEqual([0, '2 files: imports go the right way and in no circle\n']);
  });

  test.each([
    [
      'a type import upwards',
      { ...engine, 'server/src/core/a.ts': "import type { Engine } from '../engine/engine.ts';\n" },
      'core/a.ts imports server/src/engine/engine.ts',
    ],
    [
      'an export upwards',
      { ...engine, 'server/src/core/a.ts': "export { Engine } from '../engine/engine.ts';\n" },
      'core/a.ts imports server/src/engine/engine.ts',
    ],
    [
      'an import over several lines',
      { ...engine, 'webview/src/a.ts': "import {\n  Engine,\n} from '../../server/src/engine/engine.ts';\n" },
      'webview/src may not',
    ],
    ['an import on demand', { ...engine, 'server/src/data/a.ts': "const x = import('../engine/engine.ts');\n" }, 'data may not'],
    ['a package in the core', { 'server/src/core/a.ts': "import { readFileSync } from 'node:fs';\n" }, 'imports the package node:fs'],
    ['the editor outside the client', { 'server/src/lsp/a.ts': "import * as vscode from 'vscode';\n" }, 'imports the package vscode'],
    ['a file that is not there', { 'server/src/core/a.ts': "import { b } from './b.ts';\n" }, 'does not exist'],
    [
      'the validator in what ships',
      { 'server/src/data/schema.ts': "import { z } from 'zod';\n", 'server/src/data/index.ts': "import { a } from './schema.ts';\n" },
      'for tests only',
    ],
    [
      'a circle',
      {
        'server/src/core/a.ts': "import type { B } from './b.ts';\n",
        'server/src/core/b.ts': "import type { C } from './c.ts';\n",
        'server/src/core/c.ts': "import type { A } from './a.ts';\n",
      },
      'circle: server/src/core/a.ts -> server/src/core/b.ts -> server/src/core/c.ts -> server/src/core/a.ts',
    ],
  ])('refuses %s', (_what, files, complaint) => {
    const { code, text } = check(files);
    expect(code).toBe(1);
    expect(text).toContain(complaint);
  });
});

describe('check-tidy', () => {
  const readmes = Object.fromEntries(
    ['client', 'server', 'webview', 'grammars', 'test', 'docs', 'scripts', 'examples'].map((folder) => [`${folder}/README.md`, '# a\n']),
  );
  const tidy = { ...readmes, 'grammars/manifest.json': '[]\n' };
  const check = (files: Readonly<Record<string, string>>) => run(repository('check-tidy.mjs', { ...tidy, ...files }), 'check-tidy.mjs');

  test('accepts a tidy repository', () => {
    const { code, text } = check({});
    expect([code, text]).toEqual([0, expect.stringMatching(/tidy\n$/)]);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a long file', { 'server/src/core/a.ts': 'const a = 1;\n'.repeat(401) }, 'a.ts has 401 lines'],
    ['a leftover', { 'server/src/core/a.ts': `// TO${'DO'} later\n` }, 'a.ts:1 has a leftover marker'],
    ['a test switched off', { 'test/a.test.ts': `test.${'skip'}('x', () => {});\n` }, 'a.test.ts:1 switches a test off'],
    ['a clock in the core', { 'server/src/core/a.ts': 'export const now = () => Date.now();\n' }, 'a.ts:1 is not pure'],
    ['a grammar that is not listed', { 'grammars/x.wasm': 'x' }, 'x.wasm is not in grammars/manifest.json'],
    [
      'a changed grammar',
      { 'grammars/x.wasm': 'x', 'grammars/manifest.json': '[{ "file": "x.wasm", "sha256": "0" }]' },
      'x.wasm has the hash',
    ],
    ['a rule without a page', { 'server/src/core/rules/a-b.ts': "id: 'a-b'\n" }, 'the rule a-b has no test/rules/a-b.md'],
    ['a rule of another name', { 'server/src/core/rules/a-b.ts': "id: 'c-d'\n" }, 'server/src/core/rules/a-b.ts defines another id'],
    ['a page without a rule', { 'test/rules/a-b.md': '# a-b\n' }, 'test/rules/a-b.md belongs to no rule'],
    ['a framework without a sample', { 'server/src/frameworks/x/x.ts': 'export {};\n' }, 'the framework x has no sample'],
    [
      'a message nobody described',
      { 'server/src/protocol/requests.ts': "export const a = 'rooflint/new';\n" },
      'the message rooflint/new is not in ARCHITECTURE.md',
    ],
    ['a link to nowhere', { 'docs/a.md': '[b](b.md)\n' }, 'docs/a.md links to docs/b.md'],
    ['a registry in the lock file', { 'package-lock.json': '{ "resolved": "https://example.org/a.tgz" }\n' }, 'names a registry'],
  ])('refuses %s', (_what, files, complaint) => {
    const { code, text } = check(files);
    expect(code).toBe(1);
    expect(text).toContain(complaint);
  });
});

describe('new', () => {
  test('writes a rule and its page, and never writes over anything', () => {
    const root = repository('new.mjs', {});
    expect(run(root, 'new.mjs', 'rule', 'some-bad-state').code).toBe(0);
    const rule = join(root, 'server/src/core/rules/some-bad-state.ts');
    expect(readFileSync(rule, 'utf8')).toContain('export const someBadState = defineRule({');
    expect(readdirSync(join(root, 'test/rules'))).toEqual(['some-bad-state.md']);
    writeFileSync(rule, 'mine');
    expect(run(root, 'new.mjs', 'rule', 'some-bad-state').code).toBe(1);
    expect(readFileSync(rule, 'utf8')).toBe('mine');
  });

  test.each([['rule'], ['rule', 'Not_Kebab'], ['nothing', 'a-b'], ['rule', '../escape'], ['rule', 'a', 'b']])(
    'says how it is used: %s %s',
    (...args) => {
      const { code, text } = run(repository('new.mjs', {}), 'new.mjs', ...args);
      expect([code, text]).toEqual([2, expect.stringMatching(/^Usage: npm run new -- <rule\|framework\|schedule\|gpu\|network> /)]);
    },
  );
});

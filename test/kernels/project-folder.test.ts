/** Where a project begins, and that launches are found from every folder of it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProjectIndexes } from '../../server/src/io/kernel-index.ts';
import { projectFolder } from '../../server/src/io/project-folder.ts';

let root = '';

const put = (path: string, text = ''): string => {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
};

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'rooflint-project-')));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the folder of a project', () => {
  it.each([
    ['the repository', ['repo/.git/HEAD', 'repo/src/CMakeLists.txt'], 'repo/src/kernels', 'repo'],
    ['a work tree of one, whose .git is a file', ['repo/.git'], 'repo/src/kernels', 'repo'],
    ['the nearest of two repositories', ['repo/.git/HEAD', 'repo/third/.git/HEAD'], 'repo/third/src', 'repo/third'],
    ['where the compiler is told how', ['repo/compile_commands.json', 'repo/src/Makefile'], 'repo/src', 'repo'],
    ['the nearest build without a repository', ['a/Makefile', 'a/b/setup.py'], 'a/b/c', 'a/b'],
  ])('is %s', (_, files, from, project) => {
    for (const file of files) put(file);
    mkdirSync(join(root, from), { recursive: true });
    expect(projectFolder(join(root, from))).toBe(join(root, project));
  });
});

const kernelText = '__global__ void k(float *x) { x[0] = 1.0f; }';

describe('launches', () => {
  it('in other folders of the project are found wherever the command is started, those of other projects are not', () => {
    put('one/.git/HEAD');
    const kernel = put('one/src/kernels/k.cuh', kernelText);
    const launcher = put('one/tests/run.cu', 'void run(float *x) { k<<<1, 32>>>(x); }');
    put('two/.git/HEAD');
    put('two/run.cu', 'void run(float *x) { k<<<1, 64>>>(x); }');
    for (const start of [root, join(root, 'one/src/kernels')]) {
      const indexes = new ProjectIndexes(start);
      indexes.lookAt(kernel);
      expect(indexes.launchedIn('k')).toEqual([pathToFileURL(launcher).href]);
      expect(indexes.definedIn('k')).toEqual([pathToFileURL(kernel).href]);
    }
  });

  it('without any project are those below where the command is started', () => {
    const kernel = put('deep/kernels/k.cuh', kernelText);
    const launcher = put('run.cu', 'void run(float *x) { k<<<1, 32>>>(x); }');
    const indexes = new ProjectIndexes(root);
    indexes.lookAt(kernel);
    expect(indexes.launchedIn('k')).toEqual([pathToFileURL(launcher).href]);
  });
});

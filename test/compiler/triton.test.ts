/** Triton's own cache and ptxas: which builds count, how ptxas is called and found, and what is said of builds of an older text. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CompilerServiceOptions, createCompilerService } from '../../server/src/compiler/service.ts';
import type { CompilerAnswer } from '../../server/src/core/kernels/compiled-launch.ts';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { kernelMarkdown } from '../../server/src/report/kernel.ts';
import { startParsers } from '../rules/workspace.ts';
import { addBuild, type Build, matmulText } from './triton-cache.ts';
import { gone, until } from './wait.ts';

const fake = join(import.meta.dirname, 'fake-ptxas.mjs');

let folder: string;
let cache: string;
let source: string;
let log: string;
beforeAll(startParsers);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint-triton-'));
  cache = join(folder, 'cache');
  source = join(folder, 'work', 'matmul.py');
  log = join(folder, 'log');
  mkdirSync(join(folder, 'work'));
  mkdirSync(cache);
  writeFileSync(source, matmulText);
  writeFileSync(log, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const starts = (): readonly string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);
const small: Omit<Build, 'source'> = { rows: 64, columns: 64, warps: 4, stages: 3, shared: 16384, wish: 'registers 96' };
const large: Omit<Build, 'source'> = { rows: 128, columns: 128, warps: 8, stages: 4, shared: 49152, wish: 'registers 168' };
const add = (hash: string, build: Omit<Build, 'source'>): void => addBuild(cache, hash, { ...build, source });

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  TRITON_CACHE_DIR: cache,
  TRITON_PTXAS_PATH: fake,
  FAKE_PTXAS_LOG: log,
});

function service(more: Partial<CompilerServiceOptions> = {}) {
  return createCompilerService({
    setting: () => undefined,
    roots: () => [join(folder, 'work')],
    environment: environment(),
    storage: join(folder, 'kept'),
    answered: () => {},
    pause: 0,
    ...more,
  });
}

const request = (text = matmulText) => ({
  uri: pathToFileURL(source).href,
  path: source,
  text,
  language: 'triton' as const,
  architecture: undefined,
  includes: [],
  kernels: ['matmul'],
});

const ask = (text?: string, more?: Partial<CompilerServiceOptions>): Promise<CompilerAnswer | undefined> =>
  service(more).compileNow(request(text));

function analysed(answer: CompilerAnswer | undefined, text = matmulText): Analysis {
  const engine = createEngine({
    settings: () => ({ gpu: 'h100' }),
    compiled: () => answer,
    log: (line) => expect(line).toBe(''),
    files: { read: () => ({ error: 'none' }), resolve: () => undefined },
  });
  return engine.analyse(pathToFileURL(source).href, text, 0);
}

const registersByConfiguration = (answer: CompilerAnswer | undefined, text?: string): readonly string[] =>
  (analysed(answer, text).kernels?.triton?.configurations ?? []).map(({ values, compiled }) => {
    const registers = compiled?.builds.map((one) => one.registers).toSorted((a, b) => a - b);
    return `${values.get('BM')}x${values.get('BN')}: ${registers?.join(', ') ?? 'not built'}`;
  });

describe("Triton's cache", () => {
  it('gives each configuration the builds of its warps, stages and tiles', async () => {
    add('AAA', small);
    add('BBB', large);
    // The same tiles for arguments of another type.
    add('CCC', { ...large, wish: 'registers 160' });
    const answer = await ask();
    expect(registersByConfiguration(answer)).toEqual(['64x64: 96', '128x64: not built', '128x128: 160, 168']);
  });

  it('calls ptxas as Triton does', async () => {
    add('AAA', { ...small, more: { enable_fp_fusion: false, triton_version: '3.8.0' } });
    await ask();
    expect(starts()).toHaveLength(1);
    expect(starts()[0]).toMatch(
      /^fake-ptxas\.mjs -lineinfo --fmad=false -v --regAllocOptLevel=2 --gpu-name=sm_90a \S+matmul\.ptx -o \S+device\.out$/,
    );
  });

  it('is told with its figures in the hover', async () => {
    add('BBB', large);
    const { kernels } = analysed(await ask());
    const text = kernels && kernelMarkdown(kernels, 'matmul');
    expect(text).toContain('| `BM=128, BN=128, BK=32` | 8 | 4 | 48 KiB (sm_90) | 64 | 168 (sm_90) | 16 bytes |');
    expect(text).toContain("builds in Triton's cache (ptxas 12.8)");
  });

  it('does not count where two configurations look alike in it', async () => {
    const text = matmulText.replace('"BM": 128, "BN": 64, "BK": 32}', '"BM": 64, "BN": 64, "BK": 32, "GROUP": 8}');
    writeFileSync(source, text);
    add('AAA', small);
    expect(registersByConfiguration(await ask(text), text)).toEqual(['64x64: not built', '64x64: not built', '128x128: not built']);
  });

  it('is not used where the source has changed since, and that is said', async () => {
    add('AAA', small);
    const later = Date.now() / 1000 + 120;
    utimesSync(source, later, later);
    const answer = await ask();
    expect(registersByConfiguration(answer)[0]).toBe('64x64: not built');
    expect(starts()).toEqual([]);
    const { kernels } = analysed(answer);
    expect(kernels && kernelMarkdown(kernels, 'matmul')).toContain('its source has changed since they were made');
  });

  it('is not used for a text that is not saved', async () => {
    add('AAA', small);
    const answer = await ask(`${matmulText}\n`);
    expect(answer).toMatchObject({ kind: 'compiled', file: { kernels: [], outdated: ['matmul'] } });
    expect(starts()).toEqual([]);
  });

  it('tells nothing of kernels of the same name in other files', async () => {
    addBuild(cache, 'AAA', { ...small, source: join(folder, 'other.py') });
    writeFileSync(join(folder, 'other.py'), matmulText);
    expect(await ask()).toBeUndefined();
  });

  it('is looked through in spite of folders that are damaged or of other kinds', async () => {
    add('AAA', small);
    for (const [name, text] of [
      ['matmul.json', '{'],
      ['matmul.ttir', 'no code'],
      ['cuda_utils.so', ''],
    ] as const) {
      mkdirSync(join(cache, name));
      writeFileSync(join(cache, name, name), text);
      writeFileSync(join(cache, `${name}.stray`), '');
    }
    add('BAD', large);
    writeFileSync(join(cache, 'BAD', 'matmul.json'), '[]');
    expect(registersByConfiguration(await ask())).toEqual(['64x64: 96', '128x64: not built', '128x128: not built']);
  });

  it.each(['matmul.ttir', 'matmul.json', 'matmul.ptx'])('is not held up by what is no file: %s', async (name) => {
    add('AAA', small);
    add('BAD', large);
    rmSync(join(cache, 'BAD', name));
    // A pipe that nobody writes to; where there are none, a folder.
    if (process.platform === 'win32') mkdirSync(join(cache, 'BAD', name));
    else execFileSync('mkfifo', [join(cache, 'BAD', name)]);
    expect(registersByConfiguration(await ask())).toEqual(['64x64: 96', '128x64: not built', '128x128: not built']);
  });

  it.each(['matmul.ttir', 'matmul.json', 'matmul.ptx'])('does not count with a file of many megabytes: %s', async (name) => {
    add('AAA', small);
    add('BAD', large);
    appendFileSync(join(cache, 'BAD', name), ' '.repeat(3 * 1024 * 1024));
    expect(registersByConfiguration(await ask())[2]).toBe('128x128: 168');
    appendFileSync(join(cache, 'BAD', name), ' '.repeat(2 * 1024 * 1024));
    expect(registersByConfiguration(await ask())).toEqual(['64x64: 96', '128x64: not built', '128x128: not built']);
  });

  it('is listed again only when it has changed', async () => {
    const own = service();
    const again = async () => registersByConfiguration(await own.compileNow(request()))[2];
    const at = (hours: number): void => utimesSync(cache, Date.now() / 1000, new Date(2020, 0, 1, hours));
    add('AAA', small);
    at(1);
    expect(await again()).toBe('128x128: not built');
    add('BBB', large);
    at(1);
    expect(await again()).toBe('128x128: not built');
    at(2);
    expect(await again()).toBe('128x128: 168');
  });

  it('is looked into again where a build is not finished, and forgets what has gone', async () => {
    const own = service();
    const again = async () => registersByConfiguration(await own.compileNow(request()))[2];
    const old = (): void => utimesSync(cache, Date.now() / 1000, new Date(2020, 0, 1));
    add('AAA', small);
    mkdirSync(join(cache, 'BBB'));
    old();
    expect(await again()).toBe('128x128: not built');
    add('BBB', large);
    old();
    expect(await again()).toBe('128x128: 168');
    rmSync(join(cache, 'BBB'), { recursive: true });
    expect(await again()).toBe('128x128: not built');
  });

  it('is not looked at where the setting is off', async () => {
    add('AAA', small);
    expect(await ask(undefined, { setting: () => 'off' })).toBeUndefined();
  });

  it('tells of AMD by its assembly, without a program', async () => {
    add('AAA', { ...small, target: { backend: 'hip', arch: 'gfx942:sramecc+:xnack-' }, more: { triton_version: '3.5.1' } });
    const answer = await ask();
    expect(answer).toMatchObject({
      file: { compiler: 'Triton 3.5.1', kernels: [{ registers: 160, spillStores: 12, stack: 12, shared: 16384 }] },
    });
    expect(starts()).toEqual([]);
  });
});

describe('the ptxas of Triton', () => {
  /** An environment of Python beside the source, with both programs. */
  const environmentBeside = (): void => {
    const bin = join(folder, 'work/.venv/lib/python3.11/site-packages/triton/backends/nvidia/bin');
    mkdirSync(bin, { recursive: true });
    for (const name of ['ptxas', 'ptxas-blackwell']) {
      copyFileSync(fake, join(bin, name));
      chmodSync(join(bin, name), 0o755);
    }
    // The programs are modules of JavaScript.
    writeFileSync(join(bin, 'package.json'), '{"type":"module"}');
  };
  const withoutNamed = { ...environment, TRITON_PTXAS_PATH: undefined };

  it('is found in an environment of the workspace, and the newer one is tried where the other does not know the text', async () => {
    environmentBeside();
    add('AAA', { ...small, wish: 'newer' });
    const answer = await ask(undefined, { environment: { ...environment(), ...withoutNamed, TRITON_CACHE_DIR: cache } });
    expect(registersByConfiguration(answer)[0]).toBe('64x64: 40');
    expect(starts().map((line) => line.split(' ')[0])).toEqual(['ptxas', 'ptxas-blackwell']);
  });

  it('is the newer one at once where the release takes that', async () => {
    environmentBeside();
    add('AAA', { ...small, more: { triton_version: '3.9.0' } });
    await ask(undefined, { environment: { ...environment(), TRITON_PTXAS_PATH: undefined } });
    expect(starts().map((line) => line.split(' ')[0])).toEqual(['ptxas-blackwell']);
  });

  it('is asked once about one build, and its answer is kept', async () => {
    add('AAA', small);
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(starts()).toHaveLength(1);
    add('BBB', large);
    await ask();
    expect(starts()).toHaveLength(2);
  });

  it('says why it tells nothing', async () => {
    add('AAA', { ...small, wish: 'newer' });
    expect(await ask()).toEqual({
      kind: 'failed',
      compiler: 'ptxas',
      why: 'ptxas k.ptx, line 1; fatal   : Unsupported .version 9.4; current version is 8.7',
    });
  });

  it('is ended when the document is closed', async () => {
    add('AAA', { ...small, wish: 'hang' });
    const own = service();
    own.ask(request());
    await until(() => starts().some((line) => line.startsWith('hangs')));
    const pid = Number(
      starts()
        .find((line) => line.startsWith('hangs'))
        ?.split(' ')[1],
    );
    own.cancel(request().uri);
    await until(() => gone(pid));
    expect(own.answer(request().uri, matmulText)).toBeUndefined();
  });
});

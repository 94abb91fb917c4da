/** The compiler in the background, driven for real: a program is started, cancelled, timed out, and its answers are kept. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CompilerService, type CompilerServiceOptions, createCompilerService } from '../../server/src/compiler/service.ts';
import { gone, until } from './wait.ts';

const fake = join(import.meta.dirname, 'fake-nvcc.mjs');

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint-service-'));
  log = join(folder, 'log');
  writeFileSync(log, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const started = (what = 'compile'): readonly string[] =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(what));

const textOf = (wish: string): string => `// fake: ${wish}\n__global__ void scale(float *x, int n) { x[n] = 2; }\n`;

const requestOf = (text: string) => ({
  uri: 'file:///w/k.cu',
  path: '/w/k.cu',
  text,
  language: 'cuda' as const,
  architecture: 'sm_80',
  includes: [],
});

/** A service, and a wait for its next answer. */
function serviceOver(more: Partial<CompilerServiceOptions> = {}): { service: CompilerService; answer: () => Promise<string> } {
  const heard: string[] = [];
  const service = createCompilerService({
    setting: () => fake,
    roots: () => ['/w'],
    environment: { ...process.env, FAKE_NVCC_LOG: log },
    storage: join(folder, 'kept'),
    answered: (uri) => heard.push(uri),
    pause: 0,
    ...more,
  });
  return {
    service,
    answer: async () => {
      await until(() => heard.length > 0);
      return heard.shift() ?? '';
    },
  };
}

describe('the compiler in the background', () => {
  it('answers to the text that was asked about, and to no other', async () => {
    const { service, answer } = serviceOver();
    const text = textOf('registers 96');
    service.ask(requestOf(text));
    expect(await answer()).toBe('file:///w/k.cu');
    expect(service.answer('file:///w/k.cu', text)).toEqual({
      kind: 'compiled',
      file: {
        compiler: 'nvcc 12.4',
        architecture: 'sm_80',
        kernels: [{ name: 'scale', templateArguments: [], registers: 96, stack: 8, spillStores: 16, spillLoads: 24, shared: 1024 }],
      },
    });
    expect(service.answer('file:///w/k.cu', `${text} `)).toBeUndefined();
  });

  it('leaves nothing behind but the answer', async () => {
    const { service } = serviceOver();
    await service.compileNow(requestOf(textOf('registers 8')));
    const source = started()[0]?.split(' ').at(-1) ?? '';
    expect([source.endsWith('/k.cu'), existsSync(dirname(source))]).toEqual([true, false]);
    expect(readdirSync(join(folder, 'kept'))).toHaveLength(1);
  });

  it('keeps answers on disk, by text, includes, architecture and compiler', async () => {
    const text = textOf('registers 96');
    const request = requestOf(text);
    const first = await serviceOver().service.compileNow(request);
    expect(await serviceOver().service.compileNow(request)).toEqual(first);
    expect(started()).toHaveLength(1);
    for (const other of [{ text: `${text}\n` }, { includes: ['#define N 4'] }, { architecture: 'sm_90' }])
      await serviceOver().service.compileNow({ ...request, ...other });
    expect(started()).toHaveLength(4);
  });

  it('compiles again where what was kept is damaged', async () => {
    const request = requestOf(textOf('registers 96'));
    const first = await serviceOver().service.compileNow(request);
    const [name = ''] = readdirSync(join(folder, 'kept'));
    for (const damage of ['{', '{"compiler":"x","architecture":"y","kernels":[{"name":"scale","registers":-1}]}']) {
      writeFileSync(join(folder, 'kept', name), damage);
      expect(await serviceOver().service.compileNow(request)).toEqual(first);
    }
    expect(started()).toHaveLength(3);
  });

  it('ends what it runs, with all that was started by it, when a newer text comes', async () => {
    const { service, answer } = serviceOver();
    service.ask(requestOf(textOf('hang')));
    await until(() => started('hangs').length > 0);
    const pids = (started('hangs')[0] ?? '').split(' ').slice(1).map(Number);
    const text = textOf('registers 8');
    service.ask(requestOf(text));
    await answer();
    await until(() => pids.every(gone));
    expect(service.answer('file:///w/k.cu', text)?.kind).toBe('compiled');
  });

  it('goes on with one that the same question is asked of again', async () => {
    const { service } = serviceOver();
    const request = requestOf(textOf('hang'));
    service.ask(request);
    await until(() => started('hangs').length > 0);
    service.ask({ ...request });
    const pid = Number((started('hangs')[0] ?? '').split(' ')[1]);
    expect(gone(pid)).toBe(false);
    service.reset();
    await until(() => gone(pid));
    expect(started()).toHaveLength(1);
  });

  it('forgets a document that is closed', async () => {
    const { service } = serviceOver();
    service.ask(requestOf(textOf('hang')));
    await until(() => started('hangs').length > 0);
    const pids = (started('hangs')[0] ?? '').split(' ').slice(1).map(Number);
    service.cancel('file:///w/k.cu');
    await until(() => pids.every(gone));
    expect(service.answer('file:///w/k.cu', textOf('hang'))).toBeUndefined();
  });

  it('gives up on one that takes too long, and says so', async () => {
    const { service } = serviceOver({ limits: { seconds: 1, megabytes: 8192 } });
    const answer = await service.compileNow(requestOf(textOf('hang')));
    expect(answer).toEqual({ kind: 'failed', compiler: 'nvcc 12.4', why: 'it took too long' });
    const pids = (started('hangs')[0] ?? '').split(' ').slice(1).map(Number);
    await until(() => pids.every(gone));
  });

  it('passes on the first complaint, and asks no second time about the same text', async () => {
    const { service } = serviceOver();
    const request = requestOf(textOf('fail'));
    const answer = await service.compileNow(request);
    expect(answer).toEqual({ kind: 'failed', compiler: 'nvcc 12.4', why: 'k.cu(3): error: identifier "nothing" is undefined' });
    expect(await service.compileNow(request)).toEqual(answer);
    expect(started()).toHaveLength(1);
  });

  it('runs one at a time', async () => {
    const { service, answer } = serviceOver();
    service.ask(requestOf(textOf('hang')));
    await until(() => started('hangs').length > 0);
    service.ask({ ...requestOf(textOf('registers 8')), uri: 'file:///w/other.cu' });
    service.cancel('file:///w/k.cu');
    expect(await answer()).toBe('file:///w/other.cu');
    expect(started()).toHaveLength(2);
  });

  it('takes the flags of the build', async () => {
    mkdirSync(join(folder, 'w'));
    const path = join(folder, 'w/k.cu');
    const entry = { directory: join(folder, 'w'), file: 'k.cu', command: 'nvcc -DROWS=4 -o k.o -ccbin evil k.cu' };
    writeFileSync(join(folder, 'w/compile_commands.json'), JSON.stringify([entry]));
    const { service } = serviceOver({ roots: () => [join(folder, 'w')] });
    await service.compileNow({ ...requestOf(textOf('registers 8')), path });
    expect(started()[0]).toMatch(/-D ROWS=4 -I \S+\/w -o /);
    expect(started()[0]).not.toContain('evil');
  });
});

describe('the compiler that is found', () => {
  const found = async (setting: string | undefined, environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
    const { service } = serviceOver({ setting: () => setting, environment });
    return (await service.compileNow(requestOf(textOf('registers 8'))))?.kind;
  };
  const path = (): string => `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
  beforeEach(() => {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(fake, join(folder, 'bin/nvcc'));
  });

  it('is the one of the toolkit that the environment names, or one on the path', async () => {
    expect(await found(undefined, { ...process.env, CUDA_HOME: folder })).toBe('compiled');
    expect(await found(undefined, { ...process.env, PATH: path() })).toBe('compiled');
  });

  it('is none where the setting is off, a relative path, no program, or something else', async () => {
    expect(await found('off', { ...process.env, PATH: path() })).toBeUndefined();
    expect(await found('bin/nvcc', process.env)).toBeUndefined();
    expect(await found(join(folder, 'bin/absent'), process.env)).toBeUndefined();
    expect(await found('/bin/true', process.env)).toBeUndefined();
  });

  it('is never one of a relative entry of the path', async () => {
    const here = process.cwd();
    process.chdir(folder);
    try {
      expect(await found(undefined, { ...process.env, CUDA_HOME: '.', PATH: `bin${delimiter}/usr/bin${delimiter}/bin` })).toBeUndefined();
    } finally {
      process.chdir(here);
    }
  });
});

/** What a build's command gives the compiler of one file: what changes a kernel, and nothing else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { architectureFor, argumentsFor } from '../../server/src/compiler/command.ts';
import { buildCommandOf, wordsOf } from '../../server/src/compiler/compile-commands.ts';
import { keptFlags } from '../../server/src/compiler/flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'rooflint-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the flags of a build', () => {
  const kept = (command: string, isNvcc = true) => keptFlags(wordsOf(command), '/build', isNvcc);

  it('keeps headers, macros, the standard and the mathematics, with paths made whole', () => {
    const { flags } = kept('-Iinclude -isystem /opt/x -DN=4 -D "TEXT=a b" -std=c++17 --use_fast_math -maxrregcount 64 -O3 -rdc=true');
    const expected = '-I /build/include -isystem /opt/x -D N=4 -D|TEXT=a b|-std=c++17 --use_fast_math -maxrregcount=64 -O3 -rdc=true';
    expect(flags.join(' ')).toBe(expected.replaceAll('|', ' '));
  });

  it('leaves out what names programs, plug-ins, outputs and anything it does not know', () => {
    const { flags } = kept(
      '-ccbin /tmp/evil -fplugin=/tmp/evil.so -Xcompiler -wrapper,/tmp/evil -B/tmp --compiler-bindir=/tmp -o out.o -c k.cu -MD',
    );
    expect(flags).toEqual([]);
  });

  it('tells the architectures of the build', () => {
    const { architectures } = kept(
      '-gencode arch=compute_80,code=sm_80 --generate-code=arch=compute_90a,code=[compute_90a,sm_90a] --offload-arch=gfx942',
    );
    expect(architectures).toEqual(['sm_80', 'sm_90a', 'gfx942']);
  });

  it('gives clang nothing that only nvcc knows', () => {
    expect(kept('--expt-relaxed-constexpr -DN --use_fast_math -std=c++20', false).flags).toEqual(['-D', 'N', '-std=c++20']);
  });
});

describe('compile_commands.json', () => {
  it('is found in the build folder of the workspace, response files and all', () => {
    mkdirSync(join(folder, 'build'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'build/flags.rsp'), '-I"/with space/include" -DFROM_FILE');
    const command = 'nvcc --options-file flags.rsp -arch=sm_80 -c ../src/k.cu';
    writeFileSync(
      join(folder, 'build/compile_commands.json'),
      JSON.stringify([{ directory: join(folder, 'build'), file: '../src/k.cu', command }]),
    );
    const found = buildCommandOf(join(folder, 'src/k.cu'), [folder]);
    expect(found && keptFlags(found.words, found.folder, true)).toEqual({
      flags: ['-I', '/with space/include', '-D', 'FROM_FILE'],
      architectures: ['sm_80'],
    });
  });

  it('speaks for a header by the file nearest to it, and for nothing outside the workspace', () => {
    expect(buildCommandOf(join(folder, 'src/k.cuh'), [folder])?.folder).toBe(join(folder, 'build'));
    expect(buildCommandOf(join(folder, 'src/k.cu'), [join(folder, 'build')])).toBeUndefined();
  });
});

describe('the architecture that is compiled for', () => {
  it.each([
    ['the GPU that is meant', 'cuda', '', 'sm_80', ['sm_90'], 'sm_80'],
    ["the build's", 'cuda', '', undefined, ['sm_80', 'sm_90'], 'sm_90'],
    ['its variant in the build', 'cuda', '', 'sm_90', ['sm_90a'], 'sm_90a'],
    ['the variant that instructions need', 'cuda', 'asm("wgmma.fence.sync.aligned;")', 'sm_90', [], 'sm_90a'],
    ['the usual one', 'cuda', '', undefined, [], 'sm_90'],
    ['the usual one of AMD', 'hip', '', undefined, ['sm_90'], 'gfx942'],
  ] as const)('is %s', (_, language, text, wanted, ofBuild, expected) => {
    expect(architectureFor(language, text, wanted, ofBuild)).toBe(expected);
  });
});

describe('the command', () => {
  const job = { source: '/t/k.cu', output: '/t/out', flags: ['-DN'], folder: '/w' };

  it('has nvcc stop behind the device and tell what it took', () => {
    const compiler = { kind: 'nvcc', path: '/n', label: 'nvcc 12.4', version: '' } as const;
    expect(argumentsFor(compiler, { ...job, language: 'cuda', architecture: 'sm_90' }).join(' ')).toBe(
      '-cubin -arch=sm_90 -x cu -w -Xptxas -v -DN -I /w -o /t/out /t/k.cu',
    );
  });

  it('has clang remark on AMD kernels', () => {
    const compiler = { kind: 'clang', path: '/c', label: 'clang 18', version: '' } as const;
    expect(argumentsFor(compiler, { ...job, language: 'hip', architecture: 'gfx942' }).join(' ')).toBe(
      '-x hip --offload-device-only --offload-arch=gfx942 -Rpass-analysis=kernel-resource-usage -c -w -O3 -DN -I /w -o /t/out /t/k.cu',
    );
  });
});

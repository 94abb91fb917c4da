/** Kernels and launches in different files of a workspace find each other, and every place said is where the text stands. */
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationsOf } from '../../server/src/core/kernels/configuration.ts';
import type { FileAccess } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { kernelMentions } from '../../server/src/engine/kernel-mentions.ts';
import { kernelCounterparts, kernelSpots } from '../../server/src/engine/kernel-spots.ts';
import { KernelIndex } from '../../server/src/io/kernel-index.ts';
import { readKernels } from '../../server/src/syntax/cuda/cuda.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

const header = `template <int TILE> __global__ void __launch_bounds__(512) scale(float *x, int n) {
  __shared__ float rows[TILE * 4];
  x[blockIdx.x * blockDim.x + threadIdx.x] *= 2.f;
}
`;
const source = `#include "scale.cuh"
constexpr int kThreads = 96;
#define UP(a, b) (((a) + (b)-1) / (b))
void run(float *x) { scale<64><<<UP(1000, kThreads), kThreads>>>(x, 1000); }
`;

/** An engine over files by name, with an index of their kernels as the server builds it. */
function over(texts: Readonly<Record<string, string>>) {
  const uriOf = (name: string): string => `file:///w/${name}`;
  const index = new KernelIndex();
  for (const [name, text] of Object.entries(texts)) index.set(uriOf(name), text);
  const files: FileAccess = {
    read: (uri) => {
      const text = texts[uri.slice(uriOf('').length)];
      return text === undefined ? { error: 'none' } : { text };
    },
    resolve: (from, path) => {
      const uri = new URL(path, from).href;
      return texts[uri.slice(uriOf('').length)] === undefined ? undefined : uri;
    },
    kernels: index,
  };
  const faults: string[] = [];
  const engine = createEngine({ files, settings: () => ({ gpu: 'h100' }), log: (message) => faults.push(message) });
  return (name: string) => {
    const analysis = engine.analyse(uriOf(name), texts[name] ?? '', 0);
    expect(faults).toEqual([]);
    return analysis;
  };
}

describe('a kernel in one file and its launch in another', () => {
  it('is worked out with the constants and macros of the file that launches it', () => {
    const { kernels, dependsOn } = over({ 'scale.cuh': header, 'run.cu': source })('scale.cuh');
    expect(kernels?.cuda?.configurations).toMatchObject([
      { threads: { value: 96 }, blocks: { value: 11 }, staticShared: { value: 64 * 4 * 4 }, launch: { uri: 'file:///w/run.cu' } },
    ]);
    expect(dependsOn).toContain('file:///w/run.cu');
  });

  it('leads from each to the other', () => {
    const analyse = over({ 'scale.cuh': header, 'run.cu': source });
    const [fromHeader, fromSource] = [analyse('scale.cuh'), analyse('run.cu')];
    const kernel = kernelSpots(fromHeader).find(({ kind }) => kind === 'definition');
    const launch = kernelSpots(fromSource).find(({ kind }) => kind === 'launch');
    const [there] = kernel ? kernelCounterparts(fromHeader, kernel) : [];
    const [back] = launch ? kernelCounterparts(fromSource, launch) : [];
    expect(there?.uri).toBe('file:///w/run.cu');
    expect(source.slice(there?.range.start, there?.range.end)).toMatch(/^scale<64><<<.*\)$/);
    expect(back?.uri).toBe('file:///w/scale.cuh');
    expect(header.slice(back?.range.start, back?.range.end)).toBe('scale');
  });

  it('has its findings in the file they are about, with the other place beside them', () => {
    const analyse = over({ 'scale.cuh': header, 'run.cu': source.replace('kThreads = 96', 'kThreads = 1024') });
    expect(analyse('scale.cuh').kernels?.findings.map(({ finding }) => finding.rule)).not.toContain('block-over-limit');
    const found = analyse('run.cu').kernels?.findings.find(({ finding }) => finding.rule === 'block-over-limit');
    expect(found?.place.uri).toBe('file:///w/run.cu');
    expect(found?.related[0]?.place).toMatchObject({ uri: 'file:///w/scale.cuh' });
  });

  it('does not take a kernel of the same name from another program', () => {
    const other = `#include "other.cuh"\nvoid go(float *x) { scale<8><<<1, 32>>>(x, 1); }\n`;
    const analyse = over({ 'a/scale.cuh': header, 'a/run.cu': source, 'b/other.cuh': header, 'b/go.cu': other });
    expect(analyse('a/scale.cuh').kernels?.cuda?.configurations.map(({ threads }) => threads.value)).toEqual([96]);
    expect(analyse('b/other.cuh').kernels?.cuda?.configurations.map(({ threads }) => threads.value)).toEqual([32]);
  });
});

describe('a glance at a file', () => {
  it('knows definitions from prototypes, and launches by any way', () => {
    expect(kernelMentions(`__global__ void declared(int *x);\n${header}`)).toEqual({ defines: ['scale'], launches: [] });
    const { launches } = kernelMentions(`void f() {
      a<<<1, 2>>>();
      n::b<int, 4><<<1, 2>>>();
      auto kernel = &c<8>;
      cudaLaunchKernel((void *)d, 1, 2, args, 0, 0);
      hipLaunchKernelGGL(e, 1, 2, 0, 0);
    }`);
    expect(launches).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd', 'e']));
  });
});

describe('a macro that launches', () => {
  const read = (text: string) => {
    const file = readKernels('file:///w/a.cu', text);
    if (!file) throw new Error('the grammar is not loaded');
    return { text, file, configurations: configurationsOf(file) };
  };

  it('is read where it is used, with the arguments and locals of that place', () => {
    const { text, file, configurations } = read(`template <int N> __global__ void k(float *x) { __shared__ float rows[N]; }
#define LAUNCH(SIZE, THREADS)          \\
  k<SIZE><<<grid, THREADS, 0, stream>>>( \\
      x);
#define PICK(n) \\
  if (n == 1) { LAUNCH(128, 256); } else { LAUNCH(64, 32); }
void run(float *x, int n, cudaStream_t stream) {
  dim3 grid(7, 3);
  PICK(n);
}`);
    expect(configurations.map(({ threads, blocks, staticShared }) => [threads.value, blocks.value, staticShared.value])).toEqual([
      [256, 21, 512],
      [32, 21, 256],
    ]);
    expect(file.launches.map(({ range }) => text.slice(range.start, range.end))).toEqual(['PICK(n)', 'PICK(n)']);
    expect(file.launches.map(({ gridRange }) => text.slice(gridRange.start, gridRange.end))).toEqual(['grid', 'grid']);
  });

  it('is read where another macro is given its name', () => {
    const { configurations } = read(`__global__ void k(float *x) {}
#define CALL k<<<4, threads>>>(x)
void run(float *x) {
  const int threads = 64;
  DISPATCH_FLOATING(x.scalar_type(), CALL);
}`);
    expect(configurations.map(({ threads }) => threads.value)).toEqual([64]);
  });
});

describe('cudaLaunchKernelEx', () => {
  it('takes its sizes from the fields of the configuration', () => {
    const file = readKernels(
      'file:///w/a.cu',
      `__global__ void k(float *x) { extern __shared__ float s[]; }
void run(float *x) {
  cudaLaunchConfig_t config = {0};
  config.gridDim = dim3(5, 2);
  config.blockDim = 192;
  config.dynamicSmemBytes = 1024;
  cudaLaunchKernelEx(&config, k, x);
}`,
    );
    const [configuration] = file ? configurationsOf(file) : [];
    expect([configuration?.threads.value, configuration?.blocks.value, configuration?.dynamicShared.value]).toEqual([192, 10, 1024]);
  });
});

describe('a function of the host that launches', () => {
  const configurations = (text: string) => {
    const file = readKernels('file:///w/a.cu', text);
    return file ? configurationsOf(file) : [];
  };

  it('is worked out with what its calls give it, once for each set', () => {
    const found = configurations(`template <typename T, int N> __global__ void k(T *x) { __shared__ T rows[N]; }
template <typename T, int N> void launch(T *x, int threads, int n) {
  const int blocks = (n + threads - 1) / threads;
  k<T, N><<<blocks, threads>>>(x);
}
void run(float *x, double *y, int m) {
  constexpr int kThreads = 128;
  launch<float, 64>(x, kThreads, 1000);
  launch<double, 32>(y, 2 * kThreads, 512);
  launch<double, 32>(y, 2 * kThreads, 512);
}`);
    expect(found.map(({ threads, blocks, staticShared }) => [threads.value, blocks.value, staticShared.value])).toEqual([
      [128, 8, 256],
      [256, 2, 256],
    ]);
  });

  it('keeps open what calls do not say', () => {
    const found = configurations(`__global__ void k(float *x) {}
void launch(float *x, int threads, int n) { k<<<n, threads>>>(x); }
void run(float *x, int m) { launch(x, 64, m); }
void other(float *x, int threads) { k<<<1, threads>>>(x); }`);
    expect(found.map(({ threads, blocks }) => [threads.value, blocks.value])).toEqual([
      [64, undefined],
      [undefined, 1],
    ]);
  });
});

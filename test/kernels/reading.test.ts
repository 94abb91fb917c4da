/** CUDA and HIP source to facts: names, bounds, launches, shared memory; what a macro or a later change hides stays unknown. */
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationsOf } from '../../server/src/core/kernels/configuration.ts';
import { readKernels } from '../../server/src/syntax/cuda/cuda.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { DocumentReader } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

function read(text: string, uri = 'file:///a.cu') {
  const file = readKernels(uri, text);
  if (!file) throw new Error('the grammar is not loaded');
  return { file, configurations: configurationsOf(file) };
}

describe('a launch', () => {
  it('is worked out through constants, macros, dim3 and template arguments', () => {
    const { configurations } = read(`
      #define CEIL_DIV(M, N) (((M) + (N) - 1) / (N))
      constexpr int BM = 128;
      namespace tiles { constexpr int kWarps = 8; }
      template <int BN, typename T = float, int Threads = 32 * tiles::kWarps>
      __global__ void __launch_bounds__(Threads, 2) k(const T *__restrict__ a, T *c, int n) {
        const int columns = BN + 1;
        __shared__ T as[BM * 8], bs[2][columns];
        extern __shared__ __align__(16) char smem[];
      }
      void run(const float *a, float *c) {
        dim3 block(32, 8);
        dim3 grid(CEIL_DIV(1000, 32), 2);
        size_t bytes = (2 + 8) * 100 * sizeof(float);
        k<64><<<grid, block, bytes>>>(a, c, 3);
        k<64, double><<<4, BM, 0>>>(nullptr, nullptr, 3);
      }`);
    expect(
      configurations.map(({ threads, blocks, staticShared, dynamicShared, mostThreads, leastBlocks }) => [
        threads.value,
        blocks.value,
        staticShared.value,
        dynamicShared.value,
        mostThreads?.value,
        leastBlocks?.value,
      ]),
    ).toEqual([
      [256, 64, 16 * Math.ceil((128 * 8 * 4 + 2 * 65 * 4) / 16), 4000, 256, 2],
      [128, 4, 128 * 8 * 8 + 2 * 65 * 8, 0, 256, 2],
    ]);
  });

  it('is found through variables, the functions of the runtime and HIP', () => {
    const { file } = read(`
      __global__ void k(int *x) {}
      void run(int *x) {
        auto kernel = &k;
        kernel<<<1, 64>>>(x);
        void *args[] = {&x};
        cudaLaunchKernel((void *)k, dim3(2), dim3(96), args, 128, 0);
        hipLaunchKernelGGL(k, dim3(3), dim3(128), 0, 0, x);
      }`);
    expect(file.language).toBe('hip');
    expect(file.launches.map(({ kernel, block }) => [kernel, block.map(({ text }) => text)])).toEqual([
      ['k', ['64']],
      ['k', ['96']],
      ['k', ['128']],
    ]);
  });

  it('names what it depends on where a value comes from elsewhere or changes', () => {
    const { configurations } = read(`
      __global__ void k(int *x) {}
      void run(int *x, int block_size) {
        int threads = 128;
        if (block_size > 4) threads = 256;
        k<<<8, block_size>>>(x);
        k<<<8, threads>>>(x);
      }`);
    expect(configurations.map(({ threads }) => threads)).toMatchObject([
      { value: undefined, unknown: ['block_size'] },
      { value: undefined, unknown: ['threads'] },
    ]);
  });

  it('takes sizes from a comment where the code leaves them open', () => {
    const { configurations } = read(`
      // rooflint: block_size=192 n=1_000
      __global__ void k(int *x) {}
      void run(int *x, int block_size, int n) { k<<<n, block_size>>>(x); }`);
    expect(configurations.map(({ threads, blocks }) => [threads.value, blocks.value])).toEqual([[192, 1000]]);
  });
});

describe('shared memory', () => {
  it('counts the arrays of the functions a kernel calls, once for each instance', () => {
    const { configurations } = read(`
      struct __align__(8) MaxSum { float max; float sum; };
      template <typename T, int Threads = 256> __device__ T reduce(T value) {
        __shared__ T parts[Threads / 32];
        return parts[0];
      }
      template <int Threads> __global__ void k(float *x) {
        __shared__ float mean;
        x[0] = reduce<float, Threads>(x[0]) + reduce<float, Threads>(x[1]) + reduce<MaxSum>(MaxSum()).max;
      }
      void run(float *x) { k<1024><<<1, 1024>>>(x); }`);
    expect(configurations[0]?.staticShared.value).toBe(4 + 32 * 4 + 8 * 8);
  });

  it('is unknown where a type or size is, and says which', () => {
    const { configurations } = read(`
      template <typename T, int N> __global__ void k(float *x) {
        __shared__ T parts[N];
        __shared__ typename Reduce::TempStorage temporary;
      }`);
    expect(configurations[0]?.staticShared.value).toBeUndefined();
    expect(configurations[0]?.staticShared.unknown).toEqual(expect.arrayContaining(['T', 'N']));
  });
});

describe('text that is no good C++', () => {
  it.each([
    '',
    '__global__',
    '__global__ void k(',
    'k<<<1, 2',
    '<<<>>>',
    '__global__ void k() { __shared__ float a[; }',
    '#define X(',
    '\u0000\u0001',
    'template <int A = A> __global__ void k() { __shared__ float a[A]; }',
  ])('is read without an exception: %j', (text) => {
    expect(() => read(text)).not.toThrow();
  });

  it('ends names that are defined by each other', () => {
    const { configurations } = read(`
      #define A B
      #define B A
      __global__ void k() { __shared__ float a[A]; }`);
    expect(configurations[0]?.staticShared.value).toBeUndefined();
  });
});

describe('a keystroke', () => {
  // The macro in front of `broken` leaves an error in the tree, as real C++ does.
  const text = `
    #ifdef HAS_TILES
    #define TILE 32
    #endif
    namespace tiles {
    typedef float real;
    __global__ void scale(real *x, int n) { __shared__ real s[TILE]; x[threadIdx.x] = s[threadIdx.x]; }
    } // namespace tiles
    ANNOTATED(x) broken<(1 < 2)> void oops(;
    void run(float *x) { tiles::scale<<<4, 2 * TILE>>>(x, 5); }`;

  it('gives what reading the text afresh gives, before, inside and after what it changes', () => {
    for (const [before, typed] of [
      ['#ifdef', '\n\n'],
      ['typedef', 'constexpr int k = 2;\n'],
      ['__shared__', '__shared__ int t[8]; '],
      ['ANNOTATED', 'ANNOTATED '],
      ['tiles::scale<<<', '/* here */ '],
      [' TILE>>>', '3 *'],
    ] as const) {
      const reader = new DocumentReader('file:///a.cu', text);
      expect(reader.document.kernels?.kernels).toHaveLength(1);
      const at = text.indexOf(before);
      reader.edit([{ start: at, end: at, text: typed }]);
      expect(reader.document.kernels).toEqual(readKernels('file:///a.cu', reader.text));
      reader.edit([{ start: at, end: at + typed.length, text: '' }]);
      expect(reader.document.kernels).toEqual(readKernels('file:///a.cu', text));
      reader.dispose();
    }
  });
});

describe('a macro that takes an element as another type', () => {
  it('is a write where something is assigned to it, and a read elsewhere', () => {
    const { file } = read(`
      #define LDST128BITS(value) (reinterpret_cast<float4 *>(&(value))[0])
      __global__ void copy(half *a, half *b) { LDST128BITS(a[threadIdx.x * 8]) = LDST128BITS(b[threadIdx.x * 8]); }`);
    expect(file.kernels[0]?.statements.accesses.map(({ array, kind, as }) => [array, kind, as])).toEqual([
      ['a', 'write', 'float4'],
      ['b', 'read', 'float4'],
    ]);
  });
});

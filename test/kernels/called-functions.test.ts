/** Functions that a kernel calls count as if they were written in it; conditions count the part for which they hold. */
import { beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../server/src/core/kernels/intensity/polynomial.ts';
import { type KernelWork, kernelWork } from '../../server/src/engine/kernel-work.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { engineOver, filesIn, loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

function workOf(text: string, headers: Readonly<Record<string, string>> = {}): KernelWork {
  const { engine } = engineOver({}, { gpu: 'a6000' }, filesIn(headers));
  const { kernels } = engine.analyse('file:///w/one.cu', text, 0);
  const first = kernels?.cuda?.configurations[0];
  const work = kernels && first && kernelWork(kernels, first);
  if (!work) throw new Error('nothing was counted');
  return work;
}

const shown = ({ intensity }: KernelWork) => ({
  flops: intensity.flops.map(({ format, count }) => `${format}: ${textOf(count)}`),
  asked: [textOf(intensity.asked.read), textOf(intensity.asked.written)],
  least: [textOf(intensity.compulsory.read), textOf(intensity.compulsory.written)],
  unread: intensity.unread,
});

const launch = 'void run(float *x, float *y, int n) { k<<<n / 256, 256>>>(x, y, n); }\n';
const kernel = (body: string, before = '') => `${before}__global__ void k(float *x, float *y, int n) {\n${body}\n}\n${launch}`;
const place = 'int i = blockIdx.x * 256 + threadIdx.x;';

/** Each body without a function, and the same with what it calls. */
const pairs: readonly (readonly [string, string, string, string])[] = [
  [
    'a pointer by its name',
    `${place} y[i] = x[i] * 2.0f;`,
    `${place} twice(x, y, i);`,
    '__device__ void twice(float *from, float *to, int at) { to[at] = from[at] * 2.0f; }',
  ],
  [
    'a pointer that is moved',
    `${place} y[i] = x[i] * 2.0f;`,
    `${place} twice(x + i, &y[i]);`,
    '__device__ void twice(const float *from, float *to) { to[0] = *from * 2.0f; }',
  ],
  [
    'a value that comes back',
    `${place} y[i] = x[i] * 2.0f;`,
    `${place} y[i] = twice(x, i);`,
    '__device__ float twice(const float *from, int at) { return from[at] * 2.0f; }',
  ],
  [
    'a call in a loop, with a loop of its own',
    `${place} for (int j = 0; j < 8; j++) for (int k = 0; k < 4; k++) y[(i * 8 + j) * 4 + k] = x[(i * 8 + j) * 4 + k] + 1.0f;`,
    `${place} for (int j = 0; j < 8; j++) row(x, y, (i * 8 + j) * 4);`,
    '__device__ void row(float *from, float *to, int at) { for (int k = 0; k < 4; k++) to[at + k] = from[at + k] + 1.0f; }',
  ],
  [
    'sizes of a template',
    `${place} for (int j = 0; j < 16; j++) y[i * 16 + j] = x[i * 16 + j] + 1.0f;`,
    `const int size = 8; ${place} row<size * 2, float>(x, y, i * 16);`,
    'template <int N, typename T> __device__ void row(const T *from, T *to, int at) { for (int j = 0; j < N; j++) to[at + j] = from[at + j] + 1.0f; }',
  ],
  [
    'a function inside a function',
    `${place} y[i] = x[i] * 2.0f + 1.0f;`,
    `${place} both(x, y, i);`,
    '__device__ float twice(float a) { return a * 2.0f; }\n__device__ void both(float *a, float *b, int at) { b[at] = twice(a[at]) + 1.0f; }',
  ],
  [
    'a function written inside the kernel',
    `${place} y[i] = x[i] * 2.0f;`,
    `${place} auto twice = [&](int at) { y[at] = x[at] * 2.0f; }; twice(i);`,
    '',
  ],
  [
    'a wide load by a type of a template',
    `${place} y[i] = reinterpret_cast<float4 *>(&x[i * 4])[0].x;`,
    `${place} y[i] = wide<float4>(x + i * 4).x;`,
    'template <typename V> __device__ V wide(const float *from) { return *reinterpret_cast<const V *>(from); }',
  ],
];

describe('functions that a kernel calls', () => {
  it.each(pairs)('count as if they were written in it: %s', (_, plain, calling, before) => {
    const called = shown(workOf(kernel(calling, `${before}\n`)));
    expect(called).toEqual(shown(workOf(kernel(plain))));
    expect(called.unread).toEqual([]);
  });

  it('are found in an included file, the own file first', () => {
    const header = '__device__ void twice(float *p, int i) { p[i] = p[i] * 2.0f * 2.0f; }';
    const text = `#include "twice.cuh"\n${kernel(`${place} twice(x, i);`)}`;
    expect(shown(workOf(text, { 'twice.cuh': header })).flops).toEqual(['fp32: 2 * n']);
    const own = `#include "twice.cuh"\n${kernel(`${place} twice(x, i);`, '__device__ void twice(float *p, int i) { p[i] *= 2.0f; }\n')}`;
    expect(shown(workOf(own, { 'twice.cuh': header })).flops).toEqual(['fp32: n']);
  });

  it('move tiles through shared memory, as helpers of products do', () => {
    const text = kernel(
      '__shared__ float tile[256]; for (int at = 0; at < n; at += 256) { load(x + at, tile); __syncthreads(); y[threadIdx.x] += sum(tile); __syncthreads(); }',
      `__device__ void load(const float *from, float *to) { to[threadIdx.x] = from[threadIdx.x]; }
__device__ float sum(const float *tile) { float all = 0.0f; for (int k = 0; k < 256; k++) all += tile[k]; return all; }
`,
    );
    const work = workOf(`// rooflint: n=4096\n${text}`);
    // Each of the n / 256 blocks adds all n values in every thread.
    expect(shown(work).flops).toEqual(['fp32: 1.00391 * n * n']);
    expect(work.roofs[0]?.roof.time.seconds).toBeGreaterThan(0);
  });

  it('that call themselves, or each other, end', () => {
    const text = kernel(
      `${place} a(x, i);`,
      '__device__ void b(float *p, int i);\n__device__ void a(float *p, int i) { p[i] += 1.0f; b(p, i); }\n__device__ void b(float *p, int i) { p[i] += 1.0f; a(p, i); }\n',
    );
    expect(shown(workOf(text))).toMatchObject({ flops: ['fp32: 2 * n'], unread: ['a'] });
  });

  it('that nobody has the text of are named, and leave no time', () => {
    const work = workOf(`// rooflint: n=4096\n${kernel(`${place} elsewhere(x, i); y[i] = 1.0f;`)}`);
    expect(work.intensity.unread).toEqual(['elsewhere']);
    expect(work.roofs).toEqual([]);
  });

  it('keep names apart that mean something else in the kernel', () => {
    const text = kernel(
      `int at = 0; for (int j = 0; j < 4; j++) { step(x, j); at += j; } y[threadIdx.x] = at;`,
      '__device__ void step(float *p, int n) { for (int j = 0; j < 2; j++) { int at = n * 2 + j; p[at] += 1.0f; } }\n',
    );
    expect(shown(workOf(text)).flops).toEqual(['fp32: 8 * n']);
  });
});

describe('loads, stores and copies of the language', () => {
  it.each([
    ['a load with a hint', `${place} y[i] = __ldg(&x[i]);`, ['4 * n', '4 * n']],
    ['a load that is not kept, and its store', `${place} __stcs(y + i, __ldcs(x + i));`, ['4 * n', '4 * n']],
    ['a wide load with a hint', `${place} float4 v = __ldcs(reinterpret_cast<const float4 *>(x) + i); y[i] = v.x;`, ['16 * n', '4 * n']],
    ['a pointer', `${place} float *p = x + i; y[i] = *p;`, ['4 * n', '4 * n']],
    ['a pointer that is cast and indexed', `${place} float4 v = reinterpret_cast<float4 *>(x)[i]; y[i] = v.x;`, ['16 * n', '4 * n']],
    ['a pointer that is cast by the rules of C', `${place} *(float4 *)(y + i * 4) = *(float4 *)(x + i * 4);`, ['16 * n', '16 * n']],
    [
      'a copy of the pipeline',
      `__shared__ float4 s[256]; ${place} __pipeline_memcpy_async(&s[threadIdx.x], &x[i * 4], 16); y[i] = s[0].x;`,
      ['16 * n', '4 * n'],
    ],
    [
      'a copy by an instruction',
      `${place} asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(0), "l"(x + i * 4)); y[i] = 1.0f;`,
      ['16 * n', '4 * n'],
    ],
    [
      'a load by an instruction',
      `${place} float a; asm("ld.global.nc.v2.f32 {%0, %1}, [%2];" : "=f"(a) : "l"(x + i * 2)); y[i] = a;`,
      ['8 * n', '4 * n'],
    ],
  ])('%s', (_, body, asked) => {
    expect(shown(workOf(kernel(body))).asked).toEqual(asked);
  });
});

describe('conditions', () => {
  const counted = (condition: string, before = '') =>
    shown(workOf(kernel(`${place} ${before} if (${condition}) return; x[i] += 1.0f;`))).flops;

  it.each([
    ['two remainders of one size', 'i % 64 > (i / 64) % 64', 'n / 2'],
    ['half of the threads', 'threadIdx.x >= 128', 'n / 2'],
    ['all but one lane', 'threadIdx.x % 32 != 0', 'n / 32'],
    ['one lane', 'threadIdx.x % 32 == 0', '0.96875 * n'],
    ['a constant that holds', '1 > 2', 'n'],
    ['the end of an array', 'i >= n', 'n'],
    ['a name for a comparison', 'upper', 'n / 2'],
    ['its opposite', '!upper', 'n / 2'],
    ['the same against a number', 'upper == 0', 'n / 2'],
    ['either', 'threadIdx.x % 32 >= 16 || (threadIdx.x / 32) % 2 == 1', 'n / 4'],
  ])('leave the share that passes: %s', (_, condition, count) => {
    expect(counted(condition, 'const bool upper = threadIdx.x >= 128;')).toEqual([`fp32: ${count}`]);
  });

  it('leave nothing behind one that always ends it, nor its traffic', () => {
    const work = workOf(kernel(`const bool done = true; ${place} y[i] = 1.0f; if (done) return; x[i] += 1.0f;`));
    expect(shown(work)).toMatchObject({ flops: [], asked: ['0', '4 * n'] });
  });

  it('of values are taken to hold, and said', () => {
    const { intensity } = workOf(kernel(`${place} if (x[i] > 0.0f) y[i] = x[i] * 2.0f;`));
    expect(intensity.flops.map(({ count }) => textOf(count))).toEqual(['n']);
    expect(intensity.notes.join()).toContain('only values tell');
  });

  it('of one half and its opposite are the whole', () => {
    const body = (test: string) => shown(workOf(kernel(`${place} if (${test}) x[i] += 1.0f; else y[i] += 1.0f;`))).flops;
    for (const test of ['threadIdx.x % 32 < 8', 'threadIdx.x >= 64', 'i % 64 > (i / 64) % 64', 'threadIdx.x % 4 == 0'])
      expect(body(test)).toEqual(['fp32: n']);
  });
});

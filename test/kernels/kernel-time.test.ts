/** Times of kernels as physics has them: never under the roofs, longer for more work, within a band that says what is assumed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceRoof } from '../../server/src/core/kernels/intensity/device-roofs.ts';
import { type KernelWork, kernelWork } from '../../server/src/engine/kernel-work.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

function workOf(text: string): KernelWork {
  const { kernels } = engineOver({}, { gpu: 'nvidia-h100-sxm-80gb' }).engine.analyse('file:///w/one.cu', text, 0);
  const first = kernels?.cuda?.configurations[0];
  const work = kernels && first && kernelWork(kernels, first);
  if (!work) throw new Error('nothing was counted');
  return work;
}

function roofOf(text: string): DeviceRoof {
  const [roof] = workOf(text).roofs;
  if (!roof) throw new Error('there is no time');
  return roof;
}

const kernel = (body: string, launch: string, before = '') =>
  `${before}__global__ void k(float *x, float *y, int n) {\n${body}\n}\nvoid run(float *x, float *y, int n) { ${launch}; }\n`;

const streaming = 'int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = x[i] * 2.0f;';
const busy = 'float a = x[threadIdx.x]; for (int k = 0; k < 4096; k++) a = a * 1.5f + 0.5f; y[blockIdx.x * 256 + threadIdx.x] = a;';
const tree = `__shared__ float s[1024]; s[threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x]; __syncthreads();
for (int k = blockDim.x / 2; k > 0; k >>= 1) { if (threadIdx.x < k) s[threadIdx.x] += s[threadIdx.x + k]; __syncthreads(); }
if (threadIdx.x == 0) y[blockIdx.x] = s[0];`;

const secondsOf = (text: string): number => roofOf(text).roof.time.seconds;

describe('the time of a kernel', () => {
  it('is never under the roofs, and never falls with more blocks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(streaming, busy, tree),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        (body, one, more) => {
          const at = (blocks: number): DeviceRoof =>
            roofOf(`// rooflint: n=${blocks * 256}\n${kernel(body, `k<<<${blocks}, 256>>>(x, y, n)`)}`);
          const [few, many] = [at(one), at(one + more)];
          const { counted } = workOf(`// rooflint: n=${one * 256}\n${kernel(body, `k<<<${one}, 256>>>(x, y, n)`)}`);
          const bytes = (counted?.read ?? 0) + (counted?.written ?? 0);
          expect(few.roof.time.seconds).toBeGreaterThanOrEqual(bytes / few.roof.bandwidth);
          expect(many.roof.time.seconds).toBeGreaterThanOrEqual(few.roof.time.seconds * 0.999);
          for (const { roof } of [few, many]) {
            expect(roof.low).toBeLessThanOrEqual(roof.time.seconds);
            expect(roof.high).toBeGreaterThanOrEqual(roof.time.seconds);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is that of one block while multiprocessors stand idle', () => {
    const at = (blocks: number) => secondsOf(kernel(busy, `k<<<${blocks}, 256>>>(x, y, n)`));
    expect(at(132) / at(1)).toBeLessThan(1.05);
    // Two blocks are as fast as one, whose steps wait for each other; four are not.
    expect(at(528) / at(264)).toBeGreaterThan(1.7);
  });

  it('of one more block than there are multiprocessors is that of two on the fullest', () => {
    const at = (blocks: number) => roofOf(kernel(busy, `k<<<${blocks}, 256>>>(x, y, n)`)).roof.time.parts.arithmetic;
    expect(at(133)).toBeCloseTo(2 * at(132), 9);
  });

  it('has barriers that cost by the warps which must arrive, and by how many blocks take turns', () => {
    const at = (threads: number, blocks: number) =>
      roofOf(`// rooflint: n=1\n${kernel(tree.replaceAll('blockDim.x', String(threads)), `k<<<${blocks}, ${threads}>>>(x, y, n)`)}`).roof
        .time.parts.barriers;
    // Five steps and the one before of a warp, at latencies of some clocks each; eleven of 32 warps.
    expect(at(32, 132)).toBeLessThan(6 * 1e-7);
    expect(at(1024, 264) / 11).toBeGreaterThan((2 * at(32, 132)) / 6);
    expect(at(256, 132 * 8 * 4)).toBeCloseTo(4 * at(256, 132 * 8), 12);
  });

  it('of threads that load in a loop waits for memory where few of them run', () => {
    const loop = (threads: number) =>
      `for (int i = blockIdx.x * ${threads} + threadIdx.x; i < n; i += gridDim.x * ${threads}) y[threadIdx.x] += x[i];`;
    const at = (threads: number) => secondsOf(`// rooflint: n=268435456\n${kernel(loop(threads), `k<<<132, ${threads}>>>(x, y, n)`)}`);
    expect(at(32)).toBeGreaterThan(4 * at(1024));
  });
});

describe('the steps of one thread', () => {
  const loop = (turns: number, step: string) =>
    `if (blockIdx.x == 0 && threadIdx.x == 0) { float a = x[0]; for (int k = 0; k < ${turns}; k++) ${step} y[0] = a; }`;

  it('take their latency each where one thread is at work', () => {
    for (const step of ['a = a * 1.5f + 0.5f;', 'a *= 1.5f;']) {
      const { time, low } = roofOf(kernel(loop(1e6, step), 'k<<<1, 32>>>(x, y, n)')).roof;
      // Four clocks each, of less than two a nanosecond.
      expect(time.bound).toBe('steps');
      expect(time.seconds).toBeGreaterThan((4 * 1e6) / 2e9);
      expect(low).toBeLessThan(time.seconds);
    }
  });

  it('grow with the turns, and with no more blocks', () => {
    const at = (turns: number, blocks: number) =>
      roofOf(kernel(loop(turns, 'a += 0.5f;'), `k<<<${blocks}, 32>>>(x, y, n)`)).roof.time.parts.steps;
    expect(at(2e6, 1)).toBeCloseTo(2 * at(1e6, 1), 9);
    expect(at(1e6, 100)).toBe(at(1e6, 1));
  });

  it('are none where a loop goes on with nothing, and do not lengthen what many warps hide', () => {
    const own = 'int i = blockIdx.x * 256 + threadIdx.x; for (int k = 0; k < 64; k++) { float v = x[k * n + i]; y[k * n + i] = v * 2.0f; }';
    expect(roofOf(`// rooflint: n=65536\n${kernel(own, 'k<<<256, 256>>>(x, y, n)')}`).roof.time.parts.steps).toBe(0);
    const { bound, parts } = roofOf(kernel(busy, 'k<<<13200, 256>>>(x, y, n)')).roof.time;
    expect(parts.steps).toBeGreaterThan(0);
    expect(bound).toBe('arithmetic');
  });
});

describe('the band of a time', () => {
  const many = `float a[96]; for (int k = 0; k < 96; k++) a[k] = x[k * 1024 + threadIdx.x]; __syncthreads(); for (int k = 0; k < 96; k++) y[(blockIdx.x * 96 + k) * 256 + threadIdx.x] = a[k] * a[95 - k];`;

  it('names the registers it rests on, and is wider where blocks wait for each other and they are only estimated', () => {
    const { running, roof } = roofOf(kernel(many, 'k<<<4096, 256>>>(x, y, n)'));
    expect(running?.registers).toMatchObject({ isExact: false });
    expect(running?.occupancy.limitedBy).toContain('registers');
    const plain = roofOf(kernel(many, 'k<<<4096, 256>>>(x, y, n)').replace('__global__ void', '__global__ void __launch_bounds__(256, 4)'));
    const width = (of: DeviceRoof['roof']): number => of.high / of.low;
    expect(width(roof)).toBeGreaterThanOrEqual(width(plain.roof));
  });

  it('begins with what is certain where values decide', () => {
    const always = roofOf(kernel(streaming.replace('if (i < n)', ''), 'k<<<16384, 1024>>>(x, y, n)')).roof;
    const sometimes = roofOf(kernel(streaming.replace('if (i < n)', 'if (x[0] > 0.0f)'), 'k<<<16384, 1024>>>(x, y, n)')).roof;
    expect(sometimes.time.seconds).toBeGreaterThan(always.time.seconds * 0.8);
    expect(sometimes.low).toBeLessThan(always.low / 2);
  });

  it('begins lower where a break may end a loop before its limit, which is said', () => {
    const loop = (inside: string) =>
      workOf(
        kernel(
          `float a = 0.0f; for (int k = 0; k < 4096; k++) { ${inside} a += x[k * 65536 + blockIdx.x * 256 + threadIdx.x]; } y[blockIdx.x * 256 + threadIdx.x] = a;`,
          'k<<<256, 256>>>(x, y, n)',
        ),
      );
    const [whole, broken] = [loop(''), loop('if (k == 10) break;')];
    expect(whole.intensity.notes).toEqual([]);
    expect(broken.intensity.notes.join()).toContain('a break may end the loop over k earlier');
    expect(broken.roofs[0]?.roof.low).toBeLessThan((whole.roofs[0]?.roof.low ?? 0) / 10);
    // That of a loop inside is none of the loop around it.
    expect(loop('for (int j = 0; j < 4; j++) { if (j == 2) break; }').intensity.notes.join()).not.toContain('over k');
  });

  it('begins with half the bytes where the size of a type is assumed, which a comment tells', () => {
    const text = kernel(streaming, 'k<<<65536, 256>>>(x, y, n)').replaceAll('float *', 'floatX *');
    const assumed = workOf(`// rooflint: n=16777216\n${text}`);
    expect(assumed.intensity.notes.join()).toContain('the size of floatX is not told');
    const told = workOf(`// rooflint: n=16777216 floatX=2\n${text}`);
    expect(told.intensity.notes).toEqual([]);
    expect(told.counted?.read).toBe((assumed.counted?.read ?? 0) / 2);
    expect(assumed.roofs[0]?.roof.low).toBeLessThanOrEqual((told.roofs[0]?.roof.time.seconds ?? 0) * 0.8);
  });
});

describe('what blocks ask of the cache', () => {
  it('is no more than their threads ask, however many remainders an index has', () => {
    const body =
      'int i = blockIdx.x * 256 + threadIdx.x; int a = i / 4096 % 24; int b = i / 64 % 64; int c = i % 64; y[(c * 64 + b) * 24 + a] = x[i];';
    const { counted } = workOf(kernel(body, 'k<<<384, 256>>>(x, y, n)'));
    expect(counted?.byBlocks).toBeLessThanOrEqual(384 * 256 * (4 + 32));
  });
});

/** FLOPs, traffic and time of kernels from their loops, against what is known of such kernels on paper. */
import { beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../server/src/core/kernels/intensity/polynomial.ts';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { type KernelWork, kernelWork } from '../../server/src/engine/kernel-work.ts';
import { workText } from '../../server/src/engine/kernel-work-summary.ts';
import { reportData } from '../../server/src/report/json.ts';
import { reportMarkdown } from '../../server/src/report/markdown.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

const analysed = (text: string): Analysis => engineOver({}, { gpu: 'a6000' }).engine.analyse('file:///folder/one.cu', text, 0);

function workOf(text: string): KernelWork {
  const { kernels } = analysed(text);
  const first = kernels?.cuda?.configurations[0];
  const work = kernels && first && kernelWork(kernels, first);
  if (!work) throw new Error('nothing was counted');
  return work;
}

const shown = ({ intensity }: KernelWork) => ({
  flops: intensity.flops.map(({ format, count }) => `${format}: ${textOf(count)}`),
  asked: [textOf(intensity.asked.read), textOf(intensity.asked.written)],
  least: [textOf(intensity.compulsory.read), textOf(intensity.compulsory.written)],
});

const cdiv = '#define CEIL_DIV(a, b) (((a) + (b)-1) / (b))\n';

/** One output per thread; neighbouring threads are neighbours in a column, or in a row. */
const plain = (row: string, column: string) => `${cdiv}
__global__ void product(int M, int N, int K, const float *A, const float *B, float *C) {
  const int r = blockIdx.x * blockDim.x + threadIdx.${row};
  const int c = blockIdx.y * blockDim.y + threadIdx.${column};
  if (r < M && c < N) {
    float sum = 0.0f;
    for (int k = 0; k < K; ++k) sum += A[r * K + k] * B[k * N + c];
    C[r * N + c] = sum;
  }
}
void run(int M, int N, int K, float *A, float *B, float *C) {
  dim3 grid(CEIL_DIV(M, 32), CEIL_DIV(N, 32));
  product<<<grid, dim3(32, 32)>>>(M, N, K, A, B, C);
}
`;

/** A block of 64 x 64 outputs by way of shared memory, 8 x 8 of them per thread; its pointers walk. */
const tiled = `${cdiv}
template <int BM, int BN, int BK, int TM, int TN>
__global__ void product(int M, int N, int K, const float *A, const float *B, float *C) {
  __shared__ float As[BM * BK];
  __shared__ float Bs[BK * BN];
  const int threads = (BM * BN) / (TM * TN);
  const int column = threadIdx.x % (BN / TN);
  const int row = threadIdx.x / (BN / TN);
  A += blockIdx.y * BM * K;
  B += blockIdx.x * BN;
  C += blockIdx.y * BM * N + blockIdx.x * BN;
  float results[TM * TN] = {0.0f};
  for (int at = 0; at < K; at += BK) {
    for (int from = threadIdx.x; from < BM * BK; from += threads) As[from] = A[(from / BK) * K + from % BK];
    for (int from = threadIdx.x; from < BK * BN; from += threads) Bs[from] = B[(from / BN) * N + from % BN];
    __syncthreads();
    A += BK;
    B += BK * N;
    for (int k = 0; k < BK; ++k)
      for (int i = 0; i < TM; ++i)
        for (int j = 0; j < TN; ++j) results[i * TN + j] += As[(row * TM + i) * BK + k] * Bs[k * BN + column * TN + j];
    __syncthreads();
  }
  for (int i = 0; i < TM; ++i)
    for (int j = 0; j < TN; ++j) C[(row * TM + i) * N + column * TN + j] = results[i * TN + j];
}
void run(int M, int N, int K, float *A, float *B, float *C) {
  const int BM = 64, BN = 64;
  dim3 grid(CEIL_DIV(N, BN), CEIL_DIV(M, BM));
  product<64, 64, 8, 8, 8><<<grid, 64>>>(M, N, K, A, B, C);
}
`;

describe('a product of matrices', () => {
  it('takes two FLOPs per element of each sum, and reads both matrices at least once', () => {
    expect(shown(workOf(plain('y', 'x')))).toMatchObject({
      flops: ['fp32: 2 * K * M * N'],
      least: ['4 * K * M + 4 * K * N', '4 * M * N'],
    });
  });

  it('asks for a sector per thread where neighbours lie a row apart, for 4 bytes and a shared sector where they do not', () => {
    const transposed = plain('x', 'y');
    expect(shown(workOf(transposed)).asked[0]).toBe('33 * K * M * N');
    expect(shown(workOf(plain('y', 'x'))).asked[0]).toBe('5 * K * M * N');
  });

  it('asks for each operand once per tile of the other through shared memory', () => {
    expect(shown(workOf(tiled))).toEqual({
      flops: ['fp32: 2 * K * M * N'],
      asked: ['K * M * N / 8', expect.stringMatching(/M \* N$/)],
      least: ['4 * K * M + 4 * K * N', '4 * M * N'],
    });
  });

  it('is bound by loads without tiles and by arithmetic with them, and faster at each step', () => {
    const sizes = '// rooflint: M=4096 N=4096 K=4096\n';
    const roofs = [plain('x', 'y'), plain('y', 'x'), tiled].map((text) => workOf(sizes + text).roofs[0]?.roof);
    expect(roofs.map((roof) => roof?.time.bound)).toEqual(['loads', 'loads', 'arithmetic']);
    const seconds = roofs.map((roof) => roof?.time.seconds ?? 0);
    expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
    for (const roof of roofs) expect(roof?.intensity).toBeCloseTo((2 * 4096 ** 3) / (3 * 4 * 4096 ** 2), 6);
  });

  it('has formulas alone while a size is open, and says which', () => {
    const text = plain('y', 'x');
    expect(workOf(text).counted).toBeUndefined();
    expect(workText(workOf(text))).toBe('2 * K * M * N FLOPs');
    expect(reportMarkdown(analysed(text), 0)).toContain('`rooflint: K=4096 M=4096 N=4096`');
  });
});

describe('loops', () => {
  const kernel = (body: string, launch = 'k<<<(n + 255) / 256, 256>>>(x, n)') =>
    `__global__ void k(float *x, int n) {\n${body}\n}\nvoid run(float *x, int n) { ${launch}; }\n`;

  it.each([
    ['a guard leaves as many threads as elements', 'int i = blockIdx.x * 256 + threadIdx.x; if (i < n) x[i] = x[i] * 2.0f;', ['fp32: n']],
    [
      'a grid-stride loop visits each element once, however many blocks there are',
      'for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) x[i] = x[i] * 2.0f;',
      ['fp32: n'],
    ],
    [
      'a block-stride loop shares its turns',
      'for (int i = threadIdx.x; i < 1024; i += blockDim.x) x[blockIdx.x * 1024 + i] += 1.0f;',
      ['fp32: 4 * n'],
    ],
    ['a triangle has half of the square', 'for (int i = 0; i < n; i++) for (int j = 0; j < i; j++) x[j] += 1.0f;', ['fp32: n * n * n / 2']],
    [
      'a triangle whose rows are told apart by a remainder as well',
      'int i = blockIdx.x * 256 + threadIdx.x; if (i < n) { int t = (i / 4) % n; for (int j = 0; j < t; j++) x[j] += 1.0f; }',
      ['fp32: n * n / 2'],
    ],
    ['one thread of each block counts once', 'if (threadIdx.x == 0) x[blockIdx.x] = x[blockIdx.x] + 1.0f;', ['fp32: n / 256']],
    ['one lane of each warp counts once', 'int lane = threadIdx.x % 32; if (lane == 0) x[threadIdx.x] += 1.0f;', ['fp32: n / 32']],
    ['indexes are no FLOPs', 'int i = blockIdx.x * 256 + threadIdx.x; x[i * 2 + 1] = x[i * 3];', []],
    ['a function counts one, a fused multiply-add two', 'int i = threadIdx.x; x[i] = fmaf(x[i], x[i], expf(x[i]));', ['fp32: 3 * n']],
  ])('%s', (_, body, flops) => {
    expect(shown(workOf(kernel(body))).flops).toEqual(flops);
  });

  it('halves of a reduction are counted by their logarithm, and each has half of the threads of the one before', () => {
    const halves = (guard: string) => kernel(`for (int s = 128; s > 0; s >>= 1) { ${guard} x[threadIdx.x] += x[threadIdx.x + s]; }`);
    expect(shown(workOf(halves(''))).flops).toEqual(['fp32: 8 * n']);
    // 255 additions make one of 256 values: 255 / 256 for each.
    expect(shown(workOf(halves('if (threadIdx.x < s)'))).flops).toEqual(['fp32: 0.996094 * n']);
  });

  it('a maximum counts one, and what is handed the value of an element is no function to look into', () => {
    const { intensity } = workOf(kernel('float m = 0.0f; m = fmaxf(m, x[blockIdx.x * blockDim.x + threadIdx.x]); x[threadIdx.x] = m;'));
    expect(intensity.flops.map(({ count }) => textOf(count))).toEqual(['n']);
    expect(intensity.unread).toEqual([]);
  });

  it('a loop that tells no count is counted once, with a note', () => {
    const work = workOf(kernel('int i = threadIdx.x; while (x[i] > 0.0f) { x[i] = x[i] - 1.0f; }'));
    expect(work.intensity.notes.join()).toMatch(/loop without a count/);
  });
});

describe('matrix instructions', () => {
  it('count by their shape, once for a warp', () => {
    const text = `__global__ void k(const half *a, float *c, int n) {
  for (int i = 0; i < n; i++) asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0}, {%1}, {%2}, {%3};" : : );
  c[threadIdx.x] = 0.0f;
}
void run(half *a, float *c, int n) { k<<<108, 128>>>(a, c, n); }
`;
    expect(workOf(text).intensity.flops).toMatchObject([{ unit: 'matrix', format: 'fp16' }]);
    expect(shown(workOf(text)).flops).toEqual([`fp16: ${2 * 16 * 8 * 16 * 4 * 108} * n`]);
  });
});

describe('every number can be opened', () => {
  it('with its formula, its sizes and where they come from', () => {
    const text = `// rooflint: M=4096 N=4096 K=4096\n${plain('y', 'x')}`;
    const report = reportMarkdown(analysed(text), 0);
    expect(report).toContain('`2 * K * M * N`');
    expect(report).toMatch(/`K = 4,?096` \(comment/);
    expect(report).toMatch(/time on NVIDIA RTX A6000.*=/);
    const [launch] = (
      reportData(analysed(text), 0) as { kernels: { work: { flops: { value: number }[]; devices: { seconds: number }[] } }[] }
    ).kernels;
    expect(launch?.work.flops[0]?.value).toBe(2 * 4096 ** 3);
    expect(launch?.work.devices[0]?.seconds).toBeGreaterThan(0);
  });
});

describe('accesses of few lanes', () => {
  const bytesOf = (body: string, launch: string) => {
    const text = `__global__ void k(float *out, const float *in, float a) {\n${body}\n}\nvoid run(float *out, float *in) { k<<<${launch}>>>(out, in, 1.0f); }\n`;
    const { asked, compulsory, traffic } = workOf(text).intensity;
    return { asked: textOf(asked.written), least: textOf(compulsory.written), traffic };
  };

  it('move a sector for each warp that has one of them, and touch no more elements than threads take part', () => {
    const blocks = 8192;
    const first = bytesOf('if (threadIdx.x == 0) out[blockIdx.x] = a;', `${blocks}, 32`);
    expect(first).toMatchObject({ asked: String(blocks * 32), least: String(blocks * 4) });
    // The other threads have left; a warp with none of the threads moves nothing.
    const left = bytesOf('if (threadIdx.x != 0) return; out[blockIdx.x] = a;', `${blocks}, 256`);
    expect(left).toMatchObject({ asked: String(blocks * 32), least: String(blocks * 4) });
    const each = bytesOf('int i = blockIdx.x * blockDim.x + threadIdx.x; if (threadIdx.x % 32 == 0) out[i] = a;', `${blocks}, 256`);
    expect(each).toMatchObject({ asked: String(blocks * 8 * 32), least: String(blocks * 8 * 4) });
    const one = bytesOf('int i = blockIdx.x * blockDim.x + threadIdx.x; if (i == 0) out[i] = a;', `${blocks}, 256`);
    expect(one).toMatchObject({ asked: '32', least: '4' });
  });

  it('move what their elements lie in where half a warp takes part, and as much as ever where all do', () => {
    const half = bytesOf('int lane = threadIdx.x & 31; if (lane < 16) out[blockIdx.x * 256 + threadIdx.x] = a;', '64, 256');
    expect(half.asked).toBe(String(64 * 8 * 2 * 32));
    const all = bytesOf('if (threadIdx.x < 128) out[blockIdx.x * 256 + threadIdx.x] = a;', '64, 256');
    expect(all.asked).toBe(String(64 * 4 * 4 * 32));
  });

  it('count either of two ranges of one index exactly, and never less than their elements', () => {
    const either = (condition: string) => bytesOf(`if (${condition}) out[blockIdx.x * 256 + threadIdx.x] = a;`, '64, 256');
    const some = 64 * 128 * 4;
    for (const condition of ['threadIdx.x % 256 < 128 || threadIdx.x % 256 < 32', 'threadIdx.x < 64 || threadIdx.x >= 192'])
      expect(either(condition)).toMatchObject({ asked: String(some), least: String(some) });
    const opposite = either('!(threadIdx.x >= 64 && threadIdx.x < 192)');
    expect(opposite).toMatchObject({ asked: String(some), least: String(some) });
  });

  it('of blocks smaller than a warp move whole sectors all the same', () => {
    expect(bytesOf('out[blockIdx.x] = a;', '4096, 1')).toMatchObject({ asked: String(4096 * 32), least: String(4096 * 4) });
  });
});

/** A document of kernels in a report: every figure with its formula, and the findings with their lines. */
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationSummary } from '../../server/src/engine/kernel-summary.ts';
import { reportData } from '../../server/src/report/json.ts';
import { reportMarkdown } from '../../server/src/report/markdown.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

const cuda = `__global__ void __launch_bounds__(256) scale(float *x, int n) {
  __shared__ float tile[256];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  tile[threadIdx.x] = x[i];
  if (i < n) x[i] = tile[threadIdx.x] * 2.0;
}

void run(float *x, int n) { scale<<<(n + 255) / 256, 256>>>(x, n); }
`;

const triton = `import triton
import triton.language as tl


@triton.autotune(configs=[triton.Config({"BLOCK": b}, num_warps=w) for b in (64, 128) for w in (2, 4)], key=["n"])
@triton.jit
def add(x_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(x_ptr + at, tl.load(x_ptr + at, mask=at < n), mask=at < n)
`;

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

const analysed = (name: string, text: string) => engineOver({}, { gpu: 'h100' }).engine.analyse(`file:///folder/${name}`, text, 0);

describe('the report of a document of kernels', () => {
  it('opens up every kernel and lists the findings', () => {
    const text = reportMarkdown(analysed('scale.cu', cuda), 0);
    expect(text).toContain('| warning | 5 | 2.0 is fp64');
    expect(text).toMatch(/`tile` \| `\(256\) x sizeof\(float\)` \| 1 KiB/);
    expect(text).toMatch(/NVIDIA H100 SXM 80 GB \(sm_90\) \| 8 \| 100 % \| warps \| 32/);
  });

  it('says how many blocks depend on what', () => {
    expect(reportMarkdown(analysed('scale.cu', cuda), 0)).toContain('depends on n');
  });

  it('lists the configurations of a Triton kernel', () => {
    const text = reportMarkdown(analysed('add.py', triton), 0);
    expect(text.match(/(?<=\| )`BLOCK=\d+`/g)).toEqual(['`BLOCK=64`', '`BLOCK=64`', '`BLOCK=128`', '`BLOCK=128`']);
  });

  it('gives the same as data', () => {
    expect(reportData(analysed('scale.cu', cuda), 0)).toMatchObject({
      job: null,
      kernels: [
        {
          kernel: 'scale',
          threads: { value: 256 },
          staticShared: { value: 1024 },
          occupancy: [{ blocks: 8, share: 1, registersUpTo: 32 }],
        },
      ],
    });
  });
});

/** A tile of 8 x 8 sums in each thread, which no compiler keeps in 32 registers. */
const tiled = (threads: number) => `__global__ void product(const float *a, const float *b, float *c, int n) {
  float sums[8][8] = {};
  for (int k = 0; k < n; k++)
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++) sums[i][j] += a[k * 8 + i] * b[k * 8 + j];
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) c[(threadIdx.x * 8 + i) * n + j] = sums[i][j];
}

void run(float *a, float *b, float *c, int n) { product<<<132, ${threads}>>>(a, b, c, n); }
`;

describe('the line above a kernel', () => {
  const lineOf = (gpu?: string, text = cuda): string => {
    const { kernels } = engineOver({}, gpu === undefined ? {} : { gpu }).engine.analyse('file:///folder/scale.cu', text, 0);
    const [first] = kernels?.cuda?.configurations ?? [];
    return kernels && first ? configurationSummary(first, kernels.devices) : '';
  };

  it('names the GPU that is named, and how many usual ones are looked at otherwise', () => {
    expect(lineOf('h100')).toBe(
      '256 threads · 1 KiB shared · about 8 to 16 registers · occupancy 100 % (warps) up to 32 registers on H100 SXM 80 GB',
    );
    expect(lineOf()).toBe(
      '256 threads · 1 KiB shared · about 8 to 16 registers · occupancy 100 % (warps) up to 32 registers on 4 usual GPUs',
    );
  });

  it('counts the occupancy with the registers it estimates where they lower it', () => {
    const [, low = 0, high = 0] = (/about (\d+) to (\d+) registers/.exec(lineOf('h100', tiled(256))) ?? []).map(Number);
    // Blocks of 8 warps on 64: as many as the 65,536 registers hold, those of a warp taken in steps of 256.
    const share = (registers: number): number => Math.round(12.5 * Math.floor(Math.floor(65536 / (Math.ceil(registers / 8) * 256)) / 8));
    expect(low).toBeGreaterThan(32);
    expect(lineOf('h100', tiled(256))).toMatch(`occupancy about ${share(high)} to ${share(low)} % (registers) on H100 SXM 80 GB`);
  });

  it('says where no block may fit with the registers it estimates', () => {
    expect(lineOf('h100', tiled(1024))).toMatch(/or no block fits on|no block fits with so many registers on/);
  });
});

/** Rows about single kernels: what is predicted, from what, and what is refused. */
import { describe, expect, it } from 'vitest';
import { validate } from '../../server/src/validation/run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

interface Row {
  readonly kind?: string;
  readonly kernel?: string;
  readonly measured?: object;
  readonly [name: string]: unknown;
}

const product = { m: 4096, n: 4096, k: 4096 };
const base = {
  id: 'one',
  kind: 'throughput',
  source: 'someone',
  language: 'cuda',
  hardware: { gpu: 'RTX A6000' },
  dtype: 'float32',
  shape: product,
};

function predicted(row: Row) {
  const [only] = validate(JSON.stringify({ ...base, ...row }), tableCatalog).rows;
  if (!only) throw new Error('no row');
  return only;
}

const gflops = (row: Row): number => Number(predicted(row).predicted.gflops);

describe('the time of a kernel from its words', () => {
  it('grows less with every step its author names', () => {
    const rates = [
      'sgemm_uncoalesced',
      'sgemm_naive',
      'sgemm_shared_tile',
      'sgemm_1d_tiling',
      'sgemm_2d_tiling',
      'sgemm_vectorized',
      'cublas',
    ].map((kernel) => gflops({ kernel }));
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(new Set(rates).size).toBe(rates.length);
  });

  it('never beats the data sheet', () => {
    for (const kernel of ['cublas', 'sgemm_double_buffer', 'v2 warp specialization', 'wmma'])
      expect(gflops({ kernel })).toBeLessThan(38_700);
  });

  it('is that of the bytes where each element stands alone', () => {
    const sum = (dtype: string) => predicted({ kernel: 'vector_add', language: 'triton', dtype, shape: { n: 2 ** 28 } }).predicted;
    const [wide, narrow] = [sum('float32'), sum('bfloat16')];
    expect(Number(wide.time_ms) / Number(narrow.time_ms)).toBeCloseTo(2, 1);
    expect(Number(wide.gbps)).toBeLessThan(768);
  });

  it('waits for loads where a thread has too few of them under way', () => {
    const time = (kernel: string) =>
      Number(predicted({ kernel, dtype: 'float16', hardware: { gpu: 'H200' }, shape: { n: 2 ** 28 } }).predicted.time_ms);
    expect(time('add_f16')).toBeGreaterThan(1.3 * time('add_f16x8_pack'));
  });

  it('says which design was taken', () => {
    expect(predicted({ kernel: 'sgemm_naive' }).assumptions).toContainEqual(
      expect.objectContaining({ value: 'one output per thread from global memory' }),
    );
  });

  it('counts a measurement once, in the first unit it is printed in', () => {
    const measured = { time_ms: 10, tflops: 13.7 };
    const { errors, untold } = validate(JSON.stringify({ ...base, kernel: 'cublas', measured }), tableCatalog);
    expect(errors.map(({ field, quantity }) => [field, quantity])).toEqual([['time_ms', 'kernel time']]);
    expect(untold).toEqual([]);
  });
});

describe('occupancy as a profiler prints it', () => {
  const launch = {
    block_size: 256,
    grid_size: 52,
    registers: 57,
    static_smem_kb: 16.38,
    driver_smem_kb: 1.02,
    smem_config_kb: 102.4,
    sms: 24,
  };

  it('is that of the launch', () => {
    const { predicted: limits } = predicted({ kind: 'occupancy', arch: 'sm_89', launch });
    expect(limits).toMatchObject({ limit_blocks_sm: 24, limit_blocks_registers: 4, limit_blocks_shared: 5, limit_blocks_warps: 6 });
    expect(limits.theoretical_occupancy_pct).toBeCloseTo(66.67, 1);
    expect(limits.waves_per_sm).toBeCloseTo(52 / (24 * 4), 9);
  });

  it('leaves out what registers decide where they are not stated', () => {
    const { registers: _, ...rest } = launch;
    const { predicted: limits } = predicted({ kind: 'occupancy', arch: 'sm_89', launch: rest });
    expect(Object.keys(limits)).not.toContain('limit_blocks_registers');
    expect(Object.keys(limits)).not.toContain('theoretical_occupancy_pct');
  });
});

describe('what is refused, and why', () => {
  it.each([
    [{ hardware: { gpu: 'unstated next to the table' }, kernel: 'softmax' }, 'the GPU is not stated'],
    [
      { kernel: 'frobnicate', shape: { n: 4 } },
      'what the kernel computes is not told by its name, and its sizes are not those of a product',
    ],
    [{ kernel: 'softmax', shape: { label: 'large' } }, 'the sizes of the operands are not stated'],
    [{ kind: 'resources', arch: 'sm_80' }, 'what a compiler makes of a kernel needs its source, which the row does not hold'],
    [{ kind: 'occupancy', arch: 'sm_89', launch: {} }, 'the threads of a block are not stated'],
    [{ kind: 'occupancy', arch: 'unknown', launch: { block_size: 32 } }, 'the architecture is not stated or not known'],
  ])('%j', (row, why) => {
    expect(predicted(row).refused).toBe(why);
  });
});

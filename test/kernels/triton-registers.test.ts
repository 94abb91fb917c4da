/** What a Triton kernel asks registers and shared memory for, from its text. */
import { beforeAll, describe, expect, it } from 'vitest';
import { tritonRegisterDemand } from '../../server/src/core/kernels/triton/register-demand.ts';
import { estimatedTritonRegisters, mostRegisters, sharedOn, tritonOccupancy } from '../../server/src/core/kernels/triton/resources.ts';
import { findArchitecture } from '../../server/src/data/architectures.ts';
import { analyse, startParsers } from '../rules/workspace.ts';

beforeAll(startParsers);

const head = 'import triton\nimport triton.language as tl\n\n\n';

function configurationsOf(text: string) {
  const log: string[] = [];
  const found = analyse([{ name: 'k.py', text: head + text }], { gpu: 'h100' }, log).get('k.py')?.kernels?.triton?.configurations ?? [];
  expect(log).toEqual([]);
  return found;
}

function architecture(id: string) {
  const found = findArchitecture(id);
  if (!found) throw new Error(`${id} is not known`);
  return found;
}

const matmul = (more = ''): string => `@triton.autotune(
    configs=[triton.Config({"BM": 128, "BN": 128, "BK": 32}, num_stages=3, num_warps=8)],
    key=["K"],
)
@triton.jit
def matmul(a_ptr, b_ptr, c_ptr, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, WIDE: tl.constexpr = False):
    rows, columns = tl.arange(0, BM), tl.arange(0, BN)
    inner = tl.arange(0, BK)
    total = tl.zeros((BM, BN), dtype=tl.float32)
    for k in range(0, K, BK):
        a = tl.load(a_ptr + rows[:, None] * K + inner[None, :] + k)
        b = tl.load(b_ptr + (inner[:, None] + k) * BN + columns[None, :])
${more}        total += tl.dot(a, b)
    tl.store(c_ptr + rows[:, None] * BN + columns[None, :], total)
`;

const demandOf = (text: string, id = 'sm_90') => configurationsOf(text).map((one) => tritonRegisterDemand(one, architecture(id)));

describe('registers of a Triton kernel', () => {
  it('count the numbers that are needed together, each name once however often it is set', () => {
    // 128 x 128 numbers and (128 + 128) x 32 operands of 16 bits over 256 threads.
    expect(demandOf(matmul())).toEqual([{ values: 64, operands: 16, hasLoop: true, unknown: 0 }]);
    expect(demandOf(matmul(), 'gfx942')).toEqual([{ values: 32, operands: 8, hasLoop: true, unknown: 0 }]);
  });

  it('leave out what a compile-time value rules out, and what is needed no more', () => {
    const scaled = (test: string): string => matmul(`        if ${test}:\n            x = tl.exp(a)\n            a = x * 2.0\n`);
    expect(demandOf(scaled('not WIDE'))[0]?.values).toBe(64 + 16);
    expect(demandOf(scaled('WIDE'))[0]?.values).toBe(64);
  });

  it('are not estimated where a block has no known shape', () => {
    const text = matmul('        s = tl.load(helper(a_ptr))\n');
    expect(demandOf(text)[0]?.unknown).toBe(1);
    expect(configurationsOf(text).map((one) => estimatedTritonRegisters(one, architecture('sm_90')))).toEqual([undefined]);
  });

  it('have a band that the program leaves room for, and lead to an occupancy', () => {
    const [one] = configurationsOf(matmul());
    const registers = one && estimatedTritonRegisters(one, architecture('sm_90'));
    expect(registers?.low).toBeGreaterThan(64);
    expect(registers?.high).toBeLessThan(255);
    const occupancy = one && tritonOccupancy(one, architecture('sm_90'));
    expect(occupancy?.least.blocks).toBeGreaterThan(0);
    expect(occupancy?.most.share).toBeGreaterThanOrEqual(occupancy?.least.share ?? 1);
    // Thirty-two warps share the file.
    expect(one && mostRegisters({ ...one, numWarps: 32 }, architecture('sm_90'))).toBe(64);
  });
});

describe('shared memory of a Triton kernel', () => {
  const tile = (128 * 32 + 32 * 128) * 2;
  const sharedOf = (text: string, id: string) => configurationsOf(text).map((one) => sharedOn(one, architecture(id)))[0];

  it('is that of all stages where wgmma reads it, one less elsewhere, and one buffer for sure on AMD', () => {
    expect(sharedOf(matmul(), 'sm_90')).toMatchObject({ least: 3 * tile, most: 3 * tile });
    expect(sharedOf(matmul(), 'sm_80')).toMatchObject({ least: 2 * tile, most: 3 * tile });
    expect(sharedOf(matmul(), 'gfx942')).toMatchObject({ least: tile });
    expect(sharedOf(matmul().replace('"BM": 128', '"BM": 32'), 'sm_90')?.least).toBe(2 * (32 * 32 + 32 * 128) * 2);
  });

  it('is not multiplied where the loop goes round once', () => {
    expect(sharedOf(matmul().replace('range(0, K, BK)', 'range(0, 32, BK)'), 'sm_90')).toMatchObject({ least: tile / 2, most: tile });
  });
});

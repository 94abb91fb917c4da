/** Occupancy against Nsight Compute's own tables, the figures of cuda_occupancy.h, and properties that must hold everywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../server/src/core/kernels/architecture.ts';
import { type BlockResources, type Occupancy, occupancyOf } from '../../server/src/core/kernels/occupancy.ts';
import { architectures, findArchitecture } from '../../server/src/data/architectures.ts';

function architecture(id: string): Architecture {
  const found = findArchitecture(id);
  if (!found) throw new Error(`no architecture ${id}`);
  return found;
}

const block = (threads: number, registersPerThread: number, staticShared = 0, dynamicShared = 0, sharedConfigured?: number) =>
  ({
    threads,
    registersPerThread,
    staticShared,
    dynamicShared,
    ...(sharedConfigured === undefined ? {} : { sharedConfigured }),
  }) satisfies BlockResources;

interface Report {
  readonly report: string;
  readonly id: string;
  readonly resources: BlockResources;
  readonly limits: Partial<Occupancy['limits']>;
  readonly percent?: number;
}

/**
 * Sections "Launch Statistics" and "Occupancy" of public Nsight Compute reports: blocks by multiprocessor, registers,
 * shared memory and warps. The first column says which report.
 */
const reports: readonly Report[] = [
  {
    report: 'ncu 23631575129',
    id: 'sm_86',
    resources: block(256, 16, 4096, 0, 65_536),
    limits: { blocks: 16, registers: 16, 'shared memory': 12, warps: 6 },
    percent: 100,
  },
  {
    report: 'ncu 43402019441',
    id: 'sm_89',
    resources: block(256, 57, 16_384, 0, 102_400),
    limits: { blocks: 24, registers: 4, 'shared memory': 5, warps: 6 },
    percent: 66.67,
  },
  {
    report: 'ncu 57014509795',
    id: 'sm_80',
    resources: block(256, 16, 0, 0, 32_768),
    limits: { blocks: 32, registers: 16, 'shared memory': 32, warps: 8 },
  },
  {
    report: 'ncu 43623266874',
    id: 'sm_80',
    resources: block(256, 26, 0, 0, 32_768),
    limits: { blocks: 32, registers: 8, 'shared memory': 32, warps: 8 },
  },
  {
    report: 'learn-cuda, cuBLAS',
    id: 'sm_89',
    resources: block(256, 216, 0, 49_152, 65_536),
    limits: { blocks: 24, registers: 1, 'shared memory': 1, warps: 6 },
    percent: 16.67,
  },
  {
    report: 'ncu 67663408260',
    id: 'sm_90',
    resources: block(1024, 31, 12_288, 0, 32_768),
    limits: { 'shared memory': 2, registers: 2, warps: 2 },
    percent: 100,
  },
  { report: 'ncu 58090719535', id: 'sm_86', resources: block(128, 111, 0, 67_584, 102_400), limits: { 'shared memory': 1 } },
];

describe('occupancy', () => {
  it.each(reports)('$report on $id', ({ id, resources, limits, percent }) => {
    const occupancy = occupancyOf(architecture(id), resources);
    expect(occupancy.limits).toMatchObject(limits);
    if (percent !== undefined) expect(occupancy.share * 100).toBeCloseTo(percent, 1);
  });

  it.each([
    // Registers are given to warps inside a partition: 200 of them leave room for two warps in each of four.
    ['sm_89', 64, 200, 4],
    ['sm_89', 64, 168, 6],
    ['sm_120', 64, 128, 8],
    ['sm_120', 32, 40, 24],
    ['sm_80', 128, 170, 2],
    ['sm_80', 128, 168, 3],
    ['sm_90', 1024, 65, 0],
    ['sm_90', 1024, 64, 1],
    ['sm_75', 1024, 64, 1],
    // 512 registers of a lane: two waves of 256, eight of 64, none beyond.
    ['gfx90a', 256, 256, 2],
    ['gfx942', 256, 64, 8],
    ['gfx942', 256, 129, 3],
  ] as const)('%s: blocks of %i threads with %i registers', (id, threads, registers, blocks) => {
    const { blocks: found } = occupancyOf(architecture(id), block(threads, registers));
    expect(found).toBe(blocks);
  });

  it('allows more than 48 KiB to those that ask, and not more than the device has', () => {
    const hopper = architecture('sm_90');
    expect(occupancyOf(hopper, block(128, 32, 0, 227 * 1024)).blocks).toBe(1);
    expect(occupancyOf(hopper, block(128, 32, 0, 227 * 1024 + 1)).limitedBy).toEqual(['shared memory']);
    expect(occupancyOf(hopper, block(128, 32, 0, 227 * 1024 + 1)).blocks).toBe(0);
  });

  const anyBlock = fc.record({
    threads: fc.integer({ min: 1, max: 1024 }),
    registersPerThread: fc.integer({ min: 1, max: 255 }),
    staticShared: fc.integer({ min: 0, max: 48 * 1024 }),
    dynamicShared: fc.integer({ min: 0, max: 180 * 1024 }),
  });
  const anyArchitecture = fc.constantFrom(...architectures);

  it('never exceeds a resource of the multiprocessor', () => {
    fc.assert(
      fc.property(anyArchitecture, anyBlock, (known, resources) => {
        const { blocks, warpsPerBlock, share } = occupancyOf(known, resources);
        expect(share).toBeLessThanOrEqual(1);
        expect(blocks * warpsPerBlock * known.warpThreads * resources.registersPerThread).toBeLessThanOrEqual(
          known.registersPerMultiprocessor,
        );
        expect(blocks * (resources.staticShared + resources.dynamicShared)).toBeLessThanOrEqual(known.sharedPerMultiprocessor);
      }),
    );
  });

  it('never grows with what a block takes', () => {
    fc.assert(
      fc.property(
        anyArchitecture,
        anyBlock,
        fc.integer({ min: 0, max: 64 }),
        fc.integer({ min: 0, max: 8192 }),
        (known, resources, more, bytes) => {
          const { blocks } = occupancyOf(known, resources);
          const larger = {
            ...resources,
            registersPerThread: resources.registersPerThread + more,
            dynamicShared: resources.dynamicShared + bytes,
          };
          expect(occupancyOf(known, larger).blocks).toBeLessThanOrEqual(blocks);
        },
      ),
    );
  });
});

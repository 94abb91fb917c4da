import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allGatherTime, allReduceTime } from '../../server/src/core/comms/collectives.ts';
import { place } from '../../server/src/core/comms/network.ts';
import { cluster } from './shapes.ts';

const machine = cluster('a100-sxm-80gb', 16);

describe('collectives', () => {
  it('cost nothing in a group of one', () => {
    expect(allReduceTime(place(machine, { size: 1, stride: 1 }), 1, 1e9)).toBe(0);
  });

  it('of a node stay on its links, wider groups leave it', () => {
    expect(place(machine, { size: 8, stride: 1 }).level.kind).toBe('intra-node');
    expect(place(machine, { size: 8, stride: 8 }).level.kind).toBe('inter-node');
    expect(place(machine, { size: 16, stride: 1 }).perNode).toBe(8);
  });

  it('move (n - 1)/n of the bytes for a gather and twice that for an all-reduce, beside the copy of their own part', () => {
    const placement = place(machine, { size: 8, stride: 1 });
    const slope = (time: (bytes: number) => number) => (time(4e9) - time(2e9)) / 2e9;
    const rate = 1 / placement.level.bandwidth;
    const copy = rate / 16;
    expect(slope((bytes) => allGatherTime(placement, 8, bytes))).toBeCloseTo((7 / 8) * rate + copy, 15);
    expect(slope((bytes) => allReduceTime(placement, 8, bytes))).toBeCloseTo((14 / 8) * rate + copy, 15);
  });

  it('take longer for more bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8, 16, 64), fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (size, x, y) => {
        const placement = place(machine, { size, stride: 1 });
        expect(allReduceTime(placement, size, x + y)).toBeGreaterThan(allReduceTime(placement, size, x));
      }),
    );
  });

  it('on a DGX A100 reach the bus bandwidth nccl-tests shows, within a fifth', () => {
    // 8 GPUs, 1 GiB all-reduce: about 230 GB/s bus bandwidth (nccl-tests on A100 NVSwitch nodes).
    const time = allReduceTime(place(machine, { size: 8, stride: 1 }), 8, 2 ** 30);
    const bus = (2 * (7 / 8) * 2 ** 30) / time / 1e9;
    expect(Math.abs(bus / 230 - 1)).toBeLessThan(0.2);
  });
});

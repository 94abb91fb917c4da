import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allToAllTime, placesReached } from '../../server/src/core/comms/all-to-all.ts';
import { allGatherTime, allReduceTime, broadcastTime, reduceScatterTime, sendTime } from '../../server/src/core/comms/collectives.ts';
import { groupsOf } from '../../server/src/core/comms/groups.ts';
import { type Placement, place } from '../../server/src/core/comms/network.ts';
import { chooseForAllReduce } from '../../server/src/core/comms/protocol-choice.ts';
import type { Cluster } from '../../server/src/core/hardware.ts';
import { accelerators, findNetwork } from '../../server/src/data/index.ts';
import { cluster, trainingJob } from './shapes.ts';

const machine = cluster('a100-sxm-80gb', 16);
const hopper = cluster('h100-sxm-80gb', 16);
const whole = (on: Cluster, size: number): Placement => place(on, { size, stride: 1 });
const bus = (time: number, size: number, bytes: number): number => (2 * ((size - 1) / size) * bytes) / time / 1e9;

describe('collectives', () => {
  it('cost nothing in a group of one', () => {
    const alone = whole(machine, 1);
    for (const time of [allReduceTime, allGatherTime, broadcastTime, allToAllTime]) expect(time(alone, 1, 1e9)).toBe(0);
  });

  it('of a node stay on its links, wider groups leave it', () => {
    expect(whole(machine, 8).level.kind).toBe('intra-node');
    expect(place(machine, { size: 8, stride: 8 }).level.kind).toBe('inter-node');
    expect(whole(machine, 16).perNode).toBe(8);
  });

  it('move (n - 1)/n of the bytes for a gather and twice that for an all-reduce, beside the copy of their own part', () => {
    const placement = whole(machine, 8);
    const slope = (time: (bytes: number) => number) => (time(4e9) - time(2e9)) / 2e9;
    const rate = 1 / placement.level.bandwidth;
    const copy = rate / 16;
    expect(slope((bytes) => allGatherTime(placement, 8, bytes))).toBeCloseTo((7 / 8) * rate + copy, 15);
    expect(slope((bytes) => allReduceTime(placement, 8, bytes))).toBeCloseTo((14 / 8) * rate + copy, 15);
  });

  it('never beat the links they use', () => {
    const sizes = fc.constantFrom(2, 4, 8, 16, 64);
    fc.assert(
      fc.property(fc.constantFrom(...accelerators), sizes, fc.integer({ min: 1, max: 2e9 }), (accelerator, size, bytes) => {
        const on = { ...machine, accelerator };
        const placement = whole(on, size);
        // Every rank takes in the parts of the others over its own links, a node those of other nodes over its ports.
        const out = size > placement.perNode ? placement.level.line * placement.perNode : Number.POSITIVE_INFINITY;
        const least = (bytes * (1 - 1 / size)) / Math.max(placement.intra.line, Math.min(out, placement.intra.line));
        expect(allGatherTime(placement, size, bytes)).toBeGreaterThan(least * 0.999);
        expect(allToAllTime(placement, size, bytes)).toBeGreaterThan(0);
        expect(Number.isFinite(sendTime(placement, bytes))).toBe(true);
      }),
    );
  });

  it('take longer for twice the bytes, but never more than twice as long once the protocol is settled', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8, 16, 64), fc.integer({ min: 2 ** 28, max: 2 ** 32 }), (size, bytes) => {
        for (const on of [machine, hopper]) {
          const placement = whole(on, size);
          for (const time of [allReduceTime, allGatherTime, reduceScatterTime, broadcastTime, allToAllTime]) {
            const [once, twice] = [time(placement, size, bytes), time(placement, size, 2 * bytes)];
            expect(twice).toBeGreaterThan(once);
            expect(twice).toBeLessThanOrEqual(2 * once * 1.001);
          }
        }
      }),
    );
  });

  it('of a few bytes cost latency, more of it for more ranks and nodes', () => {
    const small = (size: number) => allReduceTime(whole(machine, size), size, 1024);
    const times = [2, 4, 8, 16, 64, 128].map(small);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(times[0]).toBeGreaterThan(5e-6);
    expect(times.at(-1)).toBeLessThan(3e-4);
  });

  it('reach on nodes with NVSwitch the bus bandwidth nccl-tests shows for 1 GiB over 8 GPUs', () => {
    const shown = [
      [machine, 229],
      [hopper, 445],
    ] as const;
    for (const [on, expected] of shown) {
      const reached = bus(allReduceTime(whole(on, 8), 8, 2 ** 30), 8, 2 ** 30);
      expect(Math.abs(reached / expected - 1)).toBeLessThan(0.08);
    }
  });
});

describe('the choice of NCCL', () => {
  const choice = (on: Cluster, size: number, bytes: number) => {
    const placement = whole(on, size);
    const { algorithm, protocol } = chooseForAllReduce(placement, size, Math.ceil(size / placement.perNode), bytes);
    return `${algorithm} ${protocol}`;
  };

  it.each([
    // Protocols: 0 low latency, 1 low latency 128, 2 simple.
    [machine, 2, 512 * 1024, 'ring 0'],
    [machine, 2, 2 ** 21, 'ring 2'],
    [machine, 8, 2 ** 22, 'ring 1'],
    [machine, 8, 2 ** 28, 'ring 2'],
    [hopper, 8, 2 ** 28, 'in-switch 2'],
    [hopper, 2, 2 ** 28, 'ring 2'],
    [machine, 128, 2 ** 14, 'tree 0'],
    [machine, 128, 2 ** 31, 'ring 2'],
  ] as const)('case %#', (on, size, bytes, expected) => {
    expect(choice(on, size, bytes)).toBe(expected);
  });
});

describe('placement', () => {
  it('keeps a rack of NVL72 on its links and leaves it beyond', () => {
    const rack: Cluster = { ...cluster('nvidia-gb200', 36), gpusPerNode: 4 };
    expect(whole(rack, 64).level.label).toBe('NVLink');
    expect(whole(rack, 144).level.kind).toBe('inter-node');
    expect(whole(rack, 144).perNode).toBe(72);
  });

  it('gives a pair of V100 one link of the cube mesh and the node six', () => {
    const dgx = cluster('nvidia-v100-sxm-32gb', 1);
    expect(whole(dgx, 2).intra.line).toBe(25e9);
    expect(whole(dgx, 8).intra.line).toBe(150e9);
  });

  it('goes over PCIe between cards without links, and through the host between those that may not reach each other', () => {
    const datacentre = whole(cluster('nvidia-l40s', 1), 4);
    const desktop = whole(cluster('nvidia-rtx-4090', 1), 4);
    expect(datacentre.level.label).toBe('PCIe');
    expect(desktop.level.bandwidth).toBeLessThan(0.6 * datacentre.level.bandwidth);
  });

  it('uses a bridge for the pair it joins and PCIe for the rest', () => {
    const plain = cluster('nvidia-rtx-a6000', 1);
    const { bridge } = plain.accelerator;
    if (!bridge) throw new Error('the data sheet has no bridge');
    const links = { kind: 'NVLink bridge', bandwidth: bridge.bandwidth, domainGpus: bridge.gpus, wiring: 'direct' as const };
    const bridged: Cluster = { ...plain, accelerator: { ...plain.accelerator, scaleUp: links } };
    expect(whole(bridged, 2).level.label).toBe('NVLink bridge');
    expect(whole(bridged, 4).level.label).toBe('PCIe');
    expect(place(bridged, { size: 2, stride: 2 }).level.label).toBe('PCIe');
  });

  it('is slower where one port serves eight GPUs than where each has its own', () => {
    const scaleOut = findNetwork('infiniband-edr-400-per-node');
    if (!scaleOut) throw new Error('no such network');
    const time = (on: Cluster) => allReduceTime(whole(on, 32), 32, 1e9);
    expect(time({ ...machine, scaleOut })).toBeGreaterThan(2.5 * time(machine));
  });
});

describe('the order of ranks', () => {
  it('puts stages beside each other and DP outermost when the pipeline lies inside', () => {
    const groups = (inside: boolean) =>
      groupsOf(trainingJob({ 'parallel.tensor': 2, 'parallel.pipelineInsideData': inside, 'parallel.data': 64 }));
    expect(groups(false).pipeline.stride).toBe(2 * 64);
    expect(groups(false).data.stride).toBe(2);
    expect(groups(true).pipeline.stride).toBe(2);
    expect(groups(true).data.stride).toBe(2 * 8);
    for (const inside of [true, false]) {
      const { data, pipeline } = groups(inside);
      // Both fill the job: the outer group's span is all ranks.
      expect(Math.max(data.size * data.stride, pipeline.size * pipeline.stride)).toBe(1024);
    }
  });
});

describe('an all-to-all', () => {
  it('reaches every place at most once, and all of them with many copies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 1, max: 64 }), (places, copies) => {
        const reached = placesReached(places, copies);
        expect(reached).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(reached).toBeLessThanOrEqual(Math.min(places, copies) + 1e-9);
      }),
    );
  });

  it('that sends one copy of a token per node takes less than one that sends all', () => {
    for (const size of [16, 32, 64]) {
      const placement = whole(hopper, size);
      const flat = allToAllTime(placement, size, 8 * 3e7, 'flat', 8);
      expect(allToAllTime(placement, size, 8 * 3e7, 'deepep', 8)).toBeLessThan(flat);
    }
  });

  it('in two steps pays for fewer partners: less for small messages to many ranks, more for large ones', () => {
    const wide = whole(hopper, 128);
    const time = (bytes: number, kind: 'flat' | 'hierarchical') => allToAllTime(wide, 128, bytes, kind);
    expect(time(1e5, 'hierarchical')).toBeLessThan(time(1e5, 'flat'));
    expect(time(1e9, 'hierarchical')).toBeGreaterThan(time(1e9, 'flat'));
  });

  it('without a proxy costs least for the few tokens of a decoding step, and most where copies repeat', () => {
    const placement = whole(hopper, 64);
    const time = (bytes: number, kind: 'flat' | 'deepep' | 'low-latency') => allToAllTime(placement, 64, bytes, kind, 8);
    expect(time(1e6, 'low-latency')).toBeLessThan(time(1e6, 'flat'));
    expect(time(1e9, 'low-latency')).toBeGreaterThan(time(1e9, 'deepep'));
  });

  it('with one copy is nearly the same for both', () => {
    const placement = whole(hopper, 64);
    const ratio = allToAllTime(placement, 64, 1e9, 'deepep', 1) / allToAllTime(placement, 64, 1e9, 'flat', 1);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.2);
  });
});

describe('a torus', () => {
  const pod = (gpu: string, nodes: number): Cluster => ({ ...cluster(gpu, nodes), gpusPerNode: 4 });

  it('moves a gather over all links of a chip, and a second slice over the data centre', () => {
    const slice = pod('google-tpu-v5e', 64);
    const placement = whole(slice, 256);
    expect(placement.level.wiring).toBe('torus');
    const time = allGatherTime(placement, 256, 1e9);
    expect(1e9 / time).toBeGreaterThan(0.7 * placement.intra.line);
    const two = whole(pod('google-tpu-v5e', 128), 512);
    expect(two.perNode).toBe(256);
    expect(allReduceTime(two, 512, 1e9)).toBeGreaterThan(allReduceTime(placement, 256, 1e9));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCalibration, sustainedCalibration } from '../../server/src/core/calibration/compute.ts';
import { type AttentionShape, attentionBackward, attentionForward } from '../../server/src/core/compute/attention.ts';
import { batchedGemmTime, describeDevice, gemmTime, type ScaleLayout, weightGradientTime } from '../../server/src/core/compute/gemm.ts';
import { groupedGemmTime } from '../../server/src/core/compute/grouped-gemm.ts';
import type { NumberFormat } from '../../server/src/core/job-fields.ts';
import { findAccelerator } from '../../server/src/data/index.ts';

function device(name: string, format: NumberFormat = 'bf16', scales: ScaleLayout = 'tensor') {
  const accelerator = findAccelerator(name);
  const found = accelerator && describeDevice(accelerator, format, computeCalibration(accelerator.architecture), scales);
  if (!found) throw new Error(`no device ${name}`);
  return found;
}

const names = ['a100-sxm-80gb', 'h100-sxm-80gb', 'b200', 'mi300x', 'tpu v5p', 'v100-sxm-32gb', 'l40s'];
const size = fc.integer({ min: 1, max: 16384 });
const flash: AttentionShape = {
  batch: 2,
  queries: 4096,
  keys: 4096,
  heads: 16,
  headDim: 128,
  causal: true,
  kernel: 'flash',
  dropout: false,
  newest: true,
};

describe.each(names)('products on %s', (name) => {
  const d = device(name);

  it('never beat the roofline and never get cheaper by growing in depth', () => {
    fc.assert(
      fc.property(size, size, size, (m, n, k) => {
        const time = gemmTime(d, m, n, k, false);
        expect(time).toBeGreaterThanOrEqual(Math.max((2 * m * n * k) / d.peak, (2 * (m * n + m * k + n * k)) / d.bandwidth));
        expect(gemmTime(d, m, n, 16 * k, false)).toBeGreaterThanOrEqual(gemmTime(d, m, n, 8 * k, false));
        expect(gemmTime(d, m, n, k)).toBeGreaterThanOrEqual(time);
      }),
    );
  });

  // A thousandth of room: the last wave of a batch may fall a hair worse than those of its parts.
  it('cost no more together than one after the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), size, size, size, (batch, m, n, k) => {
        expect(batchedGemmTime(d, batch, m, n, k)).toBeLessThanOrEqual(batch * gemmTime(d, m, n, k) * (1 + 1e-3));
      }),
    );
  });
});

describe('alignment', () => {
  it('a vocabulary that is not padded to 16 bytes costs more than one that is', () => {
    const d = device('a100-sxm-80gb');
    expect(gemmTime(d, 8192, 50257, 4096)).toBeGreaterThan(2 * gemmTime(d, 8192, 50304, 4096));
    const tpu = device('tpu v5p');
    expect(gemmTime(tpu, 8192, 50257, 4096)).toBeLessThanOrEqual(gemmTime(tpu, 8192, 50304, 4096));
  });
});

describe('experts', () => {
  const d = device('h100-sxm-80gb');

  it('with few tokens cost the reading of their weights', () => {
    const few = groupedGemmTime(d, 64, 2, 4096, 2048);
    const weights = (64 * 4096 * 2048 * 2) / d.bandwidth;
    expect(few).toBeGreaterThan(weights);
    expect(few).toBeLessThan(2 * weights);
    expect(groupedGemmTime(d, 64, 4, 4096, 2048) / few).toBeLessThan(1.05);
  });

  it('that no token visits are not read', () => {
    expect(groupedGemmTime(d, 64, 0.25, 4096, 2048)).toBeLessThan(groupedGemmTime(d, 64, 1, 4096, 2048));
  });
});

describe('formats', () => {
  it.each([
    ['h100-sxm-80gb', 'fp8', 1.5, 2],
    ['b200', 'fp8', 1.5, 2.1],
    ['b200', 'fp4', 2.2, 4],
  ] as const)('%s: large products in %s are between %d and %d times as fast as in 16 bits', (name, format, low, high) => {
    const gain = gemmTime(device(name), 8192, 8192, 8192) / gemmTime(device(name, format), 8192, 8192, 8192);
    expect(gain).toBeGreaterThan(low);
    expect(gain).toBeLessThan(high);
  });

  it('blocks of scales cost speed on Hopper, where software adds them up', () => {
    const tensor = device('h100-sxm-80gb', 'fp8', 'tensor');
    const block = device('h100-sxm-80gb', 'fp8', 'block');
    expect(gemmTime(block, 8192, 4096, 4096)).toBeGreaterThan(gemmTime(tensor, 8192, 4096, 4096));
  });

  it('adding into an fp32 gradient costs most where few tokens make it', () => {
    const d = device('a100-sxm-80gb');
    const extra = (tokens: number) => weightGradientTime(d, 12288, 6144, tokens, 4) / weightGradientTime(d, 12288, 6144, tokens, 0);
    expect(extra(1024)).toBeGreaterThan(extra(8192));
    expect(extra(8192)).toBeGreaterThan(1);
  });
});

describe('fused attention', () => {
  const d = device('h100-sxm-80gb');

  it('costs half under a causal mask, and a window caps its growth', () => {
    const long = { ...flash, queries: 32768, keys: 32768 };
    expect(attentionForward(d, { ...long, causal: false }) / attentionForward(d, long)).toBeCloseTo(2, 1);
    const window = { ...long, window: 1024 };
    const longer = { ...window, queries: 65536, keys: 65536 };
    expect(attentionForward(d, longer) / attentionForward(d, window)).toBeCloseTo(2, 1);
    expect(attentionForward(d, { ...long, window: 65536 })).toBe(attentionForward(d, long));
  });

  it('is faster with the newest kernel, slower per FLOP with small heads, and grouped keys never cost more', () => {
    expect(attentionForward(d, flash)).toBeLessThan(attentionForward(d, { ...flash, newest: false }));
    expect(attentionForward(d, { ...flash, headDim: 64, heads: 32 })).toBeGreaterThan(attentionForward(d, flash));
    expect(attentionForward(d, { ...flash, keyValueHeads: 2 })).toBeLessThanOrEqual(attentionForward(d, flash));
  });

  it('takes between 2.5 and 5 times as long backward', () => {
    fc.assert(
      fc.property(fc.integer({ min: 512, max: 65536 }), fc.constantFrom(64, 96, 128, 192, 256), (length, headDim) => {
        const shape = { ...flash, queries: length, keys: length, headDim };
        const ratio = attentionBackward(d, shape) / attentionForward(d, shape);
        expect(ratio).toBeGreaterThan(2);
        expect(ratio).toBeLessThan(5);
      }),
    );
  });

  it('scores split over ranks of a context group add up to those of one', () => {
    const whole = attentionForward(d, { ...flash, queries: 65536, keys: 65536 });
    const part = attentionForward(d, { ...flash, queries: 65536 / 8, keys: 65536 });
    expect((8 * part) / whole).toBeCloseTo(1, 1);
  });
});

describe('power', () => {
  it('moves the sustained rate with the limit of the card, never above the isolated one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 3000 }), (watts) => {
        const share = (limit: number) => sustainedCalibration({ architecture: 'Hopper', tdpWatts: { value: limit } }).sustainedShare;
        expect(share(watts)).toBeLessThanOrEqual(1);
        expect(share(watts + 100)).toBeGreaterThanOrEqual(share(watts));
      }),
    );
  });
});

describe('rows that start on 16 bytes but not on lines of the caches', () => {
  const plain = device('a100-sxm-80gb');
  const inTraining = { ...plain, lineShare: plain.calibration.lineShare };

  it('cost training on A100 more than a wider product of whole lines', () => {
    expect(gemmTime(inTraining, 8192, 7200, 1800)).toBeGreaterThan(gemmTime(inTraining, 8192, 7232, 1856));
  });

  it('cost nothing where a row lies in a line, in a batch, or where kernels are tried for each shape', () => {
    expect(gemmTime(inTraining, 8192, 4096, 16)).toBe(gemmTime(plain, 8192, 4096, 16));
    expect(batchedGemmTime(inTraining, 64, 2048, 2048, 72)).toBe(batchedGemmTime(plain, 64, 2048, 2048, 72));
    expect(gemmTime(plain, 8192, 7200, 1800)).toBeLessThan(gemmTime(plain, 8192, 7232, 1856));
  });
});

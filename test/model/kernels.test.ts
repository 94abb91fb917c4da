import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCalibration, sustainedCalibration } from '../../server/src/core/calibration/compute.ts';
import { type AttentionShape, attentionBackward, attentionFlops, attentionForward } from '../../server/src/core/compute/attention.ts';
import { describeDevice, gemmTime } from '../../server/src/core/compute/gemm.ts';
import { findAccelerator } from '../../server/src/data/index.ts';

function device(name: string) {
  const accelerator = findAccelerator(name);
  const found = accelerator && describeDevice(accelerator, 'bf16', computeCalibration(accelerator.architecture));
  if (!found) throw new Error(`no device ${name}`);
  return found;
}

const dimension = fc.integer({ min: 1, max: 32768 });

describe('matrix products', () => {
  it('are never faster than the roofline of the data sheet', () => {
    for (const name of ['a100-sxm-80gb', 'h100-sxm-80gb']) {
      const d = device(name);
      fc.assert(
        fc.property(dimension, dimension, dimension, (m, n, k) => {
          const compute = (2 * m * n * k) / d.peak;
          const memory = (2 * (m * n + m * k + n * k)) / d.bandwidth;
          expect(gemmTime(d, m, n, k, false)).toBeGreaterThan(Math.max(compute, memory));
        }),
      );
    }
  });

  // Largest measured rates (maximum achievable matmul TFLOP/s, bf16): A100 SXM 271, H100 SXM 795.
  it.each([
    ['a100-sxm-80gb', 271],
    ['h100-sxm-80gb', 795],
  ])('of good shapes on %s come within 12 %% of %d TFLOP/s', (name, measured) => {
    const rate = (2 * 8192 * 8192 * 8192) / gemmTime(device(name), 8192, 8192, 8192, false) / 1e12;
    expect(Math.abs(rate / measured - 1)).toBeLessThan(0.12);
  });

  it('run slower under a lower power limit', () => {
    const full = sustainedCalibration({ architecture: 'Hopper', tdpWatts: { value: 700 } });
    const capped = sustainedCalibration({ architecture: 'Hopper', tdpWatts: { value: 350 } });
    expect(capped.sustainedShare / full.sustainedShare).toBeCloseTo(Math.SQRT1_2, 9);
  });
});

describe('attention', () => {
  const shape: AttentionShape = {
    batch: 1,
    queries: 4096,
    keys: 4096,
    heads: 32,
    headDim: 128,
    causal: true,
    kernel: 'flash',
    dropout: false,
    newest: true,
  };

  it('counts 4 b s^2 h FLOPs, half of them under a causal mask', () => {
    expect(attentionFlops({ ...shape, kernel: 'unfused' })).toBe(4 * 4096 * 4096 * 4096);
    expect(attentionFlops(shape)).toBe(2 * 4096 * 4096 * 4096);
  });

  it('is faster fused than unfused, and slower backward than forward', () => {
    const d = device('a100-sxm-80gb');
    expect(attentionForward(d, shape)).toBeLessThan(attentionForward(d, { ...shape, kernel: 'unfused' }));
    expect(attentionBackward(d, shape)).toBeGreaterThan(2 * attentionForward(d, shape));
  });
});

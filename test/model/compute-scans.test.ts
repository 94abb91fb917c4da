import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCalibration } from '../../server/src/core/calibration/compute.ts';
import { causalConv } from '../../server/src/core/compute/causal-conv.ts';
import { chunkScan } from '../../server/src/core/compute/chunk-scan.ts';
import { deltaRule } from '../../server/src/core/compute/delta-rule.ts';
import { describeDevice } from '../../server/src/core/compute/gemm.ts';
import { selectiveScan } from '../../server/src/core/compute/selective-scan.ts';
import { findAccelerator } from '../../server/src/data/index.ts';

function device(name: string) {
  const accelerator = findAccelerator(name);
  const found = accelerator && describeDevice(accelerator, 'bf16', computeCalibration(accelerator.architecture));
  if (!found) throw new Error(`no device ${name}`);
  return found;
}

const h100 = device('h100-sxm-80gb');
const scans = {
  'selective scan': (tokens: number) => selectiveScan(h100, { tokens, inner: 4096, state: 16 }),
  'chunk scan': (tokens: number) => chunkScan(h100, { tokens, heads: 64, headDim: 64, groups: 8, state: 128, chunk: 256 }),
  'delta rule': (tokens: number) => deltaRule(h100, { batch: 1, sequence: tokens, heads: 32, keyDim: 128, valueDim: 128 }),
  convolution: (tokens: number) => causalConv(h100, tokens, 4096, 4),
};

describe.each(Object.entries(scans))('%s', (_, work) => {
  it('takes longer backward than forward, and never less for more tokens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 512 }), (chunks) => {
        const one = work(chunks * 256);
        const two = work(2 * chunks * 256);
        expect(one.forward).toBeGreaterThan(0);
        expect(one.backward).toBeGreaterThan(one.forward);
        expect(two.forward).toBeGreaterThanOrEqual(one.forward);
        expect(two.flops / one.flops).toBeCloseTo(2, 9);
      }),
    );
  });

  it('grows with the tokens, not with their square', () => {
    expect(work(131072).forward / work(65536).forward).toBeCloseTo(2, 1);
  });

  it('never beats the peak of the device', () => {
    const { forward, flops } = work(65536);
    expect(flops / forward).toBeLessThan(h100.peak);
  });
});

describe('linear attention', () => {
  it('overtakes full attention as sequences grow: a scan of 64 heads costs less than its square long before 64k tokens', () => {
    const tokens = 65536;
    const scan = scans['chunk scan'](tokens).forward;
    const square = (2 * tokens * tokens * 64 * 64) / h100.peak;
    expect(scan).toBeLessThan(square / 4);
  });

  it('carries the state of a short batch one chunk after the other', () => {
    const heads = { keyDim: 128, valueDim: 128 };
    const alone = deltaRule(h100, { batch: 1, sequence: 65536, heads: 2, ...heads }).forward;
    const many = deltaRule(h100, { batch: 64, sequence: 1024, heads: 2, ...heads }).forward;
    expect(alone).toBeGreaterThan(1.5 * many);
  });
});

import { describe, expect, test } from 'vitest';
import { withMaxTextScript } from '../../server/src/validation/maxtext.ts';
import { reportingOf } from '../../server/src/validation/reporting.ts';
import type { CaseInput } from '../../server/src/validation/row.ts';
import { doubled, layerTimes } from '../../server/src/validation/single-layer.ts';
import { type Stack, stackOf } from '../../server/src/validation/stack.ts';

const row = (more: Partial<CaseInput>): CaseInput => ({ id: 'x', kind: 'memory', ...more });

describe('software is told from words', () => {
  const cases: readonly (readonly [Stack, Partial<CaseInput>])[] = [
    ['megatron-deepspeed', { source: 'BigScience tr11 chronicles' }],
    ['megatron-bridge', { source: 'NVIDIA Megatron-Bridge performance summary' }],
    ['torchtitan', { parallel: { fsdp: 'FSDP2', tp: 1 } }],
    ['fsdp', { parallel: { fsdp: 'FULL_SHARD', dp: 8 }, hardware: { gpus: 8 } }],
    ['huggingface', { note: 'HF SFTTrainer, packed' }],
    ['huggingface', { task: 'LoRA', hardware: { gpus: 1 } }],
    ['litgpt', { source: 'LitGPT resource tables' }],
    ['deepspeed', { parallel: { zero: 3, dp: 64 }, hardware: { gpus: 64 } }],
    ['megatron-lm', { parallel: { tp: 8, pp: 4 }, hardware: { gpus: 64 } }],
  ];
  test.each(cases)('%s', (stack, more) => {
    expect(stackOf(row(more))).toBe(stack);
  });
});

describe('what a source reports', () => {
  test('the memory counter: stated, by the note, by the habit of the software', () => {
    expect(reportingOf(row({ memKind: 'reserved', source: 'LitGPT resource tables' })).memory).toBe('reserved');
    expect(reportingOf(row({ note: 'Peak Memory Active' })).memory).toBe('allocated');
    expect(reportingOf(row({ source: 'LitGPT resource tables' })).memory).toBe('allocated');
    expect(reportingOf(row({ memKind: 'nvidia-smi' })).memory).toBe('device');
  });

  test('whose FLOPs: each source its formula, and the choice is recorded', () => {
    const of = (source: string, note = '') => reportingOf(row({ source, note })).flops;
    expect(of('Megatron-LM README model table')).toBe('megatron');
    expect(of('NVIDIA Megatron-Bridge performance summary')).toBe('megatron-causal');
    expect(of('MosaicML llm-foundry training benchmarks')).toBe('llm-foundry');
    expect(of('BigScience', 'TFLOPs by the older formula')).toBe('layers-only');
    expect(reportingOf(row({})).assumptions.map(({ why }) => why)).toContain('MFU and FLOP/s are counted as the source does');
  });

  test('GB of software that divides by 2^30 are GiB', () => {
    expect(reportingOf(row({ source: 'torchtune README' })).gigabyte).toBe(2 ** 30);
    expect(reportingOf(row({ source: 'LitGPT resource tables' })).gigabyte).toBe(1e9);
  });
});

describe("MaxText's scripts", () => {
  const shape = (scale: string, gpu: string) =>
    withMaxTextScript(row({ model: { name: `MaxText ${scale}B` }, hardware: { gpu, gpus: 256 } }));

  test.each(['16', '32', '64', '128', '256', '512', '1024'])('%s billion parameters are about that many', (scale) => {
    const gpu = Number(scale) <= 16 ? 'TPU v5e' : 'TPU v5p';
    const { layers = 0, hidden = 0, heads = 0, head_dim = 0, ffn = 0, vocab = 0 } = shape(scale, gpu).model ?? {};
    const count = layers * (4 * hidden * heads * head_dim + 3 * hidden * ffn) + 2 * vocab * hidden;
    expect(count / 1e9 / Number(scale)).toBeGreaterThan(0.9);
    expect(count / 1e9 / Number(scale)).toBeLessThan(1.1);
  });

  test('other rows stay as they are', () => {
    const other = row({ model: { name: 'MaxText 17B' }, hardware: { gpu: 'TPU v5e', gpus: 256 } });
    expect(withMaxTextScript(other)).toBe(other);
  });
});

test('a second layer doubles patterns too', () => {
  expect(doubled({ 'model.layers': 1, 'model.mixerPattern': '.', 'model.ffnPattern': 'E' })).toEqual({
    'model.layers': 2,
    'model.mixerPattern': '..',
    'model.ffnPattern': 'EE',
  });
  type Estimate = Parameters<typeof layerTimes>[0];
  const estimate = (forward: number) => ({ schedule: { times: [[{ forward, backward: 2 * forward }]] } }) as unknown as Estimate;
  const times = layerTimes(estimate(0.003), estimate(0.005), 4);
  expect(times.layer_forward_ms).toBeCloseTo(2);
  expect(times.layer_backward_ms).toBeCloseTo(4);
  expect(times.layer_forward_ms_per_sample).toBeCloseTo(0.5);
});

/** `rooflint mix`: what is rented, what cannot be, and mistakes in how it is asked. */
import { describe, expect, test } from 'vitest';
import { folderWith, rooflint } from './run.ts';

const serve = 'vllm serve meta-llama/Llama-3.1-8B-Instruct --max-model-len 8192\n';
const load = ['--isl', '500', '--osl', '20', '--slo', 'ttft=2s,tpot=100ms,share=0.9'];

interface Json {
  readonly mix: {
    readonly servers: readonly { readonly kind: { readonly label: string }; readonly count: number; readonly load: number }[];
    readonly pricePerHour: number;
  };
  readonly cheapest: number;
  readonly dearest: number;
  readonly tried: readonly {
    readonly label: string;
    readonly refused?: string;
    readonly kind?: { readonly sustained: readonly number[] };
  }[];
  readonly alone: readonly { readonly label: string; readonly mix?: { readonly pricePerHour: number } }[];
}

const mix = (args: readonly string[]) => rooflint(['mix', 'serve.sh', ...args], folderWith({ 'serve.sh': serve }));

test('rents enough servers, whole ones, and is no dearer than any kind alone', async () => {
  const { code, out, error } = await mix(['--rent', 'h100=3', '--rent', 'a100-80gb=1.8', '--rate', '60', '--tp', '1', '--json', ...load]);
  expect(error).toBe('');
  expect(code).toBe(0);
  const found = JSON.parse(out) as Json;
  const { servers, pricePerHour } = found.mix;
  for (const { count, load: busy } of servers) {
    expect(Number.isInteger(count)).toBe(true);
    expect(busy).toBeLessThanOrEqual(1 + 1e-6);
  }
  for (const { mix: alone } of found.alone)
    expect(pricePerHour).toBeLessThanOrEqual((alone?.pricePerHour ?? Number.POSITIVE_INFINITY) + 1e-6);
  expect(found.cheapest).toBeLessThanOrEqual(pricePerHour);
  expect(found.dearest).toBeGreaterThanOrEqual(pricePerHour);
});

test('a GPU that is too small is refused in words, and the table says so', async () => {
  const { code, out } = await mix(['--rent', 'h100=3', '--rent', 't4=0.3', '--rate', '5', '--tp', '1', ...load]);
  expect(code).toBe(0);
  expect(out).toMatch(/1 x NVIDIA T4 +the weights do not fit/);
  expect(out).toMatch(/^1 x NVIDIA H100 SXM 80 GB +1 +\$3\.00/m);
});

describe('mistakes', () => {
  test.each([
    [['--rent', 'h100', '--rate', '5'], /--rent must be like h100=2\.99/],
    [['--rent', 'warp9=1', '--rate', '5'], /no data sheet for the GPU "warp9"/],
    [['--rent', 'h100=3'], /say how many requests come/],
    [['--rent', 'h100=3', '--rate', '5', '--slo', 'tpot=1us'], /no server meets the latency limits/],
  ])('%j', async (args, message) => {
    const { code, error } = await mix([...load, '--tp', '1', ...args]);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});

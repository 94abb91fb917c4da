/** Rows of serving engines as jobs: engines, schemes, memory of cards without a data sheet, releases in remarks. */
import { describe, expect, test } from 'vitest';
import { readRows } from '../../server/src/validation/row.ts';
import { rowToJob } from '../../server/src/validation/row-to-job.ts';
import { predictRow } from '../../server/src/validation/run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const base = { id: 'x', source: 'x', kind: 'kv_capacity', engine: { name: 'vllm' }, hardware: { gpu: 'H100', gpus: 1 } };

function inputOf(row: object) {
  const [reading] = readRows(JSON.stringify({ ...base, ...row }));
  if (reading === undefined || !('row' in reading)) throw new Error('the row cannot be read');
  return reading.row.input;
}

function mapped(row: object) {
  const mapping = rowToJob(inputOf(row), tableCatalog);
  if ('refused' in mapping) throw new Error(mapping.refused);
  return { job: mapping.candidates[0]?.job ?? {}, framework: mapping.framework, cluster: mapping.cluster };
}

const llama = { id: 'meta-llama/Llama-3.1-8B-Instruct' };

test.each([
  ['sglang', 'sglang'],
  ['vllm-ascend', 'vllm'],
  ['ipex-llm vllm', 'vllm'],
  ['tensorrt-llm', 'tensorrt-llm'],
  ['lmdeploy', 'lmdeploy'],
  ['llama.cpp', 'llama-cpp'],
])('%s runs as %s', (name, engine) => {
  expect(mapped({ model: llama, engine: { name } }).framework).toBe(engine);
});

describe('schemes', () => {
  test.each<[id: string, quant: string | undefined, scheme: string | undefined, excluded?: string]>([
    ['meta-llama/Llama-3.1-8B-Instruct', undefined, undefined],
    ['RedHatAI/Llama-3.1-8B-Instruct-FP8-dynamic', 'compressed-tensors', 'fp8-dynamic'],
    ['meta-llama/Llama-3.1-8B-Instruct', 'gguf-q8_0', 'q8_0'],
    ['meta-llama/Llama-3.1-8B-Instruct', 'awq asym_int4', 'gptq'],
    ['ISTA-DASLab/Llama-3.1-8B-Instruct-AQLM-PV-2Bit-1x16-hf', 'aqlm-2bit', 'aqlm-2bit'],
    ['moonshotai/Kimi-K2.5', 'compressed-tensors', 'compressed-tensors-w4a16', 'attention,attention-output,shared-experts,mlp'],
    ['DeepSeek-V3/R1 FP4 checkpoint', 'fp4', 'nvfp4'],
  ])('%s, %s: %s', (id, quant, scheme, excluded) => {
    const { job } = mapped({ model: { id }, config: quant === undefined ? {} : { quant } });
    expect(job['model.quantization']).toBe(scheme);
    if (excluded !== undefined) expect(job['model.quantExcluded']).toBe(excluded);
  });
});

test.each([
  ['V0 engine', '0.6'],
  ['V1 (0.11 era)', '0.11'],
  ['log says worker.py:232 (0.6.4-0.6.6 era)', '0.6.4'],
  ['May 2026', undefined],
])('a remark "%s" tells the release %s', (note, release) => {
  expect(mapped({ model: llama, note }).job['serving.engineVersion']).toBe(release);
});

test('a card without a data sheet has the memory its name tells', () => {
  const memory = (gpu: string) =>
    (mapped({ model: llama, hardware: { gpu, gpus: 1 } }).cluster.accelerator.memory.usable?.value ?? 0) / 2 ** 30;
  expect(memory('16GB class (15.33 GiB free at load)')).toBeCloseTo(15.83, 5);
  expect(memory('24GB class')).toBeCloseTo(23.9, 5);
});

test('weights are told where no memory is known, and no pool', () => {
  const { predicted } = predictRow(inputOf({ model: llama, hardware: { gpu: 'Intel XPU (unstated)', gpus: 1 } }), tableCatalog);
  expect(predicted.weights_gib).toBeCloseTo(14.99, 1);
  expect(predicted).not.toHaveProperty('kv_tokens');
});

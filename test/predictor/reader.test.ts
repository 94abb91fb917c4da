/** The reader of .onnx files: what is in ours, and what becomes of a damaged one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluator } from '../../server/src/predictor/onnx/evaluate.ts';
import { readModel } from '../../server/src/predictor/onnx/model.ts';
import { Predictor } from '../../server/src/predictor/predict.ts';
import { familyNames, modelFolder, networkOf } from './models.ts';

const files = readdirSync(modelFolder).filter((name) => name.endsWith('.onnx'));

describe.each(files)('%s', (file) => {
  const bytes = readFileSync(join(modelFolder, file));

  test('names its data, their licence, the date and how far off it is', () => {
    const { metadata } = readModel(bytes);
    expect(metadata.get('data')).toMatch(/@[0-9a-f]{40}$/);
    expect(metadata.get('licence')).toMatch(/Apache-2\.0/);
    expect(metadata.get('date')).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(JSON.parse(metadata.get('metrics') ?? '{}')).toMatchObject({ mape: expect.any(Number), median: expect.any(Number) });
    expect(JSON.parse(metadata.get('bands') ?? '{}')).toMatchObject({ share: 0.9, measured: { '*': expect.any(Array) } });
  });

  test('cut anywhere it is refused with an error, and never read for ever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        const cut = bytes.subarray(0, length);
        expect(() => evaluator(readModel(cut), 8)).toThrow();
      }),
      { numRuns: 15 },
    );
  });
});

test('all models together stay small', () => {
  const total = files.reduce((sum, file) => sum + readFileSync(join(modelFolder, file)).length, 0);
  expect(total).toBeLessThan(7e6);
});

test('every family has its model, trained for the inputs that are written', () => {
  for (const family of familyNames) expect(networkOf(family).width).toBeGreaterThan(0);
});

test('a row is refused where its model is missing, and only then', async () => {
  const [row] = await new Predictor('no/such/folder').predict([{ op: 'gemm', device: 'h100', dtype: 'bf16', m: 8, n: 8, k: 8 }]);
  expect(row?.error).toMatch(/model of gemm cannot be used/);
});

/** The core's parameter count against the counts recorded with the public models, and exactly where the checkpoint's size is published. */
import { expect, test } from 'vitest';
import { completeModel } from '../../server/src/core/complete-model.ts';
import { totalParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { findModelCard, modelCards } from '../../server/src/data/index.ts';

function counted(name: string): number {
  const completed = completeModel(findModelCard(name)?.fields ?? {}, 1);
  return 'model' in completed ? totalParameters(completed.model) : Number.NaN;
}

const dense = modelCards.filter((card) => card.parameters !== undefined && 'model' in completeModel(card.fields, 1));

test.each(dense.map((card) => [card.name, card] as const))('%s', (name, card) => {
  expect(counted(name) / (card.parameters ?? 0)).toBeCloseTo(1, 2);
});

test.each([
  ['meta-llama/Llama-2-7b-hf', 6_738_415_616],
  ['meta-llama/Llama-2-70b-hf', 68_976_648_192],
  ['meta-llama/Meta-Llama-3.1-8B', 8_030_261_248],
  ['meta-llama/Meta-Llama-3.1-405B', 405_853_388_800],
  ['mistralai/Mistral-7B-v0.1', 7_241_732_096],
  ['Qwen/Qwen3-8B', 8_190_735_360],
  ['Qwen/Qwen2.5-7B', 7_615_616_512],
  ['gpt2', 124_439_808],
])('%s has exactly %d parameters', (name, parameters) => {
  expect(counted(name)).toBe(parameters);
});

/** The core's parameter count against the counts recorded with the public models, exact to the unit. */
import { expect, test } from 'vitest';
import { completeModel } from '../../server/src/core/complete-model.ts';
import { activeParameters, totalParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { findModelCard, modelCards } from '../../server/src/data/index.ts';

function shapeOf(name: string) {
  const completed = completeModel(findModelCard(name)?.fields ?? {}, 1);
  return 'model' in completed ? completed.model : undefined;
}

const counted = modelCards.filter((card) => card.parameters !== undefined);

test('most public models have a count', () => {
  expect(counted.length).toBeGreaterThan(180);
});

test.each(counted.map((card) => [card.name, card.parameters] as const))('%s has exactly %d parameters', (name, parameters) => {
  const shape = shapeOf(name);
  expect(shape && totalParameters(shape)).toBe(parameters);
});

/** What the publishers call "active", in billions; they round. */
test.each([
  ['mistralai/Mixtral-8x7B-v0.1', 12.9],
  ['deepseek-ai/DeepSeek-V3', 37],
  ['deepseek-ai/DeepSeek-V2', 21],
  ['Qwen/Qwen3-30B-A3B', 3.3],
  ['Qwen/Qwen3-235B-A22B', 22],
  ['openai/gpt-oss-120b', 5.1],
  ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 17],
  ['databricks/dbrx-base', 36],
  ['ai21labs/Jamba-v0.1', 12],
  ['moonshotai/Kimi-K2-Instruct', 32],
  ['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B', 3.5],
])('%s: about %d billion parameters meet a token', (name, billions) => {
  const shape = shapeOf(name);
  const active = shape ? activeParameters(shape) / 1e9 : Number.NaN;
  // Some count the embedding, some do not.
  expect(Math.abs(active / billions - 1)).toBeLessThan(0.13);
});

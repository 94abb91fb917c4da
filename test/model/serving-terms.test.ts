/** The times of a serving estimate open into what steps are made of. */
import { describe, expect, it } from 'vitest';
import { estimateServing } from '../../server/src/core/serving/estimate-serving.ts';
import { stepTimer } from '../../server/src/core/serving/time/timer-of-job.ts';
import { servingJob } from './serving-jobs.ts';

const job = servingJob('Llama-3.1-70B', 'h100-sxm-80gb', {
  'parallel.tensor': 4,
  'serving.maxModelLen': 8192,
  'serving.maxBatchedTokens': 2048,
});

function estimateOf() {
  const result = estimateServing(job);
  if (!('estimate' in result) || result.estimate.kind !== 'serving') throw new Error(JSON.stringify(result));
  return result.estimate;
}

describe('the times of a serving estimate', () => {
  const { decode, prefill } = estimateOf();

  it('add up from parts that each have a formula and inputs', () => {
    for (const { children = [], value } of [decode.timePerToken, prefill.timeToFirstToken]) {
      expect(children.map(({ id }) => id.split('.')[1])).toEqual(['weights', 'products', 'attention', 'communication', 'head', 'host']);
      expect(children.reduce((sum, child) => sum + child.value, 0)).toBeCloseTo(value, 12);
      for (const child of children) {
        expect(child.value).toBeGreaterThan(0);
        expect(child.formula?.length).toBeGreaterThan(0);
        expect(child.inputs?.length).toBeGreaterThan(0);
      }
    }
  });

  it('are those of the timer', () => {
    const { batch, timePerToken } = decode;
    const live = Math.min(estimateOf().kvTokens.value, (batch * 8192) / 2);
    expect(stepTimer(job).seconds(batch, batch, 0, live) / timePerToken.value).toBeCloseTo(1, 1);
    const timer = stepTimer(job);
    const chunks = [0, 1].map((chunk) => timer.seconds(2048, chunk, 2048 * 2048 * chunk + (2048 * 2049) / 2, 0));
    expect(((chunks[0] ?? 0) + (chunks[1] ?? 0)) / prefill.timeToFirstToken.value).toBeCloseTo(1, 1);
  });

  it('spread a batch over the stages of PP, which work at the same time', () => {
    const deep = servingJob('Llama-3.1-70B', 'h100-sxm-80gb', {
      'parallel.tensor': 2,
      'parallel.pipeline': 2,
      'serving.maxModelLen': 8192,
    });
    const result = estimateServing(deep);
    if (!('estimate' in result) || result.estimate.kind !== 'serving') throw new Error(JSON.stringify(result));
    const { batch, timePerToken, tokensPerSecond } = result.estimate.decode;
    expect(tokensPerSecond.value).toBeCloseTo(batch / timePerToken.value, 6);
  });
});

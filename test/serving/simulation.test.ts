import { describe, expect, test } from 'vitest';
import { engine, listed, policies, run, synthetic, timer } from './tools.ts';

describe.each(policies)('%s', (policy) => {
  test('one request takes exactly the steps of its prompt and of its answer', () => {
    const [prompt, output] = [1500, 40];
    const result = run({ engine: engine({ policy }) }, listed([{ time: 3, prompt, output }]));
    const prefill = timer.seconds(prompt, 1, (prompt * (prompt + 1)) / 2, 0);
    let decode = 0;
    for (let done = 0; done < output - 1; done++) decode += timer.seconds(1, 1, 0, prompt + done);
    expect(result.finished).toBe(1);
    expect(result.ttft.mean).toBe(prefill);
    expect(result.endToEnd.mean).toBe(prefill + decode);
    expect(result.tpot.mean).toBeCloseTo(decode / (output - 1), 12);
    expect(result.itl.count).toBe(output - 1);
    expect(result.itl.mean).toBeCloseTo(decode / (output - 1), 12);
    expect(result.steps).toBe(output);
  });

  test.each([1, 2, 3])('Little: requests in the system are their rate times their time (seed %i)', (seed) => {
    const result = run(
      { engine: engine({ policy, kvTokens: 16384 }) },
      synthetic({ seed, arrivals: { kind: 'gamma', rate: 9, variation: 2 } }),
    );
    expect(result.finished).toBe(400);
    expect(result.meanInSystem).toBeCloseTo(result.requestsPerSecond * result.endToEnd.mean, 6);
    expect(result.kvPeakShare).toBeLessThanOrEqual(1);
    expect(result.kvPeakShare).toBeGreaterThan(0.3);
  });
});

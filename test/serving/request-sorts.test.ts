/** Sorts of requests keep what they are made of: all of them, and their tokens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestSorts } from '../../server/src/core/serving/mix/request-sorts.ts';

const request = fc.record({ input: fc.integer({ min: 1, max: 20_000 }), output: fc.integer({ min: 1, max: 4000 }) });

test('shares add up to all requests, and mean lengths stay', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 300 }), (requests) => {
      const sorts = requestSorts(requests);
      expect(sorts.length).toBeLessThanOrEqual(9);
      expect(sorts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      const tokens = sorts.reduce((sum, { share, inputTokens }) => sum + share * inputTokens, 0);
      const written = requests.reduce((sum, { input }) => sum + input, 0) / requests.length;
      // Each sort is rounded to whole tokens.
      expect(Math.abs(tokens - written)).toBeLessThanOrEqual(0.5 + 1e-6);
    }),
  );
});

test('equal requests are one sort', () => {
  expect(requestSorts(Array.from({ length: 50 }, () => ({ input: 1000, output: 200 })))).toEqual([
    { inputTokens: 1000, outputTokens: 200, share: expect.closeTo(1, 9) as number },
  ]);
});

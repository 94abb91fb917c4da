import { describe, expect, test } from 'vitest';
import { completeModel } from '../../server/src/core/complete-model.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';

const base: PartialJob = { 'model.layers': 4, 'model.hidden': 512, 'model.heads': 8, 'model.ffn': 2048, 'model.vocab': 32000 };

describe('sizes that are no sizes', () => {
  const positive = ['model.layers', 'model.hidden', 'model.heads', 'model.kvHeads', 'model.ffn', 'model.vocab', 'model.experts'] as const;
  test.each(positive.flatMap((field) => [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9].map((value) => [field, value] as const)))(
    '%s %f is refused',
    (field, value) => {
      expect(completeModel({ ...base, [field]: value }, 1)).toHaveProperty('unsupported', expect.stringContaining(String(value)));
    },
  );

  const amounts = ['model.slidingWindow', 'model.otherParameters', 'vision.otherParameters', 'vision.projectorParameters'] as const;
  test.each(amounts.flatMap((field) => [-1, Number.NaN, Number.POSITIVE_INFINITY].map((value) => [field, value] as const)))(
    '%s %f is refused',
    (field, value) => {
      expect(completeModel({ ...base, [field]: value }, 1)).toHaveProperty('unsupported', expect.stringContaining(String(value)));
    },
  );

  test.each(amounts)('%s may be nothing', (field) => {
    expect(completeModel({ ...base, [field]: 0 }, 1)).toHaveProperty('model');
  });
});

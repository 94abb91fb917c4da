/** The table of blocks against the model's own totals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFlops } from '../../server/src/core/compute/flops.ts';
import type { FlopsConvention } from '../../server/src/core/job-fields.ts';
import { totalParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { blockTable } from '../../server/src/core/profile/block-table.ts';
import { complete, type RandomJob, randomJob } from '../model/random-jobs.ts';

const forAll = (check: (job: RandomJob) => void): void => fc.assert(fc.property(randomJob, check), { numRuns: 80 });

describe('the table of blocks', () => {
  it.each(['megatron', 'megatron-causal', 'maxtext', 'nanotron', 'palm'] satisfies FlopsConvention[])(
    'adds up to the parameters and the FLOPs of the model, counted as %s does or as MaxText',
    (convention) => {
      forAll((job) => {
        const training = { ...complete(job), mfuConvention: convention };
        const table = blockTable(training, 1e6);
        expect(table.convention).toBe(convention === 'palm' ? 'maxtext' : convention);
        expect(table.parameters / totalParameters(training.model)).toBeCloseTo(1, 12);
        expect(table.flops / modelFlops(training, 1e6, table.convention)).toBeCloseTo(1, 12);
        for (const row of table.rows) {
          if (row.parts.length === 0) continue;
          expect(row.parts.reduce((sum, part) => sum + part.parameters, 0) / row.parameters).toBeCloseTo(1, 12);
          expect(row.parts.every(({ flops, parameters }) => flops >= 0 && parameters >= 0)).toBe(true);
        }
      });
    },
  );
});

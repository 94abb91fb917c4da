import { describe, expect, it } from 'vitest';
import type { TrainingJob } from '../../server/src/core/estimate-inputs.ts';
import { keptPerLayer } from '../../server/src/core/memory/activations.ts';
import { trainingJob } from './shapes.ts';

/** Korthikanti et al. 2022, equations 1 to 6, in bytes per layer, 16-bit elements. */
const s = 2048;
const b = 1;
const h = 12288;
const a = 96;
const t = 8;
const square = (5 * a * s) / h;

function kept(job: TrainingJob): number {
  const [block] = job.model.blocks;
  if (!block) throw new Error('a model has a kind of layer');
  return keptPerLayer(job, block);
}

describe('activation bytes per layer', () => {
  it.each([
    ['no parallelism (1)', { 'parallel.tensor': 1, 'parallel.sequence': false, 'recompute.granularity': 'none' }, 34 + square],
    ['tensor parallel (2)', { 'parallel.sequence': false, 'recompute.granularity': 'none' }, 10 + 24 / t + square / t],
    ['with sequence parallel (4)', { 'recompute.granularity': 'none' }, (34 + square) / t],
    ['selective recomputation (6)', { 'recompute.granularity': 'selective' }, 34 / t],
    ['full recomputation', { 'parallel.sequence': false, 'recompute.granularity': 'full' }, 2],
  ] as const)('%s', (_name, fields, perToken) => {
    expect(kept(trainingJob(fields)) / (s * b * h)).toBeCloseTo(perToken, 6);
  });

  it('drops the squared term for fused attention, keeping one fp32 number per row and head', () => {
    const fused = kept(trainingJob({ 'attention.kernel': 'flash', 'recompute.granularity': 'none' }));
    expect(fused).toBeCloseTo((s * b * h * 34 + 4 * s * b * a) / t, 0);
  });

  it.each([
    // Of 34 bytes, both norms' results (4) and the MLP's activation (8) are halved; attention's result (2) gets a copy of one byte.
    ['tensorwise', 34 - 2 - 4 + 1],
    ['mx', 34 - 2 - 4 + 1 + (2 + 4 + 1) / 32],
    ['blockwise', 34 - 2 - 4 + 1 + (2 + 4 + 1) / 32],
  ] as const)('keeps what FP8 products multiply in eight bits with its scales: %s', (recipe, perToken) => {
    const fields = { 'precision.fp8': true, 'precision.fp8Recipe': recipe, 'recompute.granularity': 'selective' } as const;
    expect(kept(trainingJob(fields)) / (s * b * h)).toBeCloseTo(perToken / t, 6);
  });

  it("keeps of the gathered tokens a TP rank's part from every rank of EP x expert TP", () => {
    const experts = { 'model.experts': 8, 'model.expertsPerToken': 2, 'parallel.expert': 8, 'recompute.granularity': 'none' } as const;
    const gathered = (expertTensor: number) => {
      const fields = { ...experts, 'parallel.expertTensor': expertTensor };
      return (
        kept(trainingJob({ ...fields, 'parallel.expertDispatch': 'all-gather' })) -
        kept(trainingJob({ ...fields, 'parallel.expertDispatch': 'all-to-all' }))
      );
    };
    expect(gathered(1)).toBeCloseTo((s / t) * b * 8 * h * 2, 0);
    expect(gathered(8)).toBeCloseTo(s * b * 8 * h * 2, 0);
  });
});

import { describe, expect, test } from 'vitest';
import type { Assumption } from '../../server/src/core/estimate.ts';
import type { PartialJobDraft } from '../../server/src/core/job-fields.ts';
import type { CaseInput } from '../../server/src/validation/row.ts';
import { softwareDefaultsOf } from '../../server/src/validation/software-defaults.ts';
import type { Stack } from '../../server/src/validation/stack.ts';

function run(stack: Stack, input: Partial<CaseInput>, given: PartialJobDraft = {}) {
  const fields: PartialJobDraft = { 'parallel.data': 8, 'parallel.tensor': 2, ...given };
  const assumptions: Assumption[] = [];
  softwareDefaultsOf({ id: 'row', kind: 'throughput', ...input }, stack, fields, assumptions);
  return { fields, assumed: assumptions.map(({ field }) => field) };
}

describe('what a row does not say', () => {
  test.each([
    ['nanotron', {}, 'kernels.fused', false],
    ['megatron-lm', {}, 'model.vocabDivisor', 128],
    ['megatron-bridge', {}, 'parallel.tpCommOverlap', true],
    ['megatron-deepspeed', {}, 'environment.cudaVersion', 11],
    ['torchtitan', { source: 'torchao e2e training benchmarks' }, 'compile.enabled', true],
    ['megatron-lm', {}, 'dropout.enabled', true],
    ['fsdp', {}, 'overlap.gradReduce', true],
    ['fsdp', {}, 'dropout.enabled', false],
  ] as const)('%s: the assumed value is listed (%o, %s)', (stack, input, field, value) => {
    const { fields, assumed } = run(stack, input);
    expect(fields[field]).toBe(value);
    expect(assumed).toContain(field);
  });
});

describe('what a row says', () => {
  test('stays, and is no assumption', () => {
    const { fields, assumed } = run(
      'megatron-deepspeed',
      { compile: false, note: 'cuda 12.1', parallel: { flags: { 'hidden-dropout': 0, 'overlap-grad-reduce': true } } },
      { 'model.vocabDivisor': 3232 },
    );
    expect(fields).toMatchObject({
      'model.vocabDivisor': 3232,
      'environment.cudaVersion': 12.1,
      'compile.enabled': false,
      'dropout.enabled': false,
      'overlap.gradReduce': true,
      'overlap.paramGather': false,
    });
    expect(assumed).toEqual([]);
  });

  test('a token dispatcher among listed flags; the launcher has its own default where it is not listed', () => {
    const dispatch = (flags: Record<string, unknown>) => run('megatron-lm', { parallel: { flags } }).fields['parallel.expertDispatch'];
    expect(dispatch({ 'moe-token-dispatcher-type': 'flex' })).toBe('deepep');
    expect(dispatch({})).toBe('all-gather');
    expect(run('megatron-lm', {}).fields['parallel.expertDispatch']).toBeUndefined();
  });
});

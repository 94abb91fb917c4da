import { describe, expect, test } from 'vitest';
import type { Assumption } from '../../server/src/core/estimate.ts';
import type { PartialJobDraft } from '../../server/src/core/job-fields.ts';
import { parsePipelineLayout } from '../../server/src/core/training/pipeline-layout.ts';
import { bridgeRecipeOf } from '../../server/src/validation/bridge-recipe.ts';
import { bridgeWorkload, containerOf } from '../../server/src/validation/bridge-workloads.ts';
import type { CaseInput } from '../../server/src/validation/row.ts';

const source = (container: string) => `NVIDIA Megatron-Bridge performance summary, ${container} container`;

function run(container: string, name: string, gpu: string, given: PartialJobDraft, input: Partial<CaseInput> = {}) {
  const fields: PartialJobDraft = { ...given };
  const assumptions: Assumption[] = [];
  const row = { id: 'row', kind: 'throughput', source: source(container), model: { name }, hardware: { gpu }, ...input };
  bridgeRecipeOf({ numerics: { compute: 'MXFP8' }, ...row }, 'megatron-bridge', fields, assumptions);
  return { fields, assumed: assumptions.map(({ field }) => field) };
}

const deepseek: PartialJobDraft = { 'model.experts': 256, 'model.layers': 61, 'parallel.pipeline': 4, 'parallel.virtualStages': 4 };

describe('what the recipe of a container sets', () => {
  test('a patch of a container comes after it and before the next month', () => {
    expect(containerOf(source('26.04'))).toBeLessThan(containerOf(source('26.04.01')) ?? 0);
    expect(containerOf(source('26.04.01'))).toBeLessThan(containerOf(source('26.06')) ?? 0);
    expect(containerOf('no release')).toBeUndefined();
  });

  test('the newest one that fits model, GPU and format is taken', () => {
    expect(bridgeWorkload(26.05, 'DeepSeekV3', 'GB200', 'MXFP8')).toMatchObject({ again: 'mlp', graphs: 'layer' });
    expect(bridgeWorkload(26.06, 'DeepSeekV3', 'GB200', 'MXFP8')).toMatchObject({ again: 'mla_up_proj', graphs: 'step', overlap: true });
    expect(bridgeWorkload(26.06, 'DeepSeekV3', 'GB200', 'BF16')).toMatchObject({ graphs: 'layer' });
    expect(bridgeWorkload(26.06, 'Qwen3_30B_a3B', 'H100', 'FP8')?.graphs).toBeUndefined();
    expect(bridgeWorkload(25.08, 'DeepSeekV3', 'GB200', 'BF16')).toBeUndefined();
  });

  test('no recipe computes whole layers again; a model that is not listed computes nothing again', () => {
    expect(run('26.04', 'DeepSeekV3', 'B200', deepseek).fields).toMatchObject({
      'recompute.granularity': 'selective',
      'recompute.modules': 'mla_up_proj',
    });
    const other = run('26.04', 'LLAMA31_405B', 'GB300', { 'model.layers': 126 });
    expect(other.fields).toMatchObject({ 'recompute.granularity': 'none', 'compile.cudaGraphs': 'layer' });
    expect(other.assumed).toContain('recompute.granularity');
  });

  test('what a row states stays', () => {
    const { fields } = run('26.04', 'DeepSeekV3', 'B200', deepseek, { recompute: 'full' });
    expect(fields['recompute.granularity']).toBeUndefined();
  });

  test.each([
    [4, 4, 'Et*4|(t*4|)*14t*1mL'],
    [16, 1, 'Et*4|(t*4|)*14t*1mL'],
    [8, 1, 'Et*8|(t*8|)*6t*5mL'],
    [8, 4, 'Et*1|(t*2|)*30mL'],
    [2, 1, 'Et*32|t*29mL'],
  ])('DeepSeek-V3 on PP %i x %i is laid out with room for prediction and loss at the end', (pipeline, virtual, layout) => {
    const { fields } = run('26.04', 'DeepSeekV3', 'B300', {
      ...deepseek,
      'parallel.pipeline': pipeline,
      'parallel.virtualStages': virtual,
    });
    expect(fields['parallel.pipelineLayout']).toBe(layout);
    const parsed = parsePipelineLayout(layout, pipeline);
    if ('refused' in parsed) throw new Error(parsed.refused);
    expect(parsed.chunks.flat().reduce((sum, chunk) => sum + chunk.layers, 0)).toBe(61);
  });

  test('exchanges run beside the computation only where a pipeline has virtual stages', () => {
    const given = { ...deepseek, 'parallel.schedule': 'interleaved-1f1b' } as const;
    expect(run('26.06', 'DeepSeekV3', 'GB200', given).fields['parallel.schedule']).toBe('1f1b-expert-overlap');
    const one = run('26.06', 'Qwen3_30B_a3B', 'GB200', { 'model.experts': 128, 'parallel.pipeline': 1 });
    expect(one.fields).toMatchObject({ 'parallel.expertOverlap': true, 'kernels.fusedExperts': true });
    const two = run('25.11', 'Qwen3_30B_a3B', 'H100', { 'model.experts': 128, 'parallel.pipeline': 2, 'parallel.virtualStages': 1 });
    expect(two.fields['parallel.expertOverlap']).toBeUndefined();
  });
});

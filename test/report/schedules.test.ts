/** The search among schedules for a job: what an estimate with each of them says, and what writes the best into the file. */
import { beforeAll, describe, expect, test } from 'vitest';
import { scheduleAdvice } from '../../server/src/engine/schedule-search/advice.ts';
import { searchSteps } from '../../server/src/engine/schedule-search/search.ts';
import { textsAfter } from '../../server/src/engine/what-if/texts.ts';
import { whatIf } from '../../server/src/engine/what-if/what-if.ts';
import { reportData, reportMarkdown } from '../../server/src/report/index.ts';
import { engineOver, launch, loadParsers } from '../engine/support.ts';

beforeAll(loadParsers);

const { engine, faults } = engineOver();
const advised = (text: string) => {
  const analysis = engine.analyse('file:///w/train.sh', text, 1);
  const advice = scheduleAdvice(engine, analysis, 0);
  expect(faults).toEqual([]);
  return { analysis, advice };
};
const pipelined = launch('--tensor-model-parallel-size 2 --pipeline-model-parallel-size 4');

describe('the search among schedules for a job', () => {
  test('says of each schedule what the job says with it written in', () => {
    const { analysis, advice } = advised(pipelined);
    const found = advice?.search.found.filter(({ rejected, isCurrent }) => rejected === undefined && !isCurrent) ?? [];
    expect(found.length).toBeGreaterThan(1);
    for (const { name, virtualStages, stepSeconds, peakBytes } of found) {
      const tried = whatIf(engine, analysis, 0, { 'parallel.schedule': name, 'parallel.virtualStages': virtualStages });
      const result = tried?.tried.result;
      if (!result || !('estimate' in result) || result.estimate.kind !== 'training') throw new Error(name);
      expect(tried?.unwritable).toEqual([]);
      const { time, memory } = result.estimate;
      expect(stepSeconds).toBeCloseTo(time.step.value, 9);
      expect(peakBytes).toBe(memory.stages[memory.worstStage]?.device.value);
    }
  });

  test('takes a step for each that is estimated, and can be left between any two', () => {
    const { analysis } = advised(pipelined);
    const [job] = analysis.jobs;
    if (!job) throw new Error('no job');
    const steps = searchSteps(job);
    let taken = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) taken++;
    expect(taken).toBe(step.value?.found.filter(({ stepSeconds }) => Number.isFinite(stepSeconds)).length);
  });

  test('has a patch for the best, which makes it so', () => {
    const { analysis, advice } = advised(pipelined);
    const best = advice?.search.best;
    expect(best).toMatchObject({ name: 'interleaved-1f1b', isCurrent: false });
    expect(advice?.patch).toMatch(/^\+.*--num-(?:layers-per-virtual-pipeline-stage|virtual-stages-per-pipeline-rank) \d/m);
    const tried = whatIf(engine, analysis, 0, {
      'parallel.schedule': 'interleaved-1f1b',
      'parallel.virtualStages': best?.virtualStages ?? 0,
    });
    const text = tried && textsAfter(tried.edits, () => analysis.document.text).get(analysis.uri);
    expect(advised(text ?? '').advice).toMatchObject({ search: { best: { isCurrent: true } }, patch: '' });
  });

  test('is there only where a pipeline runs a schedule', () => {
    for (const text of [launch('--tensor-model-parallel-size 2'), 'vllm serve Qwen/Qwen2.5-7B-Instruct\n', 'echo\n']) {
      expect(advised(text).advice).toBeUndefined();
    }
  });
});

test('the report ranks the schedules, says what to write and why others are not estimated', () => {
  const { analysis, advice } = advised(pipelined);
  const markdown = reportMarkdown(analysis, 0, undefined, advice);
  const section = markdown.split('## Schedules')[1]?.split('\n## ')[0] ?? '';
  expect(section).toMatch(/\| Interleaved 1F1B, VPP \d+ \| .* s \| .* % \| .* GiB on rank 0 \| yes \|/);
  expect(section).toMatch(/\| 1F1B \\?\(now\\?\) \|/);
  expect(section).toMatch(/Best: Interleaved 1F1B, VPP \d+, a step .* % shorter\. To write:\n\n```diff\n--- train\.sh/);
  expect(section).toMatch(/^- GPipe, .*ZB\\?-V.*: Megatron\\?-LM does not run it/m);
  const data = reportData(analysis, 0, undefined, advice) as {
    schedules: { best: object; found: { rejected?: string; stepSeconds?: number }[] };
  };
  expect(data.schedules.best).toMatchObject({ name: 'interleaved-1f1b' });
  for (const one of data.schedules.found) expect(one.rejected === undefined).toBe(one.stepSeconds !== undefined);
  expect(reportMarkdown(analysis, 0)).not.toContain('## Schedules');
});

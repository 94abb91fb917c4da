/** Comments that switch rules off. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineSettings } from '../../server/src/engine/analysis.ts';
import { suppressionsOf } from '../../server/src/engine/suppress.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

const lines = (text: string, rule: string): boolean[] => {
  const { covers } = suppressionsOf(text);
  let offset = 0;
  return text.split('\n').map((line) => {
    const at = offset;
    offset += line.length + 1;
    return covers(rule, at);
  });
};

describe('comments', () => {
  test('the next line, one rule or several', () => {
    expect(lines('# rooflint-disable-next-line a-rule\nx\ny', 'a-rule')).toEqual([false, true, false]);
    expect(lines('# rooflint-disable-next-line b, a-rule\nx\ny', 'a-rule')).toEqual([false, true, false]);
    expect(lines('# rooflint-disable-next-line b\nx\ny', 'a-rule')).toEqual([false, false, false]);
  });

  test('the same line, every rule, JSON comments', () => {
    expect(lines('x // rooflint-disable-line\ny', 'a-rule')).toEqual([true, false]);
    expect(lines('x # rooflint-disable-line: a-rule', 'a-rule')).toEqual([true]);
  });

  test('the whole file', () => {
    expect(lines('x\n# rooflint-disable a-rule\ny', 'a-rule')).toEqual([true, true, true]);
    expect(lines('x\n# rooflint-disable a-rule\ny', 'other')).toEqual([false, false, false]);
  });

  test('other words are no switch', () => {
    expect(lines('# rooflint-disabled\nx', 'a-rule')).toEqual([false, false]);
  });
});

test('a finding is silenced where it stands', () => {
  const script = (note: string) =>
    `torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 24 --hidden-size 1024 ${note}--num-attention-heads 15 --tensor-model-parallel-size 2\n`;
  const rulesIn = (text: string) =>
    engineOver()
      .engine.analyse('file:///w/a.sh', text, 1)
      .jobs.flatMap(({ findings }) => findings.map(({ finding }) => finding.rule));
  expect(rulesIn(script(''))).toContain('heads-not-divisible-by-tensor-parallel');
  const silenced = rulesIn(`# rooflint-disable-next-line heads-not-divisible-by-tensor-parallel\n${script('')}`);
  expect(silenced).not.toContain('heads-not-divisible-by-tensor-parallel');
  expect(silenced).toContain('hidden-not-divisible-by-heads');
});

describe('a problem of reading', () => {
  const config = JSON.stringify({ train_micro_batch_size_per_gpu: 4, gradient_accumulation_steps: 2, zero_optimization: { stage: 1 } });
  const script = launch('--deepspeed --deepspeed_config ds.json');
  const told = (text: string, rules: EngineSettings['rules'] = {}) => {
    const { engine } = engineOver({ 'ds.json': config }, { gpu: 'nvidia-h100-sxm-80gb', rules });
    const { problems } = engine.analyse('file:///w/a.sh', text, 1);
    return problems.filter(({ code }) => code === 'linked-value-differs').map(({ severity }) => severity);
  };

  test('is silenced by comments', () => {
    expect(told(script)).not.toEqual([]);
    expect(told(`# rooflint-disable linked-value-differs\n${script}`)).toEqual([]);
    expect(told(`# rooflint-disable duplicate-key\n${script}`)).toEqual(told(script));
    // A comment ends a command of several lines, so that the flag is asked for on one line.
    const line = script.replace(/\\\n/g, ' ');
    expect(told(line)).not.toEqual([]);
    expect(told(line.replace('torchrun', '# rooflint-disable-next-line linked-value-differs\ntorchrun'))).toEqual([]);
  });

  test('has the severity of the settings', () => {
    expect(new Set(told(script, { 'linked-value-differs': 'info' }))).toEqual(new Set(['info']));
    expect(told(script, { 'linked-value-differs': 'off' })).toEqual([]);
  });
});

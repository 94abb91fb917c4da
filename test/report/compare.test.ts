import { beforeAll, describe, expect, test } from 'vitest';
import type { Term } from '../../server/src/core/term.ts';
import type { Engine } from '../../server/src/engine/engine.ts';
import { termById } from '../../server/src/engine/terms.ts';
import { compareMarkdown, explainMarkdown, subjectOf } from '../../server/src/report/index.ts';
import { analyse, engineOf, serving, training } from './samples.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});

describe('compare', () => {
  test('lists the settings that differ with both values and where they come from, and no others', () => {
    const markdown = compareMarkdown(analyse(engine, training(2, 1), 'a.sh'), analyse(engine, training(4, 1), 'b.sh'));
    const settings = markdown.slice(markdown.indexOf('## Settings that differ'));
    expect(settings).toMatch(/^\| Tensor[^|]*\| 2 \(line 5, [^|]*\) \| 4 \(line 5, [^|]*\) \|$/m);
    expect(settings).toMatch(/\(derived: /);
    expect(settings).not.toMatch(/Hidden size/);
  });

  test('puts numbers side by side and says when a change is larger than the bands', () => {
    const markdown = compareMarkdown(analyse(engine, training(2, 1), 'a.sh'), analyse(engine, training(8, 1), 'b.sh'));
    const rows = [...markdown.matchAll(/^\| (.+) \| (.+) \| (.+) \| ([+-][\d.]+ %|none|new) \| (yes|no|exact|) ?\|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.some(([, , , , , certain]) => certain === 'yes' || certain === 'no')).toBe(true);
  });

  test('a file and itself differ in nothing', () => {
    const analysis = analyse(engine, training(2, 1));
    const markdown = compareMarkdown(analysis, analysis);
    expect(markdown).toContain('No setting differs.');
    expect(markdown).not.toMatch(/[+-]\d/);
  });

  test('a side without a job, or without an estimate, is said', () => {
    const [good, none] = [analyse(engine, training(2, 1)), analyse(engine, 'echo\n', 'empty.sh')];
    expect(compareMarkdown(good, none)).toMatch(/no job in empty\\?\.sh/);
    const part = analyse(engine, 'torchrun pretrain_gpt.py --tensor-model-parallel-size 2\n', 'part.sh');
    expect(compareMarkdown(good, part)).toMatch(/No estimate for one side: /);
  });

  test('training and serving share what they share', () => {
    expect(compareMarkdown(analyse(engine, training(2, 1)), analyse(engine, serving, 'serve.sh'))).toContain('## Settings that differ');
  });
});

describe('explain', () => {
  test('opens every term down to its inputs, formulas and sources', () => {
    const analysis = analyse(engine, training(2, 1));
    const job = analysis.jobs[0];
    const term = job && termById(job, 'memory.allocated');
    expect(term).toBeDefined();
    if (!term) return;
    const markdown = explainMarkdown(term, subjectOf(analysis, 0));
    const walk = (one: Term): void => {
      expect(markdown).toContain(one.label);
      if (one.formula !== undefined) expect(markdown).toContain(one.formula.replace(/\|/g, '\\|'));
      for (const child of one.children ?? []) walk(child);
    };
    walk(term);
    expect(markdown).toMatch(/line \d+, /);
    expect(markdown).toMatch(/- source: /);
  });

  test('a term nested without end is cut with a word', () => {
    let term: Term = { id: 'leaf', label: 'leaf', value: 1, unit: 'count' };
    for (let depth = 0; depth < 40; depth++)
      term = { id: `n${depth}`, label: `level ${depth}`, value: 1, unit: 'count', combine: 'sum', children: [term] };
    expect(explainMarkdown(term)).toMatch(/and 1 more terms/);
  });
});

import MarkdownIt from 'markdown-it';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.ts';
import { formatTerm } from '../../server/src/engine/format.ts';
import { termsOf } from '../../server/src/engine/terms.ts';
import { reportData, reportHtml, reportMarkdown } from '../../server/src/report/index.ts';
import { plain } from '../../server/src/report/markdown-text.ts';
import { analyse, engineOf, serving, training } from './samples.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});

const headings = (markdown: string) => [...markdown.matchAll(/^## (.*)$/gm)].map(([, title]) => title);

describe('training', () => {
  test('has every section, in reading order', () => {
    const analysis = analyse(engine, training(2, 1));
    const markdown = reportMarkdown(analysis, 0, (field) => engine.alternatives(analysis, 0, field));
    expect(headings(markdown)).toEqual([
      'Findings',
      'Numbers',
      'Memory per GPU',
      'Time per step',
      'Communication',
      'What if',
      'Assumptions',
      'What would move the answer',
      'Configuration',
      'How the other numbers come about',
    ]);
  });

  test('says what would move the answer, largest first, and JSON has every row', () => {
    const analysis = analyse(engine, training(2, 1));
    const section = reportMarkdown(analysis, 0).split('## What would move the answer')[1]?.split('\n## ')[0] ?? '';
    expect(section).toMatch(/^\| what \| now \| if it were \| memory per GPU \| step \| the value now is \|$/m);
    expect(section).toMatch(/^\| Share of the peak that large products reach \| \d+ % \| \d+ % \| the same \| [+-].* \| fitted \|$/m);
    const data = reportData(analysis, 0) as { sensitivity: { memory: { share: number }; step: { share: number } }[] };
    const impact = data.sensitivity.map(({ memory, step }) => Math.max(Math.abs(memory.share), Math.abs(step.share)));
    expect(impact.length).toBeGreaterThan(10);
    expect(impact).toEqual([...impact].sort((a, b) => b - a));
  });

  test('shows every top number with its band, and what the band rests on', () => {
    const analysis = analyse(engine, training(2, 1));
    const markdown = reportMarkdown(analysis, 0);
    const job = analysis.jobs[0];
    const terms = job ? termsOf(job) : [];
    expect(terms.length).toBeGreaterThan(10);
    for (const term of terms.filter(({ value }) => value !== 0)) {
      expect(markdown, term.id).toContain(plain(formatTerm(term)));
      if (term.band) expect(markdown, term.id).toContain(plain(term.band.basis));
    }
  });

  test('a number without a band says why, and MFU says whose FLOPs and which peak', () => {
    const analysis = analyse(engine, training(2, 1));
    const markdown = reportMarkdown(analysis, 0, (field) => engine.alternatives(analysis, 0, field));
    const numbers = markdown.slice(markdown.indexOf('## Numbers'), markdown.indexOf('## Memory per GPU'));
    expect(numbers).toMatch(/^\| Parameters \| [^|]+ \| no band: counted from the shape \|$/m);
    expect(numbers).toMatch(/^\| Usable memory \| [^|]+ \| no band: data sheet or driver figure \|$/m);
    expect(numbers).toMatch(/^\| MFU \(Megatron-LM's FLOPs, bf16 peak\) \|/m);
    expect(markdown).toMatch(/^\| change \| .*\| MFU \(Megatron-LM's FLOPs, bf16 peak\) \|$/m);
  });

  test('has one row per pipeline stage, and marks the fullest', () => {
    const markdown = reportMarkdown(analyse(engine, training(2, 1)), 0);
    const rows = [...markdown.matchAll(/^\| ([0-3])(?: \(fullest\))? \|/gm)].map(([, stage]) => stage);
    expect(rows).toEqual(['0', '1', '2', '3']);
    expect(markdown.match(/\(fullest\)/g)).toHaveLength(1);
  });

  test('the what-if table holds the present value once per field, and other values', () => {
    const analysis = analyse(engine, training(2, 1));
    const markdown = reportMarkdown(analysis, 0, (field) => engine.alternatives(analysis, 0, field));
    const table = markdown.slice(markdown.indexOf('## What if'), markdown.indexOf('## Assumptions'));
    expect(table).toMatch(/^\| TP 2 \(now\) \|/m);
    expect(table).toMatch(/^\| TP 4 \|/m);
    expect(table.match(/^\| TP \d+ \(now\)/gm)).toHaveLength(1);
  });

  test('a default is shown as a default, a derived value as derived, a written one with its line', () => {
    const markdown = reportMarkdown(analyse(engine, training(2, 1)), 0);
    const configuration = markdown.slice(markdown.indexOf('## Configuration'));
    expect(configuration).toMatch(/\| 2 \| line 5, \S*tensor-model-parallel-size \|/);
    expect(configuration).toMatch(/\| default of /);
    expect(configuration).toMatch(/\| derived: /);
    expect(configuration).toMatch(/\| setting /);
  });
});

test('serving has its own memory section and no step', () => {
  const markdown = reportMarkdown(analyse(engine, serving, 'serve.sh'), 0);
  expect(headings(markdown)).toContain('Memory per GPU');
  expect(headings(markdown)).not.toContain('Time per step');
  expect(markdown).toMatch(/KV cache/);
});

test('a job that cannot be estimated still has findings and configuration, and says why', () => {
  const markdown = reportMarkdown(analyse(engine, 'torchrun pretrain_gpt.py --tensor-model-parallel-size 3 --num-attention-heads 16\n'), 0);
  expect(markdown).toMatch(/no estimate: /);
  expect(headings(markdown)).toEqual(expect.arrayContaining(['Findings', 'Configuration']));
});

test('a document without jobs gives a sentence', () => {
  expect(reportMarkdown(analyse(engine, 'echo hello\n'), 0)).toMatch(/found no job/);
  expect(reportData(analyse(engine, 'echo hello\n'), 0)).toMatchObject({ job: null });
});

test('the same input gives the same text', () => {
  const [a, b] = [analyse(engine, training(4, 2)), analyse(engine, training(4, 2))];
  expect(reportMarkdown(a, 0)).toBe(reportMarkdown(b, 0));
});

describe('HTML', () => {
  const hostile = 'train.sh <script>alert(1)';

  test('needs nothing and runs nothing', () => {
    const html = reportHtml(analyse(engine, training(2, 1)), 0);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`);
    expect(html).not.toMatch(/<script|<img|<iframe|<link|<object|\son\w+\s*=|javascript:|url\(|@import|https?:\/\//i);
    expect(html).toContain('prefers-color-scheme: dark');
  });

  test('markup in names and values is shown, not run', () => {
    const text = training(2, 1).replace(
      '--vocab-size 32000',
      '--vocab-size 32000 --data-path "<img src=x onerror=alert(1)>" --tokenizer-model "[a](javascript:alert(1))"',
    );
    const html = reportHtml(analyse(engine, text, hostile), 0);
    expect(html).not.toMatch(/<script|<img|href=/i);
    expect(html).toContain('&lt;script&gt;');
  });

  test('every opened element is closed', () => {
    const html = reportHtml(analyse(engine, training(2, 1)), 0);
    for (const name of ['table', 'ul', 'li', 'main', 'div', 'code', 'h2']) {
      expect(html.match(new RegExp(`<${name}[ >]`, 'g'))?.length, name).toBe(html.match(new RegExp(`</${name}>`, 'g'))?.length);
    }
  });
});

test('tables keep their columns whatever is in them', () => {
  const analysis = analyse(engine, training(2, 1), 'a|b `c` *d*.sh');
  const markdown = reportMarkdown(analysis, 0, (field) => engine.alternatives(analysis, 0, field));
  const tables = [...new MarkdownIt().render(markdown).matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) => table);
  expect(tables.length).toBeGreaterThan(6);
  for (const table of tables) {
    const columns = table.match(/<th[ >]/g)?.length;
    for (const [row] of table.matchAll(/<tr>[\s\S]*?<\/tr>/g)) expect(row.match(/<t[hd][ >]/g)).toHaveLength(columns ?? 0);
  }
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

/** Text with the pieces configurations are made of, in any order, so that readers get further than with noise. */
const pieces = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\n',
      '\r\n',
      '\\\n',
      '\ufeff',
      '\u0000',
      '😀',
      '$TP',
      '${X:-1}',
      '$((1/0))',
      'TP=0',
    ),
    fc.constantFrom(
      'torchrun pretrain_gpt.py ',
      'vllm serve ',
      '--tensor-model-parallel-size ',
      '--num-layers ',
      '1e400 ',
      '-1 ',
      '"zero_optimization": {"stage": 3}',
    ),
    fc.constantFrom(
      '"hidden_size": 4096',
      '"architectures": ["LlamaForCausalLM"]',
      '<<EOF\n',
      'EOF\n',
      '#SBATCH --nodes=',
      'for i in 1 2; do\n',
      'done\n',
    ),
  ),
  { maxLength: 40 },
);

describe('whatever a file holds', () => {
  test.each(['check', 'read', 'estimate'])('%s answers without an internal error', async (command) => {
    const folder = folderWith({});
    await fc.assert(
      fc.asyncProperty(pieces, fc.constantFrom('a.sh', 'a.json', 'a.yaml', 'config.json'), async (parts, name) => {
        writeFileSync(join(folder, name), parts.join(''));
        const { code, error } = await rooflint([command, name], folder);
        expect(error).not.toMatch(/internal error|^\s+at /m);
        expect([0, 1, 2]).toContain(code);
      }),
      { numRuns: 60 },
    );
  });
});

test('a file of 5 MB is answered', async () => {
  const large = script() + '# filling\n'.repeat(500_000);
  const { code, error } = await rooflint(['check', 'large.sh', '--cluster', 'h100'], folderWith({ 'large.sh': large }));
  expect(error).not.toMatch(/internal error/);
  expect([0, 1, 2]).toContain(code);
});

test('Windows line ends and a byte order mark change neither finding nor place', async () => {
  const text = script().replace('TP=2', 'TP=3');
  const of = async (content: string) =>
    (
      JSON.parse((await rooflint(['check', 'a.sh', '--format', 'json'], folderWith({ 'a.sh': content }))).out) as {
        findings: { rule: string; place: object }[];
      }
    ).findings.map(({ rule, place }) => [rule, place]);
  const plain = await of(text);
  expect(plain.length).toBeGreaterThan(0);
  expect(await of(text.replace(/\n/g, '\r\n'))).toEqual(plain);
  expect(await of(`\ufeff${text}`)).toEqual(plain);
});

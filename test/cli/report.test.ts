import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

test('Markdown goes to standard output, or to a file', async () => {
  const folder = folderWith({ 'train.sh': script() });
  const shown = await rooflint(['report', 'train.sh', '--cluster', 'h100'], folder);
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/^# train\\?\.sh\n/);
  const written = await rooflint(['report', 'train.sh', '--cluster', 'h100', '-o', 'report.md'], folder);
  expect(written).toEqual({ code: 0, out: '', error: '' });
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toBe(shown.out);
});

test('HTML and JSON are what they say', async () => {
  const folder = folderWith({ 'train.sh': script() });
  expect((await rooflint(['report', 'train.sh', '--format', 'html', '--cluster', 'h100'], folder)).out).toMatch(/^<!DOCTYPE html>/);
  const data: unknown = JSON.parse((await rooflint(['report', 'train.sh', '--format', 'json', '--cluster', 'h100'], folder)).out);
  expect(data).toMatchObject({ framework: 'megatron-lm', kind: 'training', title: 'train.sh', estimate: { kind: 'training', gpus: 8 } });
});

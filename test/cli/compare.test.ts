import { expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

test('two files are put side by side, and what differs is named with its place', async () => {
  const other = script().replace('--micro-batch-size 2', '--micro-batch-size 4');
  const folder = folderWith({ 'a.sh': script(), 'b.sh': other });
  const { code, out, error } = await rooflint(['compare', 'a.sh', 'b.sh', '--cluster', 'h100'], folder);
  expect([code, error]).toEqual([0, '']);
  expect(out).toMatch(/^# a\\?\.sh and b\\?\.sh\n/);
  expect(out).toMatch(/## Settings that differ[\s\S]*Micro batch[^\n]*\| 2 [^\n]*\| 4 /);
  expect((await rooflint(['compare', 'a.sh', 'a.sh', '--cluster', 'h100'], folder)).out).toContain('No setting differs.');
});

test('a launch that is not there is said', async () => {
  const folder = folderWith({ 'a.sh': script() });
  expect(await rooflint(['compare', 'a.sh', 'a.sh', '--other-job', '2'], folder)).toEqual({
    code: 2,
    out: '',
    error: 'rooflint: a.sh holds 1 job; --other-job 2 is none of them.\n',
  });
});

/**
 * Speed as a ratio to a fixed piece of work timed in the same process: machines differ, ratios hardly. The room is wide; this
 * finds what became several times slower, not what became a little slower.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { longScript } from '../../server/src/cli/bench/jobs.ts';
import { measure, timingOf } from '../../server/src/cli/bench/measure.ts';
import { worksOf } from '../../server/src/cli/bench/works.ts';
import { ioIn, rooflint, root } from '../cli/run.ts';

interface Baseline {
  readonly room: number;
  readonly works: Readonly<Record<string, number>>;
}
const baseline = JSON.parse(readFileSync(join(root, 'test/bench/baseline.json'), 'utf8')) as Baseline;
const works = worksOf(true);

async function best(id: string): Promise<number> {
  const work = works.find((one) => one.id === id);
  if (!work) throw new Error(`no work ${id}`);
  return (await work.run(ioIn(root, { out: '', error: '' }))).best;
}

test.each(Object.entries(baseline.works))('%s is no more than a few times slower than it was', async (id, ratio) => {
  // The yardstick is taken before and after: another process may have come in between. One that stays for the whole of a
  // short work only adds to it, so the lowest of several ratios is the work's own.
  const ratios: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = await best('yardstick');
    const measured = await best(id);
    ratios.push(measured / Math.max(before, await best('yardstick')));
  }
  expect(Math.min(...ratios)).toBeLessThan(ratio * baseline.room);
});

test('the script of the keystroke bench has the lines it says and is a job with an estimate', async () => {
  expect(longScript(500).trimEnd().split('\n')).toHaveLength(500);
  const { folderWith } = await import('../cli/run.ts');
  const { code } = await rooflint(['estimate', 'train.sh'], folderWith({ 'train.sh': longScript(500) }));
  expect(code).toBe(0);
});

test('measure runs the work as often as it says and orders its figures', () => {
  let runs = 0;
  const timing = measure(() => runs++, 5, 10, 3);
  expect(runs).toBe(53);
  expect(timing.runs).toBe(50);
  expect(timing.best).toBeLessThanOrEqual(timing.median);
  expect(timing.median).toBeLessThanOrEqual(timing.p95);
  expect(timingOf([5, 1, 3])).toEqual({ best: 1, median: 3, p95: 5, runs: 3 });
});

import { expect, test } from 'vitest';
import { rooflint } from './run.ts';

interface Timeline {
  readonly makespan: number;
  readonly ranks: readonly { readonly bubbleShare: number; readonly peakMicroBatches: number }[];
  readonly operations: readonly { readonly rank: number; readonly kind: string; readonly start: number; readonly end: number }[];
}

async function timeline(...args: string[]): Promise<Timeline> {
  const { code, out, error } = await rooflint(['schedule', ...args, '--json']);
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Timeline;
}

// With equal times and no transfer both have (m + p - 1) rounds of forward and backward: PTD-P, section 2.2.1.
test.each(['gpipe', '1f1b'])('%s has the published bubble', async (name) => {
  const { makespan, ranks, operations } = await timeline(name, '--stages', '4', '--micro-batches', '8');
  expect(makespan).toBeCloseTo((8 + 4 - 1) * 3, 9);
  expect(ranks[0]?.bubbleShare).toBeCloseTo(3 / 11, 9);
  expect(operations.filter(({ kind }) => kind === 'forward')).toHaveLength(32);
  expect(operations.filter(({ kind }) => kind === 'backward')).toHaveLength(32);
});

test('interleaving divides the bubble by the virtual stages', async () => {
  const { makespan } = await timeline('interleaved-1f1b', '--stages', '4', '--micro-batches', '8', '--virtual', '2');
  expect(makespan).toBeCloseTo(8 * 3 + (3 * 3) / 2, 9);
});

test('both halves of the backward pass and the transfer count', async () => {
  const plain = await timeline(
    '1f1b',
    '--stages',
    '2',
    '--micro-batches',
    '4',
    '--forward',
    '1',
    '--backward-input',
    '1',
    '--backward-weight',
    '1',
  );
  const slow = await timeline(
    '1f1b',
    '--stages',
    '2',
    '--micro-batches',
    '4',
    '--forward',
    '1',
    '--backward-input',
    '2',
    '--backward-weight',
    '3',
    '--comm',
    '0.5',
  );
  expect(plain.makespan).toBeCloseTo(15, 9);
  expect(slow.makespan).toBeGreaterThan((4 + 1) * 6);
});

test('the chrome trace holds every operation', async () => {
  const { code, out } = await rooflint(['schedule', '1f1b', '--stages', '2', '--micro-batches', '3', '--trace', 'chrome']);
  expect(code).toBe(0);
  const trace = JSON.parse(out) as { traceEvents: { ph: string }[] };
  expect(trace.traceEvents.filter(({ ph }) => ph === 'X').length).toBeGreaterThanOrEqual(12);
});

test('the text says busy and waiting time per rank', async () => {
  const { out } = await rooflint(['schedule', '1f1b', '--stages', '4', '--micro-batches', '8']);
  expect(out).toMatch(/^ {3}0 +24 +0 +9 +27\.3 % +4$/m);
  expect(out).toMatch(/makespan 33, mean bubble 27\.3 %/);
});

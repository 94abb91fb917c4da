/** Scripts that an `exit` switches off. */
import { beforeAll, expect, test } from 'vitest';
import { recognise } from '../../server/src/frameworks/detect.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

const train = 'torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 2 --tensor-model-parallel-size $TP\n';
const read = (text: string) =>
  recognise(readDocument('file:///a.sh', text), (what, error) => {
    throw new Error(`${what}: ${String(error)}`);
  }).jobs.map(({ reading }) => reading);

test('a job below an exit that always runs is read as one that is switched off', () => {
  const text = `TP=2\n# NOT WORKING\nexit 1\nTP=4\n${train}`;
  const [reading, ...others] = read(text);
  expect(others).toEqual([]);
  expect(reading?.job['parallel.tensor']).toBe(4);
  expect(reading?.facts.disabled).toBe(true);
  const told = reading?.problems.find(({ code }) => code === 'never-reached');
  expect(told?.severity).toBe('info');
  expect(text.slice(told?.range.start, told?.range.end)).toBe('exit 1');
});

test.each([
  ['what runs is all that counts', `TP=2\n${train}exit 0\nTP=4\n${train}`],
  ['an exit that may not run switches nothing off', `TP=2\nif [ -z "$1" ]; then exit 1; fi\n${train}`],
])('%s', (_what, text) => {
  const [reading, ...others] = read(text);
  expect(others).toEqual([]);
  expect(reading?.job['parallel.tensor']).toBe(2);
  expect(reading?.facts.disabled).toBeUndefined();
});

/** Neighbouring values: each is a whole job of its own. */
import { beforeAll, expect, test } from 'vitest';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { Alternative } from '../../server/src/engine/analysis.ts';
import { contributionsOf } from '../../server/src/engine/contributions.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

const uri = 'file:///w/train.sh';
function alternatives(text: string, field: JobField): readonly Alternative[] {
  const { engine, faults } = engineOver();
  const found = engine.alternatives(engine.analyse(uri, text, 1), 0, field);
  expect(faults).toEqual([]);
  return found;
}

const training = ({ result }: Alternative) => ('estimate' in result && result.estimate.kind === 'training' ? result.estimate : undefined);

test('another TP means another DP and another number of micro batches; the GPUs stay', () => {
  const found = alternatives(launch('--tensor-model-parallel-size 4'), 'parallel.tensor');
  expect(found.map(({ value }) => value)).toEqual([1, 2, 4, 8, 16]);
  expect(found.filter(({ current }) => current).map(({ value }) => value)).toEqual([4]);
  expect(found.map(training).map((estimate) => estimate?.gpus)).toEqual([16, 16, 16, 16, 16]);
  expect(found.map(training).map((estimate) => estimate?.schedule.microBatches)).toEqual([16, 32, 64, 128, 256]);
});

test('the current value is the estimate that is shown, and equals what its own launch gives', () => {
  const two = alternatives(launch('--tensor-model-parallel-size 4'), 'parallel.tensor').find(({ value }) => value === 2);
  const own = alternatives(launch('--tensor-model-parallel-size 2'), 'parallel.tensor').find(({ current }) => current);
  expect(two && training(two)?.time.step.value).toBe(own && training(own)?.time.step.value);
});

test('a value the framework refuses says why', () => {
  const found = alternatives(launch('--tensor-model-parallel-size 8'), 'parallel.tensor');
  const tooMany = found.find(({ value }) => value === 32);
  expect(tooMany?.result).toMatchObject({ refusal: { why: expect.stringMatching(/32/) } });
});

test('full recomputation keeps less than selective, and selective no more than none', () => {
  const found = alternatives(launch(), 'recompute.granularity');
  const memory = found.map(training).map((estimate) => estimate?.memory.stages[0]?.device.value ?? Number.NaN);
  expect(found.map(({ value }) => value)).toEqual(['none', 'selective', 'full']);
  expect(memory[2]).toBeLessThan(memory[0] ?? 0);
  expect(memory[1]).toBeLessThanOrEqual(memory[0] ?? 0);
});

test('a field nobody can turn has none, and neither has a job without an estimate', () => {
  expect(alternatives(launch(), 'model.vocab')).toEqual([]);
  expect(alternatives('torchrun pretrain_gpt.py --num-layers 4\n', 'batch.micro')).toEqual([]);
});

test('the terms that use a field are found, none inside another', () => {
  const { engine } = engineOver();
  const job = engine.analyse(uri, launch('--tensor-model-parallel-size 4'), 1).jobs[0];
  const labels = (field: JobField) => (job ? contributionsOf(job, field) : []).map(({ aspect, term }) => `${aspect}: ${term.label}`);
  expect(labels('batch.micro')).toContain('memory: Activations');
  expect(labels('parallel.tensor')).toEqual(
    expect.arrayContaining(['memory: Parameters', 'memory: Gradients', 'memory: Optimizer states']),
  );
  expect(labels('model.vocab')).toContain('memory: Logits and loss');
  expect(labels('environment.cudaDeviceMaxConnections')).toEqual([]);
  for (const field of ['batch.micro', 'parallel.tensor'] as const) expect(new Set(labels(field)).size).toBe(labels(field).length);
});

test('a field acts through what was derived from it', () => {
  const { engine } = engineOver();
  const job = engine.analyse(uri, launch('--use-distributed-optimizer'), 1).jobs[0];
  const optimizer = job ? contributionsOf(job, 'cluster.nodes').filter(({ term }) => term.label === 'Optimizer states') : [];
  expect(optimizer.map(({ term }) => term.inputs?.some(({ field }) => field === 'parallel.data'))).toEqual([true]);
});

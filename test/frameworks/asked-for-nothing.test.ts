/** What a file writes and does not ask for: programs that are not read, switches with False, values of branches on a parameter. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Reading } from '../../server/src/frameworks/adapter.ts';
import { recognise } from '../../server/src/frameworks/detect.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

const fault = (what: string, error: unknown): void => {
  throw new Error(what, { cause: error });
};

function only(name: string, text: string): Reading {
  const { jobs } = recognise(readDocument(`file:///w/${name}`, text), fault);
  expect(jobs).toHaveLength(1);
  const [first] = jobs;
  if (!first) throw new Error('no job is read');
  return first.reading;
}

test('a service whose program is not read says so', () => {
  const text =
    'services:\n  worker:\n    image: own:latest\n    command: [python, -m, own.server]\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - {driver: nvidia, count: 2, capabilities: [gpu]}\n';
  const { kind, job, sources } = only('compose.yaml', text);
  expect([kind, job['cluster.gpusPerNode']]).toEqual(['cluster', 2]);
  expect(sources['model.name']).toMatchObject({ kind: 'unresolved', why: expect.stringContaining('only its machines are known') });
});

const shape =
  '--num-layers 24 --hidden-size 1024 --num-attention-heads 16 --seq-length 1024 --max-position-embeddings 1024 --micro-batch-size 4 --bf16';

test.each([
  ['--use-distributed-optimizer', 1],
  ['--use-distributed-optimizer True', 1],
  ['--use-distributed-optimizer False', 0],
])('%s means ZeRO stage %i', (flag, stage) => {
  expect(only('run.sh', `torchrun --nproc_per_node 8 pretrain_gpt.py ${shape} ${flag}\n`).job['zero.stage']).toBe(stage);
});

test.each([
  [0, 'none'],
  [2, 'full'],
])('the recomputation of %i layers is %s', (layers, granularity) => {
  const flags = `--recompute-granularity full --recompute-method block --recompute-num-layers ${layers}`;
  const { job, problems } = only('run.sh', `torchrun --nproc_per_node 8 pretrain_gpt.py ${shape} ${flags}\n`);
  expect(job['recompute.granularity']).toBe(granularity);
  expect(problems).toEqual([]);
});

describe('a helper of a recipe', () => {
  const recipe = (body: string, argument: string) =>
    `from megatron.bridge.recipes.common import _pretrain_common\nfrom megatron.bridge.training.config import ConfigContainer\n\ndef _apply(cfg: ConfigContainer, kind) -> None:\n${body}\n\ndef my_pretrain_config() -> ConfigContainer:\n    cfg = _pretrain_common()\n    cfg.model.tensor_model_parallel_size = 2\n    _apply(cfg, ${argument})\n    return cfg\n`;

  test('takes its argument', () => {
    const text = recipe('    cfg.model.pipeline_model_parallel_size = kind', '4');
    expect(only('recipe.py', text).job['parallel.pipeline']).toBe(4);
  });

  test('leaves open what a branch on its argument sets', () => {
    const branches = "    if kind == 'a':\n        stages = 2\n    elif kind == 'b':\n        stages = 4\n";
    const { job, sources, problems } = only('recipe.py', recipe(`${branches}    cfg.model.pipeline_model_parallel_size = stages`, "'b'"));
    expect(job['parallel.pipeline']).toBeUndefined();
    expect(sources['parallel.pipeline']?.kind).toBe('unresolved');
    expect(problems).toEqual([]);
  });
});

/** Python modules that a recipe imports: whose values they are, where findings about them stand, and when they are read again. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { findSourced } from '../../server/src/engine/sourced.ts';
import { DocumentReader, readDocument } from '../../server/src/syntax/read.ts';
import { engineOver, filesUnder, loadParsers } from './support.ts';

beforeAll(loadParsers);

const uri = 'file:///w/team/recipes/job.py';
const engineWith = (files: Readonly<Record<string, string>>) => engineOver(files, undefined, filesUnder(files));
const analyse = (text: string, files: Readonly<Record<string, string>>): Analysis => {
  const { engine, faults } = engineWith(files);
  const analysis = engine.analyse(uri, text, 1);
  expect(faults).toEqual([]);
  return analysis;
};
const only = ({ jobs }: Analysis) => {
  const [job, ...others] = jobs;
  if (!job || others.length > 0) throw new Error(`${jobs.length} jobs were read`);
  return job;
};
const at = (text: string, range: { start: number; end: number }) => text.slice(range.start, range.end);

const base = `import nemo_run as run
from nemo import lightning as nl
from nemo.collections import llm
from .sizes import MICRO, NODES


def base_recipe(tp: int = 2, nodes: int = NODES):
    strategy = run.Config(nl.MegatronStrategy, tensor_model_parallel_size=tp, pipeline_model_parallel_size=3)
    trainer = run.Config(nl.Trainer, devices=8, num_nodes=nodes, strategy=strategy)
    data = run.Config(llm.MockDataModule, seq_length=4096, global_batch_size=96, micro_batch_size=MICRO)
    model = run.Config(llm.LlamaModel, config=run.Config(llm.Llama31Config8B))
    return run.Partial(llm.pretrain, model=model, trainer=trainer, data=data)
`;
const sizes = 'NODES = 3\nMICRO = 2\n';
const files = { 'team/recipes/base.py': base, 'team/recipes/sizes.py': sizes };
const text = `from .base import base_recipe
from .sizes import NODES


def job():
    recipe = base_recipe(tp=4)
    recipe.data.global_batch_size = 32 * NODES
    return recipe
`;

describe('a recipe that builds on a function of another module', () => {
  let analysis: Analysis;
  beforeAll(() => {
    analysis = analyse(text, files);
  });
  const job = () => only(analysis);
  const placed = (field: 'parallel.pipeline' | 'parallel.tensor' | 'batch.micro' | 'cluster.nodes') => {
    const origin = job().sources[field];
    if (!origin || !('value' in origin)) throw new Error(`${field} is written nowhere`);
    const texts: Readonly<Record<string, string>> = { ...files, 'team/recipes/job.py': text };
    return [origin.uri, at(texts[origin.uri.replace('file:///w/', '')] ?? '', origin.value)];
  };

  test('has the values of both', () => {
    expect(job().framework).toBe('nemo2');
    expect(job().own).toMatchObject({
      'parallel.tensor': 4,
      'parallel.pipeline': 3,
      'batch.micro': 2,
      'batch.global': 96,
      'sequence.length': 4096,
      'cluster.nodes': 3,
      'cluster.gpusPerNode': 8,
    });
  });

  test('keeps the place of each', () => {
    expect(placed('parallel.tensor')).toEqual([uri, '4']);
    expect(placed('parallel.pipeline')).toEqual(['file:///w/team/recipes/base.py', '3']);
    expect(placed('batch.micro')).toEqual(['file:///w/team/recipes/sizes.py', '2']);
    expect(placed('cluster.nodes')).toEqual(['file:///w/team/recipes/sizes.py', '3']);
    expect(job().sources['parallel.pipeline']).not.toHaveProperty('keyUri');
    expect(job().sources['batch.micro']).toMatchObject({ keyUri: 'file:///w/team/recipes/base.py' });
  });

  test('is told what follows from them at the line that imports', () => {
    const wide = { ...files, 'team/recipes/base.py': base.replace('pipeline_model_parallel_size=3', 'pipeline_model_parallel_size=5') };
    const found = only(analyse(text, wide)).findings.find(({ finding }) => finding.at === 'parallel.pipeline');
    expect(found?.place.uri).toBe(uri);
    expect(found && at(text, found.place.range)).toBe('from .base import base_recipe');
    expect(found?.related.map(({ place }) => place.uri)).toContain('file:///w/team/recipes/base.py');
  });

  test('rests on those modules', () => {
    expect(analysis.dependsOn).toEqual(expect.arrayContaining(['file:///w/team/recipes/base.py', 'file:///w/team/recipes/sizes.py']));
    const link = job().links.find(({ uri: to }) => to?.endsWith('base.py'));
    expect(link && at(text, link.range)).toBe('from .base import base_recipe');
    expect(engineWith(files).engine.dependencies(uri, text)).toContain('file:///w/team/recipes/base.py');
  });
});

const constant = 'TP = 3\n';
const using = (head: string, tp: string) => `import nemo_run as run
from nemo.collections import llm
${head}

def job():
    recipe = llm.llama3_8b.pretrain_recipe(num_nodes=2, num_gpus_per_node=8)
    recipe.trainer.strategy.tensor_model_parallel_size = ${tp}
    return recipe
`;

test.each([
  ['from .common import TP', 'TP', 'team/recipes/common.py'],
  ['from .common import TP as T', 'T', 'team/recipes/common.py'],
  ['from . import common', 'common.TP', 'team/recipes/common.py'],
  ['from . import TP', 'TP', 'team/recipes/__init__.py'],
  ['from ..common import TP', 'TP', 'team/common.py'],
  ['from ..shared.common import TP', 'TP', 'team/shared/common.py'],
  ['from .shared import TP', 'TP', 'team/recipes/shared/__init__.py'],
  ['from common import TP', 'TP', 'team/recipes/common.py'],
  ['from team.common import TP', 'TP', 'team/common.py'],
  ['from team.recipes import common', 'common.TP', 'team/recipes/common.py'],
  ['import team.common', 'team.common.TP', 'team/common.py'],
  ['import team.common as c', 'c.TP', 'team/common.py'],
  ['from .common import *', 'TP', 'team/recipes/common.py'],
  ['try:\n    from .common import TP\nexcept ImportError:\n    from common import TP', 'TP', 'team/recipes/common.py'],
])('%s', (head, tp, path) => {
  const job = only(analyse(using(head, tp), { [path]: constant }));
  expect(job.own['parallel.tensor']).toBe(3);
  expect(job.sources['parallel.tensor']).toMatchObject({ uri: `file:///w/${path}`, keyUri: uri });
});

test.each([
  ['a relative import does not look above its folder', 'from .common import TP', 'TP', { 'team/common.py': constant }],
  ['a name that begins with an underscore stays behind a star', 'from .common import *', '_TP', { 'team/recipes/common.py': '_TP = 3\n' }],
  ['packages that every machine has are not looked for', 'from torch import TP', 'TP', { 'torch.py': constant }],
  ['what is computed when the program runs is unknown', 'from .common import TP', 'TP', { 'team/recipes/common.py': 'TP = count()\n' }],
])('%s', (_, head, tp, texts) => {
  const job = only(analyse(using(head, tp), texts));
  expect(job.own['parallel.tensor']).toBeUndefined();
  expect(job.sources['parallel.tensor']).toMatchObject({ kind: 'unresolved' });
});

test('a dataclass of another module gives its defaults, a module between them its own names', () => {
  const texts = {
    'team/recipes/sizes.py': 'from dataclasses import dataclass\n\n@dataclass\nclass Sizes:\n    tp: int = 3\n    pp: int = 1\n',
    'team/recipes/between.py': 'from .sizes import Sizes\nSIZES = Sizes(pp=2)\n',
  };
  const job = only(analyse(using('from .between import SIZES', 'SIZES.tp * SIZES.pp'), texts));
  expect(job.own['parallel.tensor']).toBe(6);
});

test('modules that import each other end', () => {
  const texts = {
    'team/recipes/a.py': 'from .b import *\nfrom .job import job\nTP = OTHER + 1\n',
    'team/recipes/b.py': 'from .a import TP as T\nOTHER = 2\n',
  };
  expect(only(analyse(using('from .a import TP', 'TP'), texts)).own['parallel.tensor']).toBe(3);
});

describe('the other front ends in Python', () => {
  const named = (analysis: Analysis) => analysis.jobs.find(({ facts }) => facts.function === 'job') ?? only(analysis);
  test.each([
    [
      'Megatron-Bridge',
      'from .base import base\n\ndef job():\n    cfg = base()\n    cfg.model.tensor_model_parallel_size = 4\n    return cfg\n',
      `from megatron.bridge.recipes.common import _pretrain_common
from megatron.bridge import AutoBridge

def base():
    cfg = _pretrain_common()
    cfg.model = AutoBridge.from_hf_pretrained("meta-llama/Llama-3.1-8B").to_megatron_provider(load_weights=False)
    cfg.model.tensor_model_parallel_size = 2
    cfg.model.pipeline_model_parallel_size = 2
    cfg.train.global_batch_size = 64
    return cfg
`,
      { 'parallel.tensor': 4, 'parallel.pipeline': 2, 'batch.global': 64 },
    ],
    [
      'torchtitan',
      'from .base import base\n\ndef job():\n    config = base()\n    config.training.local_batch_size = 4\n    return config\n',
      `from torchtitan.config import ParallelismConfig, TrainingConfig
from torchtitan.models.llama3 import model_registry
from torchtitan.trainer import Trainer

def base() -> Trainer.Config:
    return Trainer.Config(
        model_spec=model_registry("8B"),
        training=TrainingConfig(local_batch_size=1, seq_len=8192),
        parallelism=ParallelismConfig(tensor_parallel_degree=2),
    )
`,
      { 'parallel.tensor': 2, 'batch.micro': 4, 'sequence.length': 8192 },
    ],
    [
      'OLMo-core',
      'from olmo_core.launch import main\nfrom .base import LENGTH, train_module\n\ndef job(common):\n    return train_module(LENGTH)\n',
      `from olmo_core.nn.transformer import TransformerConfig
from olmo_core.train.train_module import TransformerTrainModuleConfig, TransformerTensorParallelConfig

LENGTH = 4096

def model():
    return TransformerConfig.olmo2_7B(vocab_size=100352)

def train_module(length):
    model()
    return TransformerTrainModuleConfig(
        rank_microbatch_size=2 * LENGTH, max_sequence_length=LENGTH, tp_config=TransformerTensorParallelConfig(degree=2)
    )
`,
      { 'parallel.tensor': 2, 'batch.micro': 2, 'sequence.length': 4096 },
    ],
    [
      'XTuner',
      'from mmengine.config import read_base\nwith read_base():\n    from .base import *\nmodel.llm.pretrained_model_name_or_path = "Qwen/Qwen2.5-7B"\n',
      `from xtuner.model import SupervisedFinetune
max_length = 2048
model = dict(type=SupervisedFinetune, llm=dict(pretrained_model_name_or_path="Qwen/Qwen2.5-0.5B"))
train_dataloader = dict(batch_size=3)
optim_wrapper = dict(accumulative_counts=2)
`,
      { 'batch.micro': 3, 'batch.accumulation': 2 },
    ],
  ])('%s', (_, head, other, expected) => {
    const job = named(analyse(head, { 'team/recipes/base.py': other }));
    expect(job.own).toMatchObject(expected);
    for (const { place } of job.findings) expect([place.uri, place.range.end <= head.length]).toEqual([uri, true]);
  });
});

test('a chain of modules is followed no further than a bound, and nothing is made up behind it', () => {
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `team/recipes/m${index}.py`,
        index === length - 1 ? 'TP = 3\n' : `from .m${index + 1} import TP\n`,
      ]),
    );
  const tensor = (length: number) => only(analyse(using('from .m0 import TP', 'TP'), chain(length))).own['parallel.tensor'];
  expect([tensor(4), tensor(12)]).toEqual([3, undefined]);
});

test('a module is read again when one that it imports changes, appears or goes', () => {
  const texts: Record<string, string> = {};
  const reader = new DocumentReader(uri, 'from .common import TP\nx = f(tp=TP)\n', 'python', findSourced(filesUnder(texts)));
  const value = () => {
    const tp = reader.document.python?.calls[0]?.arguments[0]?.value;
    return tp?.kind === 'scalar' ? tp.scalar : undefined;
  };
  expect(value()).toBeUndefined();
  texts['team/recipes/common.py'] = 'TP = 2\n';
  expect(value()).toBe(2);
  const before = reader.document;
  expect(reader.document).toBe(before);
  texts['team/recipes/common.py'] = 'WIDE = True\nTP = 4\n';
  expect(value()).toBe(4);
  delete texts['team/recipes/common.py'];
  expect(value()).toBeUndefined();
});

test('an edit gives what reading afresh gives, with the places of imported values', () => {
  const find = findSourced(filesUnder(files));
  const reader = new DocumentReader(uri, text, 'python', find);
  const edited = reader.edit([{ start: 0, end: 0, text: '"""Ours."""\n' }]);
  expect(edited).toEqual(readDocument(uri, `"""Ours."""\n${text}`, 'python', find));
});

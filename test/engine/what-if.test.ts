/** Trying values: written into the text, read again, and offered only where the framework takes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import type { EngineSettings, JobAnalysis } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { addFlag } from '../../server/src/engine/flag-additions.ts';
import { controlsOf } from '../../server/src/engine/what-if/controls.ts';
import { cleanChange, valueIn } from '../../server/src/engine/what-if/fields.ts';
import { offered } from '../../server/src/engine/what-if/offered.ts';
import { patchOf, textsAfter } from '../../server/src/engine/what-if/texts.ts';
import { whatIf } from '../../server/src/engine/what-if/what-if.ts';
import { diskFiles } from '../../server/src/io/files.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

interface Tried {
  readonly texts: ReadonlyMap<string, string>;
  readonly job: JobAnalysis;
  readonly settings: EngineSettings;
  readonly why: readonly string[];
}

/** What a change makes of a file and the files beside it. */
function tryIn(
  name: string,
  text: string,
  change: PartialJob,
  others: Readonly<Record<string, string>> = {},
  settings?: EngineSettings,
): Tried {
  const { engine, faults } = engineOver(others, settings);
  const analysis = engine.analyse(`file:///w/${name}`, text, 1);
  const found = whatIf(engine, analysis, 0, change);
  if (!found) throw new Error('no job was read');
  expect(faults).toEqual([]);
  const named = new Map(Object.entries({ ...others, [name]: text }).map(([file, own]) => [`file:///w/${file}`, own]));
  const after = textsAfter(found.edits, (uri) => named.get(uri));
  return {
    texts: new Map([...after].map(([uri, own]) => [uri.replace('file:///w/', ''), own])),
    job: found.tried,
    settings: found.settings,
    why: found.unwritable.map(({ why }) => why),
  };
}

const textIn = (name: string, text: string, change: PartialJob, others?: Readonly<Record<string, string>>): string | undefined =>
  tryIn(name, text, change, others).texts.get(name);

const stepOf = ({ result }: JobAnalysis): number | string => {
  if ('refusal' in result) return result.refusal.why;
  return result.estimate.kind === 'training' ? result.estimate.time.step.value : result.estimate.decode.timePerToken.value;
};

const memoryOf = ({ result }: JobAnalysis): readonly number[] => {
  if ('refusal' in result) return [];
  const { estimate } = result;
  return estimate.kind === 'training' ? estimate.memory.stages.map(({ device }) => device.value) : [estimate.memory.total.value];
};

describe('a launch script', () => {
  test('a flag is changed where it stands, a variable where it is assigned', () => {
    expect(textIn('a.sh', launch('--tensor-model-parallel-size 4'), { 'parallel.tensor': 2 })).toBe(
      launch('--tensor-model-parallel-size 2'),
    );
    const script = (tp: number) => `TP=${tp} # per node\n${launch('--tensor-model-parallel-size $TP')}`;
    expect(textIn('a.sh', script(4), { 'parallel.tensor': 2 })).toBe(script(2));
  });

  test('what is not written is added as a flag, and taken out again', () => {
    const { texts, job } = tryIn('a.sh', launch(), { 'recompute.granularity': 'full' });
    expect(texts.get('a.sh')).toContain(
      '    --global-batch-size 256 \\\n    --recompute-granularity full \\\n    --recompute-method uniform \\\n    --recompute-num-layers 1 \\\n',
    );
    expect(job.job['recompute.granularity']).toBe('full');
    expect(textIn('a.sh', texts.get('a.sh') ?? '', { 'recompute.granularity': 'none' })).toBe(launch());
  });

  test('a flag without neighbours on the command line stands behind the line that begins it, as deep as those that go on with it', () => {
    const script = `if [ -n "$ALL" ]; then
  ARGS="--num-layers 8 --hidden-size 512"
fi
torchrun --nproc_per_node 8 pretrain_gpt.py \\
    $ARGS $2
`;
    const start = 'torchrun --nproc_per_node 8 pretrain_gpt.py \\\n';
    const { document, jobs } = engineOver().engine.analyse('file:///w/a.sh', script, 1);
    const edit = addFlag(document, jobs[0]?.sources ?? {}, '--bf16', 'precision.compute');
    expect(edit && script.slice(0, edit.range.start) + edit.newText + script.slice(edit.range.end)).toContain(
      `${start.trimEnd()}\n    --bf16 \\\n    $ARGS`,
    );
  });

  test('a flag goes where its neighbours stand, and out of it again', () => {
    const script = `ARGS=(
  --num-layers 8 --hidden-size 512 --num-attention-heads 8 --seq-length 1024 --max-position-embeddings 1024 --vocab-size 32000
  --micro-batch-size 1 --global-batch-size 64 --pipeline-model-parallel-size 2
)
torchrun --nproc_per_node 8 pretrain_gpt.py \\
    "\${ARGS[@]}"
`;
    const written = textIn('a.sh', script, { 'parallel.virtualStages': 2 });
    expect(written).toBe(script.replace('\n)', '\n  --num-virtual-stages-per-pipeline-rank 2\n)'));
    expect(textIn('a.sh', written ?? '', { 'parallel.virtualStages': 1 })).toBe(script);
  });

  test('DP is a number of nodes, micro batches are a global batch, VPP is layers of a stage', () => {
    expect(textIn('a.sh', launch(), { 'parallel.data': 32 })).toBe(launch().replace('--nnodes 2', '--nnodes 4'));
    expect(textIn('a.sh', launch(), { 'batch.accumulation': 8 })).toBe(
      launch().replace('--global-batch-size 256', '--global-batch-size 128'),
    );
    const pipelined = launch('--pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 3');
    expect(textIn('a.sh', pipelined, { 'parallel.virtualStages': 3 })).toBe(pipelined.replace('stage 3', 'stage 2'));
    expect(textIn('a.sh', pipelined, { 'parallel.virtualStages': 1 })).toBe(launch('--pipeline-model-parallel-size 4'));
  });

  test('the schedule of Megatron-LM is what VPP makes it', () => {
    const text = launch('--pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 3');
    const plain = tryIn('a.sh', text, { 'parallel.schedule': '1f1b', 'parallel.virtualStages': 1 });
    expect(plain.why).toEqual([]);
    expect(plain.texts.get('a.sh')).toBe(launch('--pipeline-model-parallel-size 4'));
    expect(tryIn('a.sh', text, { 'parallel.schedule': 'zb-v' }).why).toEqual([expect.stringContaining('no key is known')]);
  });

  test('several values are written together, and the one that follows from the others comes out of them', () => {
    const { texts, job, why } = tryIn('a.sh', launch('--tensor-model-parallel-size 1'), {
      'parallel.tensor': 2,
      'parallel.data': 16,
      'batch.micro': 2,
      'batch.accumulation': 4,
    });
    expect(why).toEqual([]);
    expect(texts.get('a.sh')).toBe(
      launch('--tensor-model-parallel-size 2')
        .replace('--nnodes 2', '--nnodes 4')
        .replace('--micro-batch-size 1', '--micro-batch-size 2')
        .replace('--global-batch-size 256', '--global-batch-size 128'),
    );
    expect([job.job['parallel.data'], job.job['batch.accumulation']]).toEqual([16, 4]);
  });

  test('a value of a linked or a sourced file is written there', () => {
    const deepspeed = (stage: number) =>
      `{\n  "train_micro_batch_size_per_gpu": 2,\n  "zero_optimization": { "stage": ${stage} } // why\n}\n`;
    const script =
      'deepspeed --num_gpus 8 pretrain_gpt.py --num-layers 24 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --vocab-size 50304 --micro-batch-size 2 --deepspeed --deepspeed_config ds.json\n';
    const { texts, why } = tryIn('a.sh', script, { 'zero.stage': 3 }, { 'ds.json': deepspeed(1) });
    expect(why).toEqual([]);
    expect([...texts]).toEqual([['ds.json', deepspeed(3)]]);
    const sourced = tryIn(
      'a.sh',
      `source ./sizes.sh\n${launch('--tensor-model-parallel-size $TP')}`,
      { 'parallel.tensor': 2 },
      { 'sizes.sh': 'export TP=4\n' },
    );
    expect([...sourced.texts]).toEqual([['sizes.sh', 'export TP=2\n']]);
  });

  test('hardware that no file names goes into the settings', () => {
    const { texts, settings, job } = tryIn('a.sh', launch(), {
      'cluster.gpu': 'nvidia-a100-sxm-80gb',
      'cluster.interconnect': 'ethernet-100',
    });
    expect(texts.size).toBe(0);
    expect(settings).toEqual({ gpu: 'nvidia-a100-sxm-80gb', network: 'ethernet-100' });
    expect(job.cluster?.accelerator.id).toBe('nvidia-a100-sxm-80gb');
  });

  test('what is computed, hidden or shared is tried all the same, and says why it cannot be written', () => {
    for (const [flag, why] of [
      ['--tensor-model-parallel-size $((2*2))', /not written as a plain value: \$\(\(2\*2\)\)/],
      ['--tensor-model-parallel-size $TP --pipeline-model-parallel-size $TP', /the same text also says PP/],
    ] as const) {
      const text = `TP=2\n${launch(flag)}`;
      const tried = tryIn('a.sh', text, { 'parallel.tensor': 1 });
      expect(tried.why.join()).toMatch(why);
      expect(tried.texts.size).toBe(0);
      expect(tried.job.job['parallel.tensor']).toBe(1);
    }
    const hidden = tryIn('a.sh', launch('--tensor-model-parallel-size $1'), { 'parallel.tensor': 2 });
    expect(hidden.why).toHaveLength(1);
    expect(hidden.texts.size).toBe(0);
  });
});

describe('files of keys', () => {
  test('YAML keeps comments and order, and takes words of its own', () => {
    const yaml = (gradient: string, micro: number) =>
      `base_model: Qwen/Qwen2.5-7B # the small one\nmicro_batch_size: ${micro}   # fits\ngradient_accumulation_steps: 4\nsequence_len: 4096\ngradient_checkpointing: ${gradient}\nlearning_rate: 0.0001\ndatasets:\n  - path: a\n    type: alpaca\n`;
    expect(textIn('axolotl.yml', yaml('true', 2), { 'batch.micro': 4 })).toBe(yaml('true', 4));
    expect(textIn('axolotl.yml', yaml('true', 2), { 'recompute.granularity': 'none' })).toBe(yaml('false', 2));
    const selective = tryIn('axolotl.yml', yaml('true', 2), { 'recompute.granularity': 'selective' });
    expect(selective.why).toEqual(['no word that its key takes means selective']);
  });

  test('TOML takes the words of its schedules', () => {
    const toml = (schedule: string) =>
      `[model]\nname = "llama3"\nflavor = "8B"\n\n[training]\nlocal_batch_size = 2\nglobal_batch_size = 64\nseq_len = 4096\n\n[parallelism]\npipeline_parallel_degree = 4\npipeline_parallel_schedule = "${schedule}" # of torch\n`;
    expect(textIn('t.toml', toml('1F1B'), { 'parallel.schedule': 'interleaved-1f1b', 'parallel.virtualStages': 2 })).toBe(
      toml('Interleaved1F1B'),
    );
  });

  test('a number that stands for "none" is replaced', () => {
    const text = readFileSync(join(import.meta.dirname, '../samples/gpt-neox/2.0/gated-7b.yml'), 'utf8');
    const { job, why } = tryIn('gated-7b.yml', text, { 'parallel.pipeline': 2 });
    expect(why).toEqual([]);
    expect(job.job['parallel.pipeline']).toBe(2);
  });

  test('a constant of Python is replaced', () => {
    const text = readFileSync(join(import.meta.dirname, '../samples/internevo/0.5/7b.py'), 'utf8');
    const { texts, job, why } = tryIn('7b.py', text, { 'batch.micro': 2 });
    expect(why).toEqual([]);
    expect(job.job['batch.micro']).toBe(2);
    const [before, after] = [text.split('\n'), (texts.get('7b.py') ?? '').split('\n')];
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1);
  });

  test('a server takes other limits', () => {
    const text = 'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192 --max-num-seqs 64\n';
    expect(textIn('s.sh', text, { 'serving.maxSequences': 32, 'parallel.tensor': 2 })).toBe(
      'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192 --max-num-seqs 32 --tensor-parallel-size 2\n',
    );
  });
});

describe('what is offered', () => {
  const controls = (text: string) => {
    const { engine } = engineOver();
    const [job] = engine.analyse('file:///w/a.sh', text, 1).jobs;
    if (!job) throw new Error('no job was read');
    return new Map(controlsOf(job).map((control) => [control.field, control]));
  };

  test('the values now are among the choices, and none of them is refused', () => {
    for (const { value, choices } of controls(launch('--tensor-model-parallel-size 4')).values()) {
      expect(choices.find((choice) => choice.value === value)?.refused).toBeUndefined();
      expect(choices.map((choice) => choice.value)).toContain(value);
    }
  });

  test('what does not divide is not offered or says why the rules refuse it', () => {
    const found = controls(launch('--tensor-model-parallel-size 4'));
    const tensor = found.get('parallel.tensor')?.choices ?? [];
    expect(tensor.map(({ value }) => value)).toEqual([1, 2, 4, 8, 16]);
    const micro = found.get('batch.micro')?.choices.find(({ value }) => value === 64);
    expect(
      controls(launch('--tensor-model-parallel-size 1').replace('--global-batch-size 256', '--global-batch-size 48'))
        .get('batch.micro')
        ?.choices.find(({ value }) => value === 2)?.refused,
    ).toMatch(/48/);
    expect(micro).toBeUndefined();
    expect(found.has('parallel.expert')).toBe(false);
  });

  test('a change from outside is taken apart: fields of this kind of job, values within their ranges', () => {
    const given = {
      'parallel.tensor': 2,
      'parallel.pipeline': 0,
      'batch.micro': 1.5,
      'cluster.gpu': 'a b; rm',
      'serving.maxSequences': 4,
      nothing: 1,
    };
    expect(cleanChange({ kind: 'training' }, given)).toEqual({ 'parallel.tensor': 2 });
    expect(cleanChange({ kind: 'model' }, given)).toEqual({});
  });
});

describe('what is offered', () => {
  const offers = (name: string, text: string, others: Readonly<Record<string, string>> = {}) => {
    const { engine, faults } = engineOver(others);
    const analysis = engine.analyse(`file:///w/${name}`, text, 1);
    const [job] = analysis.jobs;
    if (!job) throw new Error('no job was read');
    const { controls, withheld } = offered(engine, analysis, job, controlsOf(job));
    expect(faults).toEqual([]);
    return {
      values: new Map(controls.map(({ field, choices }) => [field, choices.map(({ value }) => value)])),
      withheld: new Map(withheld.map(({ field, why }) => [field, why])),
    };
  };
  const trainer = (more: string) =>
    `torchrun --nproc_per_node 8 train.py --model_name_or_path meta-llama/Llama-3.1-8B --per_device_train_batch_size 1 --bf16 True --output_dir o ${more}\n`;

  test('is what the framework has a word for: no selective recomputation in Hugging Face, no ZeRO stage 3 in Megatron-LM', () => {
    expect(offers('a.sh', trainer('--gradient_checkpointing True')).values.get('recompute.granularity')).toEqual(['none', 'full']);
    expect(offers('a.sh', launch()).values.get('zero.stage')).toEqual([0, 1]);
    expect(offers('a.sh', launch()).values.get('recompute.granularity')).toEqual(['none', 'selective', 'full']);
  });

  test('leaves out what no key says, and tells so', () => {
    const { values, withheld } = offers('a.sh', trainer(''));
    expect(values.has('parallel.context')).toBe(false);
    expect(withheld.get('parallel.context')).toMatch(/no key is known/);
  });

  test('stays with a value that the file computes: it is tried, and the reason is told then', () => {
    const { values, withheld } = offers('a.sh', launch('--tensor-model-parallel-size $((1+1))'));
    expect([values.has('parallel.tensor'), withheld.has('parallel.tensor')]).toEqual([true, false]);
  });

  test('has all stages of ZeRO in a fork that runs under DeepSpeed', () => {
    expect(offers('a.sh', launch('--deepspeed --zero-stage 1')).values.get('zero.stage')).toEqual([0, 1, 2, 3]);
  });
});

describe('a patch', () => {
  test('shows the lines that change with three around them, and counts them right', () => {
    const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
    const at = (word: string) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });
    const patch = patchOf('a.sh', text, [
      { uri: 'a', range: at('line 5\n'), newText: 'one\ntwo\n' },
      { uri: 'a', range: at('line 18'), newText: 'last' },
    ]);
    expect(patch).toBe(
      '--- a.sh\n+++ a.sh\n@@ -3,8 +3,9 @@\n line 2\n line 3\n line 4\n-line 5\n-line 6\n+one\n+two\n+line 6\n line 7\n line 8\n line 9\n' +
        '@@ -16,5 +17,5 @@\n line 15\n line 16\n line 17\n-line 18\n+last\n line 19\n',
    );
    expect(patchOf('a.sh', text, [])).toBe('');
  });
});

describe('every sample', () => {
  const root = join(import.meta.dirname, '../samples');
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith('.expected.json'))
    .map((file) => relative(root, join(file.parentPath, file.name)).replace(/\.expected\.json$/, ''))
    .sort();
  // A few of every framework, and one value of every field: the fields take turns at which of their values is tried.
  const perFramework = 2;
  const taken = names.filter((name) => names.filter((other) => other.split('/')[0] === name.split('/')[0]).indexOf(name) < perFramework);

  test('applied and analysed anew gives the same as what was tried', () => {
    const options = { settings: () => ({ gpu: 'nvidia-h100-sxm-80gb' }), log: (message: string) => expect.fail(message) };
    const engine = createEngine({ ...options, files: diskFiles([root]) });
    let written = 0;
    taken.forEach((name, turn) => {
      const uri = pathToFileURL(join(root, name)).href;
      const analysis = engine.analyse(uri, readFileSync(join(root, name), 'utf8'), 1);
      const [job] = analysis.jobs;
      if (!job || !('estimate' in job.result)) return;
      for (const { field, value, choices } of offered(engine, analysis, job, controlsOf(job)).controls) {
        const others = choices.filter((choice) => choice.value !== value && choice.refused === undefined);
        const chosen = others[turn % Math.max(1, others.length)];
        if (!chosen || field === 'cluster.gpu' || field === 'cluster.interconnect') continue;
        const found = whatIf(engine, analysis, 0, { [field]: chosen.value });
        if (!found) throw new Error(`${name} is no job`);
        // What is offered can be written, unless the text at hand is not ours to change; orders of operations may be looked at anywhere.
        if (found.unwritable.length > 0) {
          const origin = job.sources[field];
          const isWritten = origin !== undefined && 'value' in origin;
          const isLookedAt = ['parallel.schedule', 'parallel.virtualStages', 'batch.accumulation', 'parallel.data'].includes(field);
          expect([name, field, found.unwritable, isWritten || isLookedAt]).toEqual([name, field, found.unwritable, true]);
          continue;
        }
        const files = diskFiles([root]);
        const texts = textsAfter(found.edits, (file) => {
          const read = files.read(file);
          return 'text' in read ? read.text : undefined;
        });
        const read = (file: string) => (texts.has(file) ? { text: texts.get(file) ?? '' } : files.read(file));
        const settings = () => ({ ...options.settings(), ...found.settings });
        const again = createEngine({ ...options, settings, files: { ...files, read } }).analyse(
          uri,
          texts.get(uri) ?? analysis.document.text,
          1,
        ).jobs[0];
        if (!again) throw new Error(`${name} is no job any more`);
        written += 1;
        expect([name, field, valueIn(field, again)]).toEqual([name, field, chosen.value]);
        expect([name, field, stepOf(again), ...memoryOf(again)]).toEqual([name, field, stepOf(found.tried), ...memoryOf(found.tried)]);
      }
    });
    expect(written).toBeGreaterThan(150);
  }, 240_000);
});

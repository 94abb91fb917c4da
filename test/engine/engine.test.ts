/** From text to analysis: joining files, remembering, placing, and what goes wrong without doing harm. */
import { beforeAll, describe, expect, test } from 'vitest';
import { defineRule } from '../../server/src/core/finding.ts';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { contributionsOf } from '../../server/src/engine/contributions.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { factsOf } from '../../server/src/engine/facts.ts';
import { mergeLayers } from '../../server/src/engine/layers.ts';
import { describe as describeField, placeFinding } from '../../server/src/engine/place.ts';
import { runRules } from '../../server/src/engine/run-rules.ts';
import { summaryOf } from '../../server/src/engine/summary.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

const uri = 'file:///w/train.sh';
const jobOf = (analysis: Analysis, index = 0) => {
  const job = analysis.jobs[index];
  if (!job) throw new Error('no job was read');
  return job;
};

describe('limits', () => {
  const endless = 'while true; do x="$x a$x"; done\n';

  test('a launch behind a loop that never ends is not met with silence', () => {
    const { jobs, problems } = engineOver().engine.analyse(uri, `${endless}${launch()}`, 1);
    expect(jobs).toEqual([]);
    expect(problems).toMatchObject([{ code: 'script-too-long', severity: 'warning' }]);
  });

  test('other scripts are none of our business', () => {
    expect(engineOver().engine.analyse(uri, `${endless}make all\n`, 1).problems).toEqual([]);
  });
});

test('the blanks of a template are notes, a mistake among them stays an error', () => {
  const problemsOf = (text: string) =>
    engineOver()
      .engine.analyse('file:///w/ds.json', text, 1)
      .problems.filter(({ code }) => code === 'syntax-error' || code === 'template-blank')
      .map(({ severity }) => severity);
  expect(problemsOf('{"train_batch_size": GBS, "zero_optimization": {"stage": STAGE}, "fp16": {"enabled": FP16}}')).toEqual([
    'info',
    'info',
    'info',
  ]);
  expect(problemsOf('{"train_batch_size": GBS, "zero_optimization": {"stage": \'two\'}}')).toContain('error');
});

test('the same seconds are listed once for a field', () => {
  const job = jobOf(engineOver().engine.analyse(uri, launch('--tensor-model-parallel-size 2'), 1));
  const seconds = contributionsOf(job, 'parallel.tensor').flatMap(({ term }) => (term.unit === 's' ? [term.value] : []));
  expect(seconds.length).toBeGreaterThan(0);
  expect(new Set(seconds).size).toBe(seconds.length);
});

test('fields whose abbreviation is a symbol are named', () => {
  const { job, sources } = jobOf(engineOver().engine.analyse(uri, launch(), 1));
  expect(describeField('model.heads', { job, sources })).toBe('Attention heads: 16');
  expect(describeField('batch.micro', { job, sources })).toContain(' is 1');
});

describe('the assumed network', () => {
  test.each([
    ['v100', 'EDR'],
    ['a100', 'HDR'],
    ['h100', 'NDR'],
    ['b200', 'NDR'],
    ['mi300x', 'NDR'],
  ])('is that of the generation of %s', (gpu, generation) => {
    const { result } = jobOf(engineOver({}, { gpu }).engine.analyse(uri, launch(), 1));
    const assumptions = 'estimate' in result ? result.estimate.assumptions : [];
    expect(assumptions.find(({ field }) => field === 'cluster.interconnect')?.value).toContain(generation);
  });
});

describe('joining', () => {
  const key = (spelling: string) => ({ kind: 'key', uri, key: { start: 0, end: 1 }, value: { start: 1, end: 2 }, spelling }) as const;
  const fallback = { kind: 'default', framework: 'f', release: 'r', why: '' } as const;

  test('a written value of a linked file beats a default of the document, and not a written one', () => {
    const own = { job: { 'zero.stage': 0, 'batch.micro': 2 }, sources: { 'zero.stage': fallback, 'batch.micro': key('a') } } as const;
    const linked = { job: { 'zero.stage': 2, 'batch.micro': 4 }, sources: { 'zero.stage': key('b'), 'batch.micro': key('c') } } as const;
    const merged = mergeLayers([own, linked]);
    expect(merged.job).toEqual({ 'zero.stage': 2, 'batch.micro': 2 });
    expect(merged.sources['zero.stage']).toBe(linked.sources['zero.stage']);
  });

  test('a default never hides that a value is written but not knowable', () => {
    const hidden = { kind: 'unresolved', uri, key: { start: 0, end: 1 }, value: { start: 1, end: 2 }, spelling: 'x', why: '$1' } as const;
    const merged = mergeLayers([
      { job: {}, sources: { 'batch.micro': hidden } },
      { job: { 'batch.micro': 1 }, sources: { 'batch.micro': fallback } },
    ]);
    expect(merged.job['batch.micro']).toBeUndefined();
    expect(merged.sources['batch.micro']).toBe(hidden);
  });

  test('batch sizes that contradict the linked file are not mixed with its other ones', () => {
    const config = JSON.stringify({ train_micro_batch_size_per_gpu: 4, gradient_accumulation_steps: 2, zero_optimization: { stage: 1 } });
    const script = launch('--deepspeed --deepspeed_config ds.json');
    const { problems, jobs } = engineOver({ 'ds.json': config }).engine.analyse(uri, script, 1);
    expect(problems.map(({ code }) => code)).toContain('linked-value-differs');
    expect(jobs[0]?.job).toMatchObject({ 'batch.micro': 1, 'batch.global': 256, 'parallel.data': 16, 'batch.accumulation': 16 });
  });

  test('settings beat the document, and a changed packing gives another world size', () => {
    const { engine } = engineOver({}, { gpu: 'a100', nodes: 4, gpusPerNode: 4 });
    const job = jobOf(engine.analyse(uri, launch(), 1));
    expect(job.job).toMatchObject({ 'cluster.nodes': 4, 'cluster.gpus': 16, 'parallel.data': 16 });
    expect(job.sources['cluster.nodes']).toEqual({ kind: 'setting', name: 'rooflint.cluster.nodes' });
    expect(job.cluster?.accelerator.id).toContain('a100');
  });

  test('an unknown GPU is a refusal that names it', () => {
    const { engine } = engineOver({}, { gpu: 'tesla-9000' });
    expect(summaryOf(jobOf(engine.analyse(uri, launch(), 1)))).toContain('there is no data sheet for "tesla-9000"');
  });

  test('no GPU at all: one is assumed and said so, other rules run, and nothing is judged against it', () => {
    const { engine } = engineOver({}, {});
    const job = jobOf(engine.analyse(uri, launch('--sequence-parallel --micro-batch-size 512'), 1));
    const assumptions = 'estimate' in job.result ? job.result.estimate.assumptions : [];
    expect(assumptions.find(({ field }) => field === 'cluster.gpu')?.value).toBe('NVIDIA H100 SXM 80 GB');
    expect(summaryOf(job)).toMatch(/GPUs? \(NVIDIA H100 SXM 80 GB assumed\)/);
    const rules = job.findings.map(({ finding }) => finding.rule);
    expect(rules).toContain('sequence-parallel-without-tensor-parallel');
    expect(rules).not.toContain('memory-over-capacity');
  });

  test('a vLLM command takes its options from its YAML and its shape from the table of public models', () => {
    const { engine, faults } = engineOver({
      'serve.yaml': 'model: meta-llama/Llama-3.1-8B-Instruct\ntensor-parallel-size: 2\nmax-model-len: 8192\n',
    });
    const analysis = engine.analyse('file:///w/serve.sh', 'vllm serve --config serve.yaml --max-num-seqs 64\n', 1);
    const job = jobOf(analysis);
    expect(job.job).toMatchObject({ 'parallel.tensor': 2, 'serving.maxModelLen': 8192, 'serving.maxSequences': 64, 'model.layers': 32 });
    expect(job.sources['model.layers']).toMatchObject({ kind: 'model-card' });
    expect(job.sources['parallel.tensor']).toMatchObject({ kind: 'key', uri: 'file:///w/serve.yaml' });
    expect(analysis.dependsOn).toContain('file:///w/serve.yaml');
    expect(faults).toEqual([]);
  });

  test('a DeepSpeed file that the script writes itself is read from there, and placed there', () => {
    const body = '{ "zero_optimization": { "stage": 2 }, "bf16": { "enabled": true } }';
    const text = `cat <<EOF > ds.json\n${body}\nEOF\n${launch('--pipeline-model-parallel-size 2 --deepspeed --deepspeed_config ds.json')}`;
    const { engine, faults } = engineOver();
    const job = jobOf(engine.analyse(uri, text, 1));
    expect(job.job['zero.stage']).toBe(2);
    const stage = job.findings.find(({ finding }) => finding.rule === 'zero-stage-with-pipeline');
    expect(text.slice(stage?.place.range.start, stage?.place.range.end)).toBe('2');
    expect(stage?.place.range.start).toBe(text.indexOf('2'));
    expect(faults).toEqual([]);
  });

  test.each([
    ['stage 2 keeps bf16 gradients and overlaps', { stage: 2, overlap_comm: true }, {}, '', 'bf16', true],
    ['stage 2 overlaps nothing by itself', { stage: 2 }, {}, '', 'bf16', false],
    ['stage 3 overlaps by itself', { stage: 3 }, {}, '', 'bf16', true],
    ['stage 0 overlaps nothing', { stage: 0, overlap_comm: true }, {}, '', 'fp32', false],
    ['a written format', { stage: 2 }, { data_types: { grad_accum_dtype: 'fp32' } }, '', 'fp32', false],
    ['the bf16 optimizer', { stage: 1, overlap_comm: true }, { data_types: { grad_accum_dtype: 'fp32' } }, '', 'fp32', false],
    ['a flag of the script', { stage: 2, overlap_comm: true }, {}, '--accumulate-allreduce-grads-in-fp32', 'fp32', true],
  ])('DeepSpeed knows gradients better than defaults of Megatron-LM: %s', (_name, zero, more, flags, gradients, overlap) => {
    const config = JSON.stringify({ bf16: { enabled: true }, zero_optimization: zero, ...more });
    const handed = `--no-pipeline-parallel --deepspeed --deepspeed_config ds.json ${flags}`;
    const linked = jobOf(engineOver({ 'ds.json': config }).engine.analyse(uri, launch(handed), 1));
    const here = jobOf(engineOver().engine.analyse(uri, `cat <<EOF > ds.json\n${config}\nEOF\n${launch(handed)}`, 1));
    for (const { job } of [linked, here]) expect(job).toMatchObject({ 'precision.gradients': gradients, 'overlap.gradReduce': overlap });
  });

  test('DeepSpeed overlaps nothing for a pipeline module, and says nothing to a job that is not handed to it', () => {
    const config = JSON.stringify({ bf16: { enabled: true }, zero_optimization: { stage: 1, overlap_comm: true } });
    const of = (flags: string) => jobOf(engineOver({ 'ds.json': config }).engine.analyse(uri, launch(flags), 1));
    const piped = of('--deepspeed --deepspeed_config ds.json');
    expect(piped.job).toMatchObject({ 'precision.gradients': 'bf16', 'overlap.gradReduce': false });
    expect(piped.sources['overlap.gradReduce']).toMatchObject({ how: expect.stringContaining('pipeline module') });
    expect(of('').job).toMatchObject({ 'precision.gradients': 'fp32', 'overlap.gradReduce': false });
  });

  test('a DeepSpeed path hidden in a variable is told without alarm', () => {
    const { engine } = engineOver();
    const analysis = engine.analyse(uri, launch('--deepspeed --deepspeed_config $1'), 1);
    expect(analysis.problems).toMatchObject([{ code: 'missing-link', severity: 'info' }]);
  });

  test('files that name each other do not go round for ever', () => {
    const { engine, faults } = engineOver({ 'a.yaml': 'model: m\nconfig: a.yaml\n', 'm/config.json': '{"model_type":"llama"}' });
    engine.analyse('file:///w/serve.sh', 'vllm serve --config a.yaml\n', 1);
    expect(faults).toEqual([]);
  });
});

describe('remembering', () => {
  test('a comment on top changes places only: the estimate is the same object', () => {
    const { engine } = engineOver();
    const text = launch('--tensor-model-parallel-size 16');
    const before = jobOf(engine.analyse(uri, text, 1));
    const after = jobOf(engine.analyse(uri, `# a comment\n${text}`, 2));
    expect(after.result).toBe(before.result);
    const [a, b] = [before.findings[0], after.findings[0]];
    expect(b?.finding).toBe(a?.finding);
    expect(b?.place.range.start).toBe((a?.place.range.start ?? 0) + '# a comment\n'.length);
  });

  test('another value is another estimate', () => {
    const { engine } = engineOver();
    const before = jobOf(engine.analyse(uri, launch(), 1));
    const after = jobOf(engine.analyse(uri, launch().replace('--micro-batch-size 1', '--micro-batch-size 2'), 2));
    expect(after.result).not.toEqual(before.result);
  });
});

describe('placing', () => {
  const placed = (text: string, rule: string, files = {}) => {
    const analysis = engineOver(files).engine.analyse(uri, text, 1);
    const found = jobOf(analysis).findings.find(({ finding }) => finding.rule === rule);
    if (!found) throw new Error(`${rule} was not found among ${jobOf(analysis).findings.map(({ finding }) => finding.rule)}`);
    return { ...found, at: text.slice(found.place.range.start, found.place.range.end) };
  };

  test('a written field: its value, through a variable', () => {
    expect(placed(`TP=3\n${launch('--tensor-model-parallel-size $TP')}`, 'heads-not-divisible-by-tensor-parallel').at).toBe('3');
  });

  test('a derived field: one of its inputs; a default: a related value that is written', () => {
    const text = launch('--tensor-model-parallel-size 4 --pipeline-model-parallel-size 3');
    const found = placed(text, 'world-size-not-divisible');
    expect(found.place.uri).toBe(uri);
    expect(found.at).toMatch(/^\d+$/);
    expect(found.related.map(({ message }) => message).join()).toMatch(/TP is 4|PP is 3/);
  });

  test('nothing written at all: the first line of the launch, with the default told', () => {
    const launchLine = { start: 0, end: 10 };
    const job = { 'serving.gpuMemoryUtilization': 0.9 };
    const fallback = { kind: 'default', framework: 'vllm', release: 'vLLM 2026', why: '' } as const;
    const finding = { rule: 'r', severity: 'info', at: 'serving.gpuMemoryUtilization', related: [], what: '', why: '', fixes: [] } as const;
    const sources = { 'serving.gpuMemoryUtilization': fallback };
    const found = placeFinding(finding, { uri, launch: launchLine, job, sources, keys: {}, links: [] });
    expect(found.place).toEqual({ uri, range: launchLine });
    expect(found.related.map(({ message }) => message)).toEqual([expect.stringMatching(/^memory share is 0\.9 \(default, from vLLM/)]);
  });
});

describe('no harm', () => {
  test('text no framework claims has no jobs and no problems', () => {
    const { engine } = engineOver();
    const analysis = engine.analyse('file:///w/x.json', '{ "a": }', 1);
    expect(analysis).toMatchObject({ framework: undefined, jobs: [], problems: [] });
  });

  test('a rule that throws is logged and skipped; the others go on', () => {
    const rule = (id: string, check: () => void) => defineRule({ id, group: 'batch', severity: 'info', reads: ['batch.micro'], check });
    const broken = rule('broken', () => {
      throw new Error('off by one');
    });
    const fine = defineRule({
      id: 'fine',
      group: 'batch',
      severity: 'info',
      reads: ['batch.micro'],
      check: ({ report }) => report({ at: 'batch.micro', what: 'x', why: 'y' }),
    });
    const faults: string[] = [];
    const input = {
      job: { 'batch.micro': 1 },
      framework: 'megatron-lm',
      frameworks: ['megatron-lm'],
      keys: {},
      sources: {},
      cluster: undefined,
    };
    const findings = runRules(input, 'training', (message) => faults.push(message), [broken, fine]);
    expect(findings.map(({ rule: id, severity }) => [id, severity])).toEqual([['fine', 'info']]);
    expect(faults).toEqual([expect.stringContaining('rule broken: Error: off by one')]);
  });

  test('a file access that throws is logged and costs what it was asked for only', () => {
    const faults: string[] = [];
    const files = {
      read: () => ({ error: 'never asked' }),
      resolve: () => {
        throw new Error('disk on fire');
      },
    };
    const engine = createEngine({ files, settings: () => ({}), log: (message) => faults.push(message) });
    expect(engine.analyse('file:///w/serve.sh', 'vllm serve ./m\n', 1).jobs).toHaveLength(1);
    // Once for the files of requirements near the document, once for the links.
    expect(faults).toEqual([expect.stringMatching(/^requirements: .*disk on fire/), expect.stringMatching(/^links: .*disk on fire/)]);
  });
});

describe('facts', () => {
  test('carry the short names, and every one has a source', () => {
    const { engine } = engineOver();
    const analysis = engine.analyse(uri, launch('--tensor-model-parallel-size 4 --use-distributed-optimizer'), 1);
    const { facts, sources } = factsOf(jobOf(analysis), uri);
    expect(facts).toMatchObject({
      tp: 4,
      pp: 1,
      dp: 4,
      world: 16,
      nodes: 2,
      gpus_per_node: 8,
      micro_batch: 1,
      global_batch: 256,
      grad_accum: 64,
      seq: 2048,
      precision: 'bf16',
      zero_stage: 1,
      distributed_optimizer: true,
      'model.layers': 24,
      'model.ffn': 8192,
    });
    expect(sources.tp).toMatchObject({ kind: 'written' });
    expect(sources.dp).toEqual({ kind: 'derived', from: ['world', 'tp', 'pp', 'cp'], how: 'GPUs / (TP x PP x CP)' });
    expect(sources.pp).toMatchObject({ kind: 'default' });
    for (const name of Object.keys(facts)) if (!(name in jobOf(analysis).facts)) expect(sources, name).toHaveProperty([name]);
  });

  test('tell what is hidden and what is left to others', () => {
    const { engine } = engineOver();
    const script = factsOf(jobOf(engine.analyse(uri, launch('--tensor-model-parallel-size $1'), 1)), uri);
    expect(script.facts).not.toHaveProperty('tp');
    expect(script.unresolved).toHaveProperty('tp');
    const json = '{ "train_batch_size": "auto", "train_micro_batch_size_per_gpu": 2, "zero_optimization": { "stage": 2 } }';
    const auto = factsOf(jobOf(engine.analyse('file:///w/ds.json', json, 1)), 'file:///w/ds.json');
    expect(auto.facts).toMatchObject({ global_batch: 'auto', micro_batch: 2, zero_stage: 2 });
  });

  test('use the names of a checkpoint for its number format', () => {
    const { engine } = engineOver();
    const json =
      '{"model_type":"llama","architectures":["LlamaForCausalLM"],"num_hidden_layers":2,"hidden_size":64,"num_attention_heads":4,"torch_dtype":"bfloat16"}';
    const { facts } = factsOf(jobOf(engine.analyse('file:///w/config.json', json, 1)), 'file:///w/config.json');
    expect(facts).toMatchObject({ 'model.dtype': 'bfloat16', 'model.layers': 2 });
  });
});

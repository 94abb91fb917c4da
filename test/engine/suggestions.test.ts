/** Keys and values offered while a file is being typed. `|` marks the place. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Suggestion } from '../../server/src/engine/suggestion.ts';
import { suggestionsAt } from '../../server/src/engine/suggestions.ts';
import { locationAt } from '../../server/src/syntax/location.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

function suggestions(name: string, marked: string, others: Record<string, string> = {}): readonly Suggestion[] {
  const offset = marked.indexOf('|');
  const { engine } = engineOver(others);
  const analysis = engine.analyse(`file:///w/${name}`, marked.replace('|', ''), 1);
  return suggestionsAt(analysis, offset, {
    analyse: (text) => engine.analyse(analysis.uri, text, 1),
    models: () => ['meta-llama/Llama-3.1-8B'],
    files: () => ['ds.json'],
  });
}

const labels = (found: readonly Suggestion[]): string[] => found.map(({ label }) => label);

describe('where the position is', () => {
  const place = (format: 'json' | 'yaml' | 'toml' | 'python', marked: string) => {
    const found = locationAt(format, marked.replace('|', ''), marked.indexOf('|'));
    return found && `${found.part} ${found.path.join('.')}`;
  };

  test.each([
    ['yaml', '|', 'key '],
    ['yaml', 'a: 1\nb|', 'key '],
    ['yaml', 'a:\n  b: 1\n  |', 'key a'],
    ['yaml', 'a:\n  b:\n    c: 1\n  d|: 2', 'key a'],
    ['yaml', 'a:\n  b: |', 'value a.b'],
    ['yaml', 'a:\n- x: 1\n  y: |', 'value a.*.y'],
    ['yaml', 'a:\n  - x: 1\n    |', 'key a.*'],
    ['json', '{ "a": { | } }', 'key a'],
    ['json', '{ "a": { "b": | } }', 'value a.b'],
    ['json', '{ "a": "|" }', 'value a'],
    ['toml', '[a]\nb = 1\n|', 'key a'],
    ['toml', '[a.b]\nc = "|"', 'value a.b.c'],
    ['toml', 'x|', 'key '],
    ['yaml', 'a: { b: 1, | }', 'key a'],
    ['yaml', 'a: { b: { c: | } }', 'value a.b.c'],
    ['yaml', 'a: { b: 1, c: "|" }', 'value a.c'],
    ['yaml', 'x:\n  a: { b: { c: 1 }, | }', 'key x.a'],
    ['python', 'x = f(a=1, tp=|)', 'value tp'],
    ['python', 'TP = |', 'value TP'],
  ] as const)('%s %j', (format, marked, wanted) => {
    expect(place(format, marked)).toBe(wanted);
  });

  test('a comment is no place', () => {
    expect(place('yaml', 'a: 1 # b: |')).toBeUndefined();
  });
});

describe('keys of a DeepSpeed file', () => {
  test('those of the block that are not there yet, with default and meaning', () => {
    const found = suggestions('ds.json', '{ "zero_optimization": { "stage": 3, | }, "train_batch_size": 8 }');
    expect(labels(found)).toContain('offload_param');
    expect(labels(found)).not.toContain('stage');
    expect(labels(found)).not.toContain('train_batch_size');
    const bucket = found.find(({ label }) => label === 'reduce_bucket_size');
    expect(bucket).toMatchObject({ insert: '"reduce_bucket_size": ', detail: 'integer, default 5e8' });
    expect(bucket?.about).toMatch(/not bytes/);
  });

  test('a name that is being typed is replaced with its quotes', () => {
    const text = '{ "zero_optimization": { "stage": 3 }, "bf|" }';
    const one = suggestions('ds.json', text).find(({ label }) => label === 'bf16');
    expect(text.replace('|', '').slice(one?.range.start, one?.range.end)).toBe('"bf"');
    expect(one?.insert).toBe('"bf16": {}');
  });

  test('values are those the framework knows, quoted where text is', () => {
    const found = suggestions('ds.json', '{ "zero_optimization": { "stage": 3, "offload_param": { "device": "|" } } }');
    expect(found.map(({ insert }) => insert)).toEqual(['"none"', '"cpu"', '"nvme"']);
  });
});

const launched = (flags: string): string => launch(`${flags} \\\n    --untie-embeddings-and-output-weights`);

describe('values on a command line', () => {
  test('TP: those that divide heads and GPUs, what fits and is fast first, each with what it gives', () => {
    const found = suggestions('train.sh', launched('--tensor-model-parallel-size |'));
    expect([...labels(found)].sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2', '4', '8', '16']);
    expect(
      found.every(({ detail }) =>
        /GiB \([\d.]+ to [\d.]+\)(?:, does not fit|, close)?, step [\d.]+ m?s \([\d.]+ to [\d.,]+\), MFU [\d.]+ % \([\d.]+ to [\d.]+\)$/.test(
          detail ?? '',
        ),
      ),
    ).toBe(true);
    expect(found.every(({ brief }) => /^(?:now: )?[\d.]+ to [\d.]+ GiB, MFU [\d.]+ to [\d.]+ %$/.test(brief ?? ''))).toBe(true);
    const seconds = found.map(({ detail }) =>
      Number(/step ([\d.]+) ms/.exec(detail ?? '')?.[1] ?? Number(/step ([\d.]+) s/.exec(detail ?? '')?.[1]) * 1000),
    );
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });

  test('heads that are no power of two have divisors that are none', () => {
    const text = launched('--tensor-model-parallel-size |')
      .replace('heads 16', 'heads 40')
      .replace('size 2048', 'size 5120')
      .replace('per_node 8 --nnodes 2', 'per_node 10 --nnodes 2')
      .replace('batch-size 256', 'batch-size 240');
    expect([...labels(suggestions('train.sh', text))].sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2', '4', '5', '10', '20']);
  });

  test('PP: those that divide the layers', () => {
    const text = launched('--pipeline-model-parallel-size |')
      .replace('layers 24', 'layers 12')
      .replace('per_node 8 --nnodes 2', 'per_node 8 --nnodes 3')
      .replace('batch-size 256', 'batch-size 240');
    expect([...labels(suggestions('train.sh', text))].sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2', '3', '4', '6', '12']);
  });

  test('EP: those that divide the experts', () => {
    const found = suggestions(
      'train.sh',
      launched('--num-experts 6 --moe-router-topk 2 --disable-bias-linear --expert-model-parallel-size |'),
    );
    expect([...labels(found)].sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2']);
  });

  test('the words the framework knows, in the order of what they give', () => {
    const found = suggestions('train.sh', launched('--recompute-granularity |'));
    expect([...labels(found)].sort()).toEqual(['full', 'selective']);
  });

  test('without an estimate values that can be are offered plain', () => {
    const found = suggestions(
      'train.sh',
      'torchrun --nproc_per_node 8 pretrain_gpt.py --num-attention-heads 12 --tensor-model-parallel-size |\n',
    );
    expect(labels(found)).toEqual(['1', '2', '4']);
    expect(found.every(({ detail }) => detail === undefined)).toBe(true);
  });

  test('a variable that a flag takes has the values of the flag', () => {
    const text = `TP=|\n${launch('--tensor-model-parallel-size $TP')}`;
    expect([...labels(suggestions('train.sh', text))].sort((a, b) => Number(a) - Number(b))).toEqual(['1', '2', '4', '8', '16']);
  });

  test('a path has the files beside the script', () => {
    const text =
      'deepspeed pretrain_gpt.py --num-layers 2 --hidden-size 8 --num-attention-heads 2 --micro-batch-size 1 --deepspeed-config |\n';
    expect(labels(suggestions('train.sh', text))).toEqual(['ds.json']);
  });
});

describe('names of flags', () => {
  test('in an array, on a line that goes on, and after a lone dash pair', () => {
    const array = `MODEL_ARGS=(\n  --num-layers 4\n  --n|\n)\ntorchrun pretrain_gpt.py "\${MODEL_ARGS[@]}" --hidden-size 8 --num-attention-heads 2 --micro-batch-size 1\n`;
    expect(labels(suggestions('train.sh', array))).toContain('--num-experts');
    expect(labels(suggestions('train.sh', array))).not.toContain('--num-layers');
    const line = launch('--seed 1').replace('--seq-length 2048 \\\n', '--seq-length 2048 --tens| \\\n');
    const found = suggestions('train.sh', line);
    const one = found.find(({ label }) => label === '--tensor-model-parallel-size');
    expect(line.replace('|', '').slice(one?.range.start, one?.range.end)).toBe('--tens');
    expect(labels(suggestions('train.sh', launch('--|')))).toContain('--bf16'.replace('bf16', 'swiglu'));
  });

  test('in front of the program those of the launcher', () => {
    const found = labels(suggestions('train.sh', launch().replace('--nnodes 2', '--nnodes 2 --rd|')));
    expect(found).toContain('--rdzv_backend');
    expect(found).not.toContain('--tensor-model-parallel-size');
    expect(labels(suggestions('train.sh', launch().replace('--nproc_per_node 8 --nnodes 2', '--|')))).toContain('--nproc-per-node');
  });

  test('underscores where the script writes underscores', () => {
    const text = launch()
      .replaceAll(/--(\w+)-(\w+)/g, '--$1_$2')
      .replace('--bf16', '--|');
    expect(labels(suggestions('train.sh', text))).toContain('--tensor_model_parallel_size');
  });
});

describe('files of keys', () => {
  const yaml = 'MODEL_ARGS:\n  --num-layers: 24\n  --hidden-size: 2048\n  --num-attention-heads: 16\n  --micro-batch-size: 1\n';

  test('flags in YAML are spelt as there', () => {
    const found = suggestions('m.yaml', `${yaml}  --t|`);
    expect(found.find(({ label }) => label === '--tensor-model-parallel-size')?.insert).toBe('--tensor-model-parallel-size: ');
  });

  test('values of a key, and of a file that is broken at the place', () => {
    expect(labels(suggestions('m.yaml', `${yaml}  --tensor-model-parallel-size: |\n`))).toEqual(
      expect.arrayContaining(['1', '2', '4', '8', '16']),
    );
    const broken = '{ "train_micro_batch_size_per_gpu": 4, "zero_optimization": { "stage": | }, "bf16": { "enabled": true } ';
    expect(labels(suggestions('ds.json', broken))).toEqual(['0', '1', '2', '3']);
  });

  test('a key that is being typed does not hide the others', () => {
    const found = labels(suggestions('m.yaml', `${yaml}  --micro|\n  --seq-length: 8\n`));
    expect(found).toContain('--global-batch-size');
    expect(found).not.toContain('--seq-length');
  });

  test('a switch in Python is True or False', () => {
    const text =
      'from transformers import TrainingArguments\nargs = TrainingArguments(output_dir="x", per_device_train_batch_size=1, bf16=|)\n';
    expect(suggestions('t.py', text).map(({ insert }) => insert)).toEqual(['True', 'False']);
  });
});

test('a text that no framework claims gets nothing', () => {
  expect(suggestions('x.json', '{ "a": | }')).toEqual([]);
  expect(suggestions('x.sh', 'echo --|')).toEqual([]);
  expect(launch('').length).toBeGreaterThan(0);
});

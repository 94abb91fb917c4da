/**
 * The adapters on the sample files: what is read, where each value is said to stand, that two spellings of one job are
 * one job, that damaged text never makes a reader throw, and that a file is recognised without being told its framework.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { Origin, Range } from '../../server/src/core/origin.ts';
import type { Reading } from '../../server/src/frameworks/adapter.ts';
import { readingsOf as readWith, recognise } from '../../server/src/frameworks/detect.ts';
import { adapters } from '../../server/src/frameworks/index.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { holdsWord, statesNumber, switchesOn } from './quotes.ts';
import { adapterOf, expectedOf, forgottenSamples, readSample, type Sample, sampleNames, summary } from './samples.ts';

const repository = join(import.meta.dirname, '..', '..');

beforeAll(() => initParsers(join(repository, 'node_modules/web-tree-sitter'), join(repository, 'grammars')));

const placeOf = ({ start, end }: Range): string => `${start}-${end}`;

const names = sampleNames();
/** A fault of any adapter is an error here. */
const fault = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error });
};
/** Documents inside the sample are offered to all adapters. */
const readingsOf = ({ framework, document }: Sample): readonly Reading[] => readWith(adapterOf(framework), document, fault);

test('every sample has an expectation', () => {
  expect(forgottenSamples()).toEqual([]);
  for (const { id } of adapters) expect(names.filter((name) => name.startsWith(`${id}/`)).length).toBeGreaterThanOrEqual(3);
});

describe.each(names)('%s', (name) => {
  test('says what a careful reader finds', () => {
    const sample = readSample(name);
    expect(readingsOf(sample).map((reading) => summary(sample, reading))).toEqual(expectedOf(name));
  });

  test('points at text that holds each value', () => {
    const sample = readSample(name);
    for (const { job, sources, written } of readingsOf(sample)) {
      const places = new Set(written.flatMap(({ setting }) => [placeOf(setting.key), placeOf(setting.value)]));
      for (const [field, origin] of Object.entries(sources) as [JobField, Origin][]) {
        if (origin.kind !== 'key') continue;
        const value = job[field];
        const quoted = sample.text.slice(origin.value.start, origin.value.end);
        // A number stands there; what a word or a switch means is the expectation's matter, but it is one that was written.
        const states =
          typeof value === 'number'
            ? statesNumber(value, quoted)
            : places.has(placeOf(origin.value)) || holdsWord(String(value), quoted) || switchesOn(quoted);
        expect(states, `${field} = ${String(value)} quotes "${quoted}"`).toBe(true);
        const key = sample.text.slice(origin.key.start, origin.key.end);
        expect(key.length, `${field} has a key`).toBeGreaterThan(0);
      }
    }
  });

  test('has an origin for every value and a reason for every unknown', () => {
    for (const { job, sources } of readingsOf(readSample(name))) {
      for (const field of Object.keys(job) as JobField[]) {
        expect(['key', 'default', 'derived', 'assumed'], field).toContain(sources[field]?.kind);
      }
      for (const [field, origin] of Object.entries(sources) as [JobField, Origin][]) {
        const known = origin.kind !== 'unresolved' && origin.kind !== 'auto';
        expect(Object.hasOwn(job, field), `${field} is ${origin.kind}`).toBe(known);
      }
    }
  });

  test('is recognised without its name', () => {
    const sample = readSample(name);
    const extension = /\.\w+$/.exec(name)?.[0] ?? '';
    const nameless = readDocument(`file:///unknown/file${extension}`, sample.text);
    expect(recognise(nameless, fault).adapter?.id).toBe(sample.framework);
  });
});

describe('two spellings of one job', () => {
  const jobsOf = (name: string) => readingsOf(readSample(name)).map(({ job }) => job);

  test('arrays and torchrun, strings and python -m with equals signs', () => {
    expect(jobsOf('megatron-lm/core_v0.19/gpt-22b-strings.sh')).toEqual(jobsOf('megatron-lm/core_v0.19/gpt-22b-arrays.sh'));
  });

  test('a vLLM command and its YAML file', () => {
    const [command] = jobsOf('vllm/2026/serve-70b.sh');
    const { 'cluster.gpusPerNode': visible, ...rest } = command ?? {};
    expect(visible).toBe(4);
    expect(jobsOf('vllm/2026/server.yaml')).toEqual([rest]);
  });

  test.each([
    ['stage3_prefetch_bucket_size', 'prefetch_bucket_size'],
    ['stage3_param_persistence_threshold', 'param_persistence_threshold'],
    ['stage3_max_live_parameters', 'max_live_parameters'],
  ])('DeepSpeed %s and %s', (prefixed, bare) => {
    const job = (key: string) => readJson(adapterOf('deepspeed'), { zero_optimization: { stage: 3, [key]: 12345 } });
    expect(job(bare)).toEqual(job(prefixed));
    expect(Object.values(job(bare))).toContain(12345);
  });

  test.each([
    [
      { n_layer: 12, n_embd: 768, n_head: 12, model_type: 'llama' },
      { num_hidden_layers: 12, hidden_size: 768, num_attention_heads: 12, model_type: 'llama' },
    ],
    [
      { num_hidden_layers: 2, hidden_size: 64, dtype: 'bfloat16', model_type: 'llama' },
      { num_hidden_layers: 2, hidden_size: 64, torch_dtype: 'bfloat16', model_type: 'llama' },
    ],
  ])('config.json aliases %j', (one, other) => {
    expect(readJson(adapterOf('huggingface'), one)).toEqual(readJson(adapterOf('huggingface'), other));
  });

  function readJson(adapter: (typeof adapters)[number], value: unknown) {
    return adapter.read(readDocument('file:///a.json', JSON.stringify(value)))[0]?.job ?? {};
  }
});

describe('what is no job', () => {
  test.each([
    ['package.json', '{ "name": "x", "version": "1.0.0", "scripts": { "test": "vitest" } }'],
    ['generation_config.json', '{ "max_new_tokens": 10, "temperature": 0.5 }'],
    ['values.yaml', 'replicas: 2\nimage: nginx\nmodel: x\n'],
    ['build.sh', 'set -e\nnpm ci\ncp pretrain_gpt.py /opt\necho torchrun pretrain_gpt.py --num-layers 2\n'],
    ['bench.sh', 'vllm bench serve --model x --backend vllm\n'],
    ['empty.sh', ''],
  ])('%s', (name, text) => {
    expect(recognise(readDocument(`file:///${name}`, text), fault).adapter).toBeUndefined();
  });
});

describe('damaged text', () => {
  const inside = (range: Range, length: number): boolean => range.start >= 0 && range.start <= range.end && range.end <= length;

  test.each(names)('%s never makes a reader throw or point outside', (name) => {
    const { text } = readSample(name);
    const uri = `file:///${name}`;
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('0', '-1', '1e400', '"', '}', '{', '$(', "'", '\\', '--', 'null', '${TP'),
    );
    const damage = fc.array(fc.tuple(fc.nat(text.length), fc.nat(40), piece), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (edits) => {
        const damaged = edits.reduce((sum, [at, length, put]) => sum.slice(0, at) + put + sum.slice(at + length), text);
        const document = readDocument(uri, damaged);
        recognise(document, fault);
        for (const adapter of adapters) {
          for (const reading of adapter.read(document)) {
            const { launch, sources, links, unread, problems } = reading;
            const ranges = [launch, ...[...links, ...unread, ...problems].map(({ range }) => range)];
            for (const origin of Object.values(sources)) if (origin.kind === 'key') ranges.push(origin.key, origin.value);
            expect(ranges.filter((range) => !inside(range, damaged.length))).toEqual([]);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test.each(['0', '-3', '1.5', '1e400', 'abc', ''])('a tensor parallel size of "%s" is a problem, not a number', (value) => {
    const document = readDocument('file:///a.sh', `torchrun pretrain_gpt.py --tensor-model-parallel-size "${value}" --num-layers 4\n`);
    const [reading] = adapterOf('megatron-lm').read(document);
    expect(reading?.job['parallel.tensor']).toBeUndefined();
    expect(reading?.problems.map(({ code }) => code)).toContain('wrong-value');
    expect(reading?.job['model.layers']).toBe(4);
  });
});

/** Dumps of GGUF files as models: what the tensors say, what a dump leaves out, and architectures that are not known. */
import { beforeAll, expect, test } from 'vitest';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(loadParsers);

const metadata = {
  'general.architecture': 'qwen3moe',
  'qwen3moe.block_count': 48,
  'qwen3moe.embedding_length': 2048,
  'qwen3moe.feed_forward_length': 6144,
  'qwen3moe.expert_feed_forward_length': 768,
  'qwen3moe.expert_count': 128,
  'qwen3moe.expert_used_count': 8,
  'qwen3moe.attention.head_count': 32,
  'qwen3moe.attention.head_count_kv': 4,
  'qwen3moe.attention.key_length': 128,
  'general.file_type': 18,
};
const dumpOf = (values: Readonly<Record<string, unknown>>, tensors: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    filename: 'm.gguf',
    metadata: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value === undefined ? { type: 'ARRAY' } : { value }]),
    ),
    tensors,
  });
const embedding = { 'token_embd.weight': { shape: [2048, 151936], type: 'Q6_K' } };

function jobOf(name: string, files: Readonly<Record<string, string>>) {
  const { engine, faults } = engineOver(files);
  const [job] = engine.analyse(`file:///w/${name}`, files[name] ?? '', 1).jobs;
  expect(faults).toEqual([]);
  if (!job) throw new Error('no job was read');
  return job;
}

test('experts, head dimension, vocabulary and tied embeddings', () => {
  expect(jobOf('m.json', { 'm.json': dumpOf(metadata, embedding) }).own).toMatchObject({
    'model.layers': 48,
    'model.headDim': 128,
    'model.experts': 128,
    'model.expertsPerToken': 8,
    'model.expertFfn': 768,
    'model.qkNorm': true,
    'model.vocab': 151936,
    'model.tiedEmbeddings': true,
    'model.quantization': 'gguf-q6_k',
  });
});

test('an array that the dump leaves out is unknown and no default', () => {
  const { own, sources } = jobOf('m.json', { 'm.json': dumpOf({ ...metadata, 'qwen3moe.attention.head_count_kv': undefined }, embedding) });
  expect(own['model.kvHeads']).toBeUndefined();
  expect(sources['model.kvHeads']).toMatchObject({ kind: 'unresolved', why: expect.stringContaining('--json-array') });
});

test('an architecture that is built in another way gives no sizes', () => {
  const { own, sources } = jobOf('m.json', {
    'm.json': dumpOf({ 'general.architecture': 'rwkv7', 'rwkv7.block_count': 24, 'rwkv7.embedding_length': 2048 }),
  });
  expect(own).not.toHaveProperty(['model.layers']);
  expect(sources['model.layers']).toMatchObject({ kind: 'unresolved', why: expect.stringContaining('rwkv7') });
});

test('a serve command that names the dump has its shape', () => {
  const { job, links } = jobOf('serve.sh', {
    'serve.sh': 'vllm serve ./m.json --tensor-parallel-size 2\n',
    'm.json': dumpOf(metadata, embedding),
  });
  expect(links).toMatchObject([{ role: 'model', uri: 'file:///w/m.json' }]);
  expect(job).toMatchObject({ 'model.layers': 48, 'model.experts': 128 });
});

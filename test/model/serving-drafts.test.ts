/** What drafts tokens takes memory: whole models, heads on the model and its own layers, as each engine counts them. */
import { describe, expect, test } from 'vitest';
import type { ServingEstimate } from '../../server/src/core/estimate.ts';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { findModelCard } from '../../server/src/data/index.ts';
import { cluster } from './shapes.ts';

const card = (name: string): PartialJob => findModelCard(name)?.fields ?? {};
const machine = cluster('h100-sxm-80gb', 8);

function estimate(job: PartialJob, engine = 'vllm'): ServingEstimate {
  const result = estimateJob({ 'serving.maxModelLen': 8192, ...job }, engine, machine);
  if (!('estimate' in result) || result.estimate.kind !== 'serving') throw new Error(JSON.stringify(result));
  return result.estimate;
}

const drafting = { 'serving.speculativeTokens': 3 } as const;
const llama = card('meta-llama/Llama-3.1-8B');
const small = { ...drafting, 'serving.draftModel': 'Llama-3.2-1B', 'serving.draftShape': card('meta-llama/Llama-3.2-1B') } as const;

/** A head as published for the 8B: one layer of the model's widths, 32,000 tokens. */
const head: PartialJob = {
  'model.architecture': 'LlamaForCausalLMEagle3',
  'model.layers': 1,
  'model.hidden': 4096,
  'model.heads': 32,
  'model.kvHeads': 8,
  'model.headDim': 128,
  'model.ffn': 14336,
  'model.gatedMlp': true,
  'model.vocab': 128256,
  'model.draftVocab': 32000,
  'model.tiedEmbeddings': false,
};

const bytes = ({ memory }: ServingEstimate): number => memory.weights.value;

describe('a draft model', () => {
  test.each(['vllm', 'sglang', 'tensorrt-llm', 'llama-cpp'])('stands beside the model with all its weights in %s', (engine) => {
    const served = engine === 'llama-cpp' ? { ...llama, 'serving.quantization': 'Q4_K_M' } : llama;
    const more = bytes(estimate({ ...served, ...small }, engine)) - bytes(estimate(served, engine));
    // 1.24 B parameters, of which llama.cpp keeps the embedding once and the engines of Python in 16 bits.
    expect(more / 1.236e9).toBeGreaterThan(1.9);
    expect(more / 1.236e9).toBeLessThan(2.2);
  });

  test('is divided by its own TP', () => {
    const tensor = { ...llama, 'parallel.tensor': 4 } as const;
    const of = (job: PartialJob): number => bytes(estimate({ ...tensor, ...job })) - bytes(estimate(tensor));
    expect(of({ ...small, 'serving.draftTensor': 1 }) / of(small)).toBeGreaterThan(3.5);
  });

  test('caches every token too: bytes of both models per token', () => {
    const of = (job: PartialJob, engine: string) => estimate(job, engine).kvBytesPerToken.value;
    const own = 16 * 2 * 8 * 64 * 2;
    for (const engine of ['vllm', 'tensorrt-llm']) expect(of({ ...llama, ...small }, engine) - of(llama, engine)).toBe(own);
    // SGLang takes each of the 16 layers for one of the 8B's.
    expect(of({ ...llama, ...small }, 'sglang') / of(llama, 'sglang')).toBeCloseTo(1 + 16 / 32, 10);
  });

  test('whose weights SGLang loads later does not make its pool smaller, and does not make what fits too much', () => {
    const plain = { ...llama, 'serving.staticMemoryShare': 0.3, ...drafting } as const;
    const [with_, without] = [estimate({ ...plain, ...small }, 'sglang'), estimate(plain, 'sglang')];
    expect(with_.memory.kvCache.value / without.memory.kvCache.value).toBeCloseTo(1, 6);
    expect(with_.memory.fits).toBe('yes');
  });

  test('of no known shape is named, and takes nothing', () => {
    const unknown = estimate({ ...llama, ...drafting, 'serving.draftModel': 'somebody/head' });
    expect(bytes(unknown)).toBe(bytes(estimate(llama)));
    expect(unknown.assumptions.find(({ field }) => field === 'serving.draftModel')?.why).toContain('somebody/head is unknown');
  });

  test('that is looked up in the text takes nothing', () => {
    const text = estimate({ ...llama, ...small, 'serving.draftMethod': 'ngram' });
    expect(bytes(text)).toBe(bytes(estimate(llama)));
    expect(text.assumptions.some(({ field }) => field === 'serving.draftModel')).toBe(false);
  });
});

describe('a head', () => {
  const eagle = { ...llama, ...drafting, 'serving.draftModel': 'head', 'serving.draftShape': head } as const;

  test('of EAGLE-3 has one layer, the joining matrices and its own output', () => {
    const more = bytes(estimate(eagle)) - bytes(estimate(llama));
    const layer = 4096 * (4096 + 2 * 1024) + 4096 * 4096 + 3 * 4096 * 14336;
    const joining = 3 * 4096 * 4096 + 4096 * (4096 + 2 * 1024);
    expect(more).toBeGreaterThan(2 * (layer + joining + 32000 * 4096));
    expect(more).toBeLessThan(2.02 * (layer + joining + 32000 * 4096));
  });

  test('of the first EAGLE shares the output, and of another width brings its embedding', () => {
    const { 'model.architecture': _class, 'model.draftVocab': _rows, ...plain } = head;
    const of = (shape: PartialJob) => bytes(estimate({ ...eagle, 'serving.draftMethod': 'eagle', 'serving.draftShape': shape }));
    expect(of(plain)).toBeLessThan(bytes(estimate(eagle)));
    expect(of({ ...plain, 'model.hidden': 2048 }) - bytes(estimate(llama))).toBeGreaterThan(2 * 128256 * 2048);
  });

  test('adds its layer to the cache', () => {
    expect(estimate(eagle).kvBytesPerToken.value / estimate(llama).kvBytesPerToken.value).toBeCloseTo(33 / 32, 10);
  });

  test('opens as a part of the weights', () => {
    const { children = [] } = estimate(eagle).memory.weights;
    expect(children.map(({ id }) => id)).toEqual(['memory.weights.model', 'memory.weights.draft']);
  });
});

describe("a model's own prediction layers", () => {
  const deepseek = { ...card('deepseek-ai/DeepSeek-V3'), 'parallel.tensor': 8 } as const;
  const of = (more: PartialJob) => {
    const result = estimateJob({ ...deepseek, 'serving.maxModelLen': 8192, ...drafting, ...more }, 'sglang', cluster('h200', 8));
    if (!('estimate' in result) || result.estimate.kind !== 'serving') throw new Error(JSON.stringify(result));
    return bytes(result.estimate);
  };

  test('are loaded when it drafts by itself or by a copy of them, and not for n-grams', () => {
    const alone = of({});
    expect(of({ 'serving.draftModel': 'lmsys/DeepSeek-V3-NextN', 'serving.draftMethod': 'EAGLE' })).toBe(alone);
    expect(of({ 'serving.draftMethod': 'ngram' })).toBeLessThan(alone);
  });
});

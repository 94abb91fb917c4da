/** Memory of serving engines: real files and hand-counted models, and what must hold however a model is split. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServingEstimate } from '../../server/src/core/estimate.ts';
import type { ServingJob } from '../../server/src/core/estimate-inputs.ts';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { completeServing } from '../../server/src/core/serving/complete-serving.ts';
import type { EngineId } from '../../server/src/core/serving/engines/engine-id.ts';
import { since } from '../../server/src/core/serving/engines/engine-id.ts';
import { servingMemory } from '../../server/src/core/serving/memory/serving-memory.ts';
import { stageLayers } from '../../server/src/core/serving/memory/stages.ts';
import { stageWeights } from '../../server/src/core/serving/memory/weight-bytes.ts';
import { findModelCard } from '../../server/src/data/index.ts';
import { families, modelOf } from './random-jobs.ts';
import { cluster } from './shapes.ts';

const gib = 2 ** 30;
const machine = cluster('h100-sxm-80gb', 8);
const engines: readonly EngineId[] = ['vllm', 'sglang', 'tensorrt-llm', 'tgi', 'lmdeploy', 'llama-cpp', 'ollama', 'mlc'];

const card = (name: string): PartialJob => findModelCard(name)?.fields ?? {};

function jobOf(fields: PartialJob, engine: EngineId = 'vllm'): ServingJob {
  const completed = completeServing(fields, engine, machine);
  if ('refusal' in completed) throw new Error(completed.refusal.why);
  return completed.job;
}

function estimateOf(fields: PartialJob, engine: EngineId = 'vllm'): ServingEstimate {
  const result = estimateJob(fields, engine, machine);
  if ('refusal' in result || result.estimate.kind !== 'serving') throw new Error('no serving estimate');
  return result.estimate;
}

const weightsOf = (fields: PartialJob, engine?: EngineId): number =>
  stageWeights(jobOf(fields, engine)).reduce((sum, { bytes }) => sum + bytes, 0);
const memoryOf = (fields: PartialJob, engine?: EngineId) => servingMemory(jobOf(fields, engine), 79.2 * gib);

const llama8b = card('meta-llama/Meta-Llama-3.1-8B');
const parameters8b = 8_030_261_248;

/** Bits per weight of whole files of Llama 3.1 8B (llama.cpp tools/quantize/README.md at 311c2c9f). */
test.each<[string, number]>([
  ['IQ1_S', 2.0042],
  ['IQ1_M', 2.146],
  ['IQ2_XXS', 2.3824],
  ['IQ2_XS', 2.5882],
  ['IQ2_S', 2.7403],
  ['IQ2_M', 2.9294],
  ['IQ3_XXS', 3.2548],
  ['IQ3_XS', 3.4977],
  ['IQ3_S', 3.6606],
  ['IQ3_M', 3.7628],
  ['IQ4_XS', 4.4597],
  ['IQ4_NL', 4.6818],
  ['Q2_K_S', 2.9697],
  ['Q2_K', 3.1593],
  ['Q3_K_S', 3.6429],
  ['Q3_K_L', 4.2979],
  ['Q4_K_S', 4.6672],
  ['Q4_K_M', 4.8944],
  ['Q5_K_S', 5.5704],
  ['Q5_K_M', 5.7036],
  ['Q6_K', 6.5633],
  ['Q8_0', 8.5008],
  ['F16', 16.0005],
])('a %s file of Llama 3.1 8B has %d bits per weight', (mix, bits) => {
  const bytes = weightsOf({ ...llama8b, 'serving.quantization': mix }, 'llama-cpp');
  expect((8 * bytes) / parameters8b / bits).toBeCloseTo(1, 3);
});

test('a stated number of tokens has a band only where the memory may not hold them', () => {
  const of = (tokens: number) => estimateOf({ ...llama8b, 'serving.maxModelLen': 8192, 'serving.maxKvTokens': tokens }, 'sglang').kvTokens;
  expect(of(20_000)).toMatchObject({ value: 20_000 });
  expect(of(20_000).band).toBeUndefined();
  const whole = estimateOf({ ...llama8b, 'serving.maxModelLen': 8192 }, 'sglang').kvTokens;
  const close = of(Math.floor(0.99 * whole.value));
  expect(close.band?.high).toBe(close.value);
  expect((close.band?.low ?? 0) / (whole.band?.low ?? 1)).toBeCloseTo(1, 6);
});

describe('slots', () => {
  const q4 = { ...llama8b, 'serving.quantization': 'Q4_K_M', 'serving.maxModelLen': 32768 } as const;
  const pool = (fields: PartialJob, engine: EngineId) => memoryOf({ ...q4, ...fields }, engine);

  test('of llama.cpp divide the context: as much memory, less for each request', () => {
    const four = jobOf({ ...q4, 'serving.maxSequences': 4 }, 'llama-cpp');
    expect([four.maxModelLen, four.slotTokens]).toEqual([8192, 32768]);
    expect(pool({ 'serving.maxSequences': 4 }, 'llama-cpp').pool).toBe(pool({}, 'llama-cpp').pool);
    expect(pool({ 'serving.maxSequences': 4 }, 'llama-cpp').concurrency).toBe(4);
  });

  test('are rounded up to 256 tokens each, as src/llama-context.cpp does', () => {
    const { maxModelLen, slotTokens } = jobOf({ ...q4, 'serving.maxModelLen': 10000, 'serving.maxSequences': 3 }, 'llama-cpp');
    expect([maxModelLen, slotTokens]).toEqual([3584, 10752]);
  });

  test('share one cache where it is unified', () => {
    const { maxModelLen, slotTokens } = jobOf({ ...q4, 'serving.maxSequences': 4, 'serving.unifiedCache': true }, 'llama-cpp');
    expect([maxModelLen, slotTokens]).toEqual([32768, 32768]);
    expect(pool({ 'serving.maxSequences': 4, 'serving.unifiedCache': true }, 'llama-cpp').concurrency).toBe(1);
  });

  test('of Ollama have a context each', () => {
    expect(pool({ 'serving.maxSequences': 4 }, 'ollama').pool).toBe(4 * pool({}, 'ollama').pool);
    expect(jobOf({ ...q4, 'serving.maxSequences': 4 }, 'ollama').maxModelLen).toBe(32768);
  });

  test('keep a window each', () => {
    const gemma = { ...card('google/gemma-3-27b-it'), 'serving.quantization': 'Q4_K_M', 'serving.maxModelLen': 65536 } as const;
    const one = memoryOf(gemma, 'llama-cpp').pool;
    const divided = memoryOf({ ...gemma, 'serving.maxSequences': 4 }, 'llama-cpp').pool;
    const unified = memoryOf({ ...gemma, 'serving.maxSequences': 4, 'serving.unifiedCache': true }, 'llama-cpp').pool;
    expect(unified).toBeGreaterThan(one);
    // Each cache has a micro batch of its own.
    expect(divided).toBeGreaterThan(unified);
  });
});

describe('tokens that requests of one length hold', () => {
  const gptOss = { ...card('openai/gpt-oss-20b'), 'serving.maxModelLen': 65536 } as const;

  test('are those of the log where all layers see everything, whatever the length', () => {
    const { held, tokens } = memoryOf(llama8b);
    for (const each of [1, 100, 8192]) expect(held(each)).toBe(tokens);
  });

  test('are more where every second layer keeps a window of 128: nearly twice for long requests, no more for short ones', () => {
    const { held, tokens } = memoryOf(gptOss);
    expect(held(64) / tokens).toBeCloseTo(1, 2);
    expect(held(1e6) / tokens).toBeCloseTo(2, 2);
    // Full attention and a window with a page more, for 1,024 tokens each: 1024 / (1024 + 128 + 16) of the pages of both.
    expect(held(1024) / tokens).toBeCloseTo((2 * 1024) / (1024 + 144), 2);
  });

  test('never grow slower than the requests, and make the usual batch larger', () => {
    const { held } = memoryOf(gptOss);
    for (const each of [16, 128, 1024, 8192]) expect(held(2 * each)).toBeGreaterThanOrEqual(held(each));
    const { decode, kvTokens, heldTokens } = estimateOf({ ...gptOss, 'serving.maxModelLen': 131072 });
    expect(decode.batch).toBe(Math.floor(heldTokens(65536) / 65536));
    expect(decode.batch).toBeGreaterThan(1.8 * Math.floor(kvTokens.value / 65536));
  });

  test('other engines count all layers, and a stated number of tokens caps them', () => {
    const { held, tokens } = memoryOf(gptOss, 'tensorrt-llm');
    expect(held(1e6)).toBe(tokens);
    const capped = memoryOf({ ...gptOss, 'serving.maxKvTokens': Math.floor(memoryOf(gptOss).tokens / 2) });
    expect(capped.held(1e6) / memoryOf(gptOss).held(1e6)).toBeCloseTo(0.5, 2);
  });
});

describe('pages of vLLM', () => {
  const tokensPerByte = (fields: PartialJob) => memoryOf(fields).perToken;

  test('full attention takes all layers, keys and values', () => {
    expect(tokensPerByte(llama8b)).toBe(2 * 32 * 8 * 128 * 2);
    expect(tokensPerByte({ ...llama8b, 'serving.kvCacheDtype': 'fp8' })).toBe(2 * 32 * 8 * 128);
  });

  test('TP beyond the KV heads keeps a whole head on each rank', () => {
    const at = (tensor: number) => tokensPerByte({ ...card('Qwen/Qwen2.5-7B'), 'parallel.tensor': tensor });
    expect(at(1) / at(4)).toBe(4);
    expect(card('Qwen/Qwen2.5-0.5B')['model.kvHeads']).toBe(2);
    const small = (tensor: number) => tokensPerByte({ ...card('Qwen/Qwen2.5-0.5B'), 'parallel.tensor': tensor });
    expect(small(7)).toBe(small(2));
  });

  test('latent attention is whole on every rank, with an indexer beside it where there is one', () => {
    const v3 = card('deepseek-ai/DeepSeek-V3');
    const small = { ...v3, 'model.experts': 8, 'model.expertFfn': 64, 'parallel.tensor': 8 };
    expect(tokensPerByte(small)).toBe(61 * 576 * 2);
    const v32 = { ...card('deepseek-ai/DeepSeek-V3.2'), 'model.experts': 8, 'model.expertFfn': 64, 'parallel.tensor': 8 };
    expect(tokensPerByte(v32)).toBe(61 * (576 * 2 + 132));
    expect(tokensPerByte({ ...v32, 'serving.kvCacheDtype': 'fp8' })).toBe(61 * (656 + 132));
    expect(tokensPerByte({ ...small, 'serving.decodeContextParallel': 8 })).toBe((61 * 576 * 2) / 8);
  });

  test('groups of six layers, one of attention and four of states, share pages in Nemotron 3 Nano', () => {
    const nano = { ...card('nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B'), 'serving.kvCacheDtype': 'fp8', 'serving.maxModelLen': 8192 } as const;
    const memory = memoryOf({ ...nano, 'serving.quantization': 'fp8' });
    expect(memory.perToken).toBe(5 * 6 * 2 * 2 * 128);
    // The state is 64 heads x 64 x 128 in fp32 and 6,144 convolved channels: 4,168 tokens, in multiples of 16.
    expect(memory.block).toBe(4176);
    expect((5 * memory.tokens) / memory.concurrency / 4176).toBeCloseTo(6, 1);
  });

  test('layers that share keys and values have none', () => {
    expect(tokensPerByte({ ...llama8b, 'model.kvSharedLayers': 12 })).toBe((tokensPerByte(llama8b) * 20) / 32);
  });
});

test('stages get the layers the engine deals out', () => {
  const layers = (count: number, pipeline: number, written?: readonly number[]) =>
    stageLayers({ model: { ...jobOf(llama8b).model, layers: count }, pipeline, ...(written ? { layerPartition: written } : {}) });
  expect(layers(32, 1)).toEqual([32]);
  expect(layers(61, 4)).toEqual([15, 15, 16, 15]);
  expect(layers(62, 4)).toEqual([15, 16, 16, 15]);
  expect(layers(48, 2, [16, 32])).toEqual([16, 32]);
  expect(layers(48, 2, [16, 31])).toEqual([24, 24]);
});

test('the stage with the fewest tokens is told', () => {
  const even = memoryOf({ ...llama8b, 'parallel.pipeline': 2 });
  const uneven = memoryOf({ ...llama8b, 'parallel.pipeline': 2, 'parallel.pipelineLayout': '8,24' });
  expect(uneven.stage).toBe(1);
  expect(uneven.tokens).toBeLessThan(even.tokens);
});

test('releases compare by their numbers, and an unknown one is the newest', () => {
  expect(since({ id: 'vllm', release: '0.11.2+rhai1' }, '0.11')).toBe(true);
  expect(since({ id: 'vllm', release: '0.9.2' }, '0.11')).toBe(false);
  expect(since({ id: 'vllm', release: '0.18.0' }, '0.18.1')).toBe(false);
  expect(since({ id: 'vllm' }, '0.99')).toBe(true);
});

describe('arithmetic of the pool', () => {
  const at = (engine: EngineId, fields: PartialJob = {}) =>
    memoryOf({ ...llama8b, 'serving.maxModelLen': 8192, 'serving.maxSequences': 64, 'serving.maxBatchedTokens': 4096, ...fields }, engine);

  test('vLLM: a share of all memory, less what is needed; graphs count since 0.20', () => {
    const old = at('vllm', { 'serving.gpuMemoryUtilization': 0.9, 'serving.engineVersion': '0.11.0' });
    expect(old.pool).toBeCloseTo(0.9 * 79.2 * gib - old.weights - old.activation - old.outside, -3);
    const now = at('vllm', { 'serving.gpuMemoryUtilization': 0.9, 'serving.engineVersion': '0.21.0' });
    expect(now.pool).toBeCloseTo(0.9 * 79.2 * gib - now.weights - now.activation - now.outside - now.captured, -3);
  });

  test('SGLang: a share of what is free, less weights alone', () => {
    const memory = at('sglang', { 'serving.staticMemoryShare': 0.8 });
    expect(memory.pool).toBeCloseTo(0.8 * (79.2 - 0.5) * gib - memory.weights, -3);
  });

  test("SGLang's own share leaves at least 10 GiB of a large card", () => {
    const { assumptions } = jobOf({ ...llama8b }, 'sglang');
    const share = Number(assumptions.find(({ field }) => field === 'serving.staticMemoryShare')?.value);
    const usable = (machine.accelerator.memory.usable ?? machine.accelerator.memory.capacity).value / gib;
    // 512 MiB, 1.5 MiB for each of 8,192 tokens, 2 MiB for each of 256 graphs, an eighth of a GiB for one GPU: 13,440 MiB.
    expect(share).toBeCloseTo(1 - 13_440 / 1024 / usable, 3);
  });

  test.each(['tensorrt-llm', 'lmdeploy'] as const)('%s: a share of what the weights leave', (engine) => {
    const whole = at(engine, { 'serving.freeMemoryShare': 1 }).pool;
    expect(at(engine, { 'serving.freeMemoryShare': 0.5 }).pool).toBeCloseTo(whole / 2, -3);
    expect(whole).toBeLessThan(79.2 * gib - at(engine).weights);
  });

  test('llama.cpp: the cache of the context, whatever memory there is; slots share it', () => {
    const memory = at('llama-cpp', { 'serving.maxSequences': 4 });
    expect(memory.pool).toBe(8192 * 2 * 32 * 8 * 128 * 2);
    expect(memory.tokens).toBe(8192);
    expect(memory.concurrency).toBe(4);
    expect(at('llama-cpp', { 'serving.kvCacheDtype': 'int8', 'serving.maxSequences': 4 }).pool).toBe((memory.pool * 34) / 64);
  });

  test('a stated number of tokens caps the pool', () => {
    expect(at('sglang', { 'serving.maxKvTokens': 1000 }).tokens).toBe(1000);
  });

  test('half of the layers on the GPU hold half of the cache', () => {
    expect(at('llama-cpp', { 'serving.gpuLayers': 16 }).pool).toBe(at('llama-cpp').pool / 2);
    expect(at('llama-cpp', { 'serving.gpuLayers': 16 }).weights).toBeLessThan(0.6 * at('llama-cpp').weights);
  });
});

test('adapter slots take both matrices of every product', () => {
  const more = weightsOf({ ...llama8b, 'serving.loraSlots': 2, 'serving.loraRank': 32 }) - weightsOf(llama8b);
  const widths = 4096 + 4096 + 2 * (1024 + 4096) + 4096 + 4096 + 3 * (14336 + 4096);
  expect(more).toBe(2 * 32 * 2 * 32 * widths);
});

/** Families of random models, on every engine. */
const splits = fc.record({
  family: fc.constantFrom(...Object.keys(families)),
  engine: fc.constantFrom(...engines),
  tensor: fc.constantFrom(1, 2, 4),
  pipeline: fc.constantFrom(1, 2, 4),
  scheme: fc.constantFrom('bf16', 'fp8', 'gptq', 'nf4', 'nvfp4', 'Q4_K_M', 'q4f16_1'),
});

const fieldsOf = ({
  family,
  tensor,
  pipeline,
  scheme,
}: {
  family: string;
  tensor: number;
  pipeline: number;
  scheme: string;
}): PartialJob => ({
  ...modelOf(family),
  'parallel.tensor': tensor,
  'parallel.pipeline': pipeline,
  'model.quantization': scheme,
  'serving.maxModelLen': 2048,
});

test('every engine is answered for every family, with finite parts that are not negative', () => {
  fc.assert(
    fc.property(splits, (split) => {
      const { memory, kvTokens, kvBytesPerToken, concurrency } = estimateOf(fieldsOf(split), split.engine);
      for (const term of [memory.weights, memory.overhead, memory.kvCache, memory.total, kvTokens, kvBytesPerToken, concurrency]) {
        expect(Number.isFinite(term.value), term.id).toBe(true);
        expect(term.value, term.id).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 150 },
  );
});

test('weights fall with TP, but never below their share', () => {
  fc.assert(
    fc.property(splits, (split) => {
      const whole = weightsOf(fieldsOf({ ...split, tensor: 1 }), split.engine);
      const half = weightsOf(fieldsOf({ ...split, tensor: 2 }), split.engine);
      expect(half).toBeLessThan(whole);
      expect(half).toBeGreaterThanOrEqual(whole / 2 - 1);
    }),
    { numRuns: 100 },
  );
});

test('stages together hold the model, and a tied embedding twice', () => {
  fc.assert(
    fc.property(splits, (split) => {
      const one = weightsOf(fieldsOf({ ...split, pipeline: 1, scheme: 'bf16' }), 'tgi');
      const { model } = jobOf(fieldsOf(split));
      const copy = model.tiedEmbeddings && split.pipeline > 1 ? (2 * model.paddedVocab * model.hidden) / split.tensor : 0;
      expect(weightsOf(fieldsOf({ ...split, scheme: 'bf16' }), 'tgi') / (one + copy)).toBeCloseTo(1, 9);
    }),
    { numRuns: 100 },
  );
});

test('the cache of a token is never less than its share of the keys and values', () => {
  fc.assert(
    fc.property(splits, (split) => {
      const whole = memoryOf(fieldsOf({ ...split, tensor: 1, pipeline: 1 }), 'vllm').perToken;
      const part = memoryOf(fieldsOf(split), 'vllm').perToken;
      expect(part * split.tensor * split.pipeline).toBeGreaterThanOrEqual(whole * 0.999);
    }),
    { numRuns: 100 },
  );
});

describe('what is configured is exact', () => {
  const pools = (fields: PartialJob, engine: EngineId) => {
    const { memory, kvTokens, concurrency } = estimateOf({ ...llama8b, 'serving.maxModelLen': 8192, ...fields }, engine);
    return [memory.kvCache, kvTokens, concurrency].map(({ band }) => band !== undefined);
  };

  test.each<EngineId>(['llama-cpp', 'ollama'])('%s sets its whole context aside', (engine) => {
    expect(pools({}, engine)).toEqual([false, false, false]);
    expect(estimateOf({ ...llama8b, 'serving.maxModelLen': 8192 }, engine).memory.total.band).toBeDefined();
  });

  test('vLLM takes the bytes it is given, and otherwise what a profile run leaves', () => {
    expect(pools({ 'serving.kvCacheBytes': 8 * gib }, 'vllm')).toEqual([false, false, false]);
    expect(pools({}, 'vllm')).toEqual([true, true, true]);
  });

  test('an engine without a share of the memory assumes none', () => {
    const fields = jobOf({ ...llama8b, 'serving.maxModelLen': 8192 }, 'llama-cpp').assumptions.map(({ field }) => field);
    expect(fields).not.toContain('serving.freeMemoryShare');
  });
});

test('layers with a window let a request fit that is longer than the tokens the pool gives to all layers', () => {
  const estimate = estimateOf({ ...card('google/gemma-3-27b-it'), 'serving.maxModelLen': 131_072 });
  expect(estimate.kvTokens.value).toBeLessThan(131_072);
  expect(estimate.concurrency.value).toBeGreaterThan(1);
  expect(estimate.memory.fits).toBe('yes');
});

test.each([
  ['h100-sxm-80gb', 8192, 16_384],
  ['a100-sxm-80gb', 2048, 8192],
])('vLLM on %s batches %i tokens as a server and %i inside a program', (gpu, online, offline) => {
  const batched = (fields: PartialJob): number => {
    const completed = completeServing({ ...llama8b, ...fields }, 'vllm', cluster(gpu, 1));
    return 'job' in completed ? completed.job.maxBatchedTokens : Number.NaN;
  };
  expect([batched({}), batched({ 'serving.offline': true })]).toEqual([online, offline]);
});

test('attention groups hold requests of their own: a replica decodes those of all of them', () => {
  const deepseek = { ...card('deepseek-ai/DeepSeek-V2-Lite'), 'parallel.tensor': 8, 'serving.maxModelLen': 131_072 };
  const grouped = estimateOf({ ...deepseek, 'serving.attentionDataParallel': 8 }, 'sglang');
  const one = grouped.kvTokens.value / 131_072;
  expect(grouped.concurrency.value / (8 * one)).toBeCloseTo(1, 6);
  expect(grouped.decode.batch).toBe(Math.min(2048, Math.floor(16 * one)));
});

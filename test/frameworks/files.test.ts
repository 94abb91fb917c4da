/** DeepSpeed, Hugging Face and vLLM files: single keys, defaults by release, "auto", and how fields are spelt. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { Reading } from '../../server/src/frameworks/adapter.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { adapterOf } from './samples.ts';

const repository = join(import.meta.dirname, '..', '..');

beforeAll(() => initParsers(join(repository, 'node_modules/web-tree-sitter'), join(repository, 'grammars')));

function readJson(framework: string, value: unknown): Reading {
  const [reading] = adapterOf(framework).read(readDocument('file:///file.json', JSON.stringify(value)));
  if (reading === undefined) throw new Error('no reading');
  return reading;
}

describe('DeepSpeed', () => {
  test.each<[value: object, field: JobField, expected: unknown]>([
    [{ zero_optimization: { stage: 3 } }, 'zero.overlapComm', true],
    [{ zero_optimization: { stage: 2 } }, 'zero.overlapComm', false],
    [{ zero_optimization: true, train_batch_size: 8 }, 'zero.stage', 1],
    [{ zero_optimization: { stage: 2, offload_optimizer: { device: 'nvme', ratio: 0.3 } } }, 'zero.offloadOptimizerRatio', 0.3],
    [{ zero_optimization: { stage: 3, cpu_offload_param: true } }, 'zero.offloadParam', 'cpu'],
    [{ zero_optimization: { stage: '2' } }, 'zero.stage', 2],
    [{ train_micro_batch_size_per_gpu: 1 }, 'zero.stage', 0],
    [
      { train_micro_batch_size_per_gpu: 1, data_types: { grad_accum_dtype: 'fp32' }, bf16: { enabled: true } },
      'precision.gradients',
      'fp32',
    ],
    [{ train_micro_batch_size_per_gpu: 1, bf16: { enabled: true }, zero_optimization: { stage: 2 } }, 'precision.gradients', 'bf16'],
    [{ train_micro_batch_size_per_gpu: [1, 2] }, 'batch.micro', undefined],
    [{ train_batch_size: null, zero_optimization: {} }, 'batch.global', undefined],
    [{ zero_optimization: {}, optimizer: { type: 'OneBitAdam' } }, 'optimizer.kind', 'adam'],
    [{ zero_optimization: {}, tensor_parallel: { autotp_size: 4 } }, 'parallel.tensor', 4],
    [{ zero_optimization: { zero_hpz_partition_size: 8 } }, 'zero.secondaryPartition', 8],
    [{ zero_optimization: { zero_hpz_partition_size: 1 } }, 'zero.secondaryPartition', undefined],
    [{ zero_optimization: { mics_shard_size: 16 } }, 'parallel.dataShard', 16],
    [{ zero_optimization: { mics_shard_size: -1 } }, 'parallel.dataShard', undefined],
    [{ zero_optimization: {}, sequence_parallel_size: 4 }, 'parallel.contextKind', 'all-to-all'],
    [{ zero_optimization: {}, sequence_parallel_size: 1 }, 'parallel.contextKind', undefined],
    [{ zero_optimization: {}, expert_parallel: { enabled: true, autoep_size: 8 } }, 'parallel.expert', 8],
    [{ zero_optimization: {}, expert_parallel: { autoep_size: 8 } }, 'parallel.expert', undefined],
    [{ zero_optimization: {}, bf16: { enabled: true, bf16_master_weights_and_grads: true } }, 'optimizer.masterWeights', 'bf16'],
    [{ zero_optimization: {}, bf16: { enabled: true, bf16_master_weights_and_grads: false } }, 'optimizer.masterWeights', undefined],
    [{ zero_optimization: {}, bf16: { enabled: true, bf16_optimizer_states: true } }, 'optimizer.secondMoment', 'bf16'],
    [{ zero_optimization: {}, data_types: { grad_accum_dtype: null } }, 'precision.gradients', 'fp32'],
  ])('%j', (value, field, expected) => {
    expect(readJson('deepspeed', value).job[field]).toBe(expected);
  });

  test('both precisions on stay visible to the rules', () => {
    const { job } = readJson('deepspeed', { zero_optimization: {}, fp16: { enabled: true }, bf16: { enabled: true } });
    expect([job['precision.fp16'], job['precision.bf16']]).toEqual([true, true]);
  });

  test('"auto" is no value, and says who fills it in', () => {
    const { job, sources } = readJson('deepspeed', { zero_optimization: { stage: 3, reduce_bucket_size: 'auto' } });
    expect(job['zero.reduceBucketElements']).toBeUndefined();
    const origin = sources['zero.reduceBucketElements'];
    expect(origin?.kind === 'auto' ? origin.filledBy : '').toContain('hidden size');
  });

  test.each([4, -1, 1.5, 'three'])('stage %s is a problem', (stage) => {
    const { job, problems } = readJson('deepspeed', { zero_optimization: { stage } });
    expect(job['zero.stage']).toBeUndefined();
    expect(problems.map(({ code }) => code)).toEqual(['wrong-value']);
  });

  test.each<[JobField, string | number | boolean, string | undefined]>([
    ['zero.stage', 2, '"zero_optimization": { "stage": 2 }'],
    ['precision.bf16', true, '"bf16": { "enabled": true }'],
    ['batch.micro', 4, '"train_micro_batch_size_per_gpu": 4'],
    ['zero.prefetchBucketElements', 9, '"zero_optimization": { "stage3_prefetch_bucket_size": 9 }'],
    ['parallel.pipeline', 2, undefined],
  ])('spells %s %s', (field, value, expected) => {
    expect(adapterOf('deepspeed').spell?.(field, value)).toBe(expected);
  });
});

describe('Hugging Face', () => {
  const shape = { num_hidden_layers: 2, hidden_size: 64, num_attention_heads: 4 };

  test.each<[value: object, field: JobField, expected: unknown]>([
    [{ model_type: 'qwen2' }, 'model.qkvBias', true],
    [{ model_type: 'qwen3' }, 'model.qkNorm', true],
    [{ model_type: 'llama' }, 'model.tiedEmbeddings', false],
    [{ model_type: 'gemma2' }, 'model.tiedEmbeddings', true],
    [{ model_type: 'bloom' }, 'model.positionEmbedding', 'alibi'],
    [{ model_type: 'falcon', alibi: true }, 'model.positionEmbedding', 'alibi'],
    [{ model_type: 'opt' }, 'model.activation', 'relu'],
    [{ model_type: 'bloom' }, 'model.ffn', 256],
    [{ model_type: 'llama' }, 'model.ffn', undefined],
    [{ model_type: 'llama', attention_bias: true }, 'model.qkvBias', true],
    [{ model_type: 'nothing_known' }, 'model.gatedMlp', undefined],
    [{ model_type: 'mistral', sliding_window: 4096 }, 'model.slidingWindow', 4096],
    [{ model_type: 'qwen2', sliding_window: 4096, use_sliding_window: false }, 'model.slidingWindow', undefined],
    [{ model_type: 'mixtral', num_local_experts: 8, intermediate_size: 100 }, 'model.expertFfn', 100],
    [{ model_type: 'qwen3_moe', num_experts: 0 }, 'model.experts', undefined],
    [{ model_type: 'olmo', mlp_hidden_size: 512 }, 'model.ffn', 256],
    [{ model_type: 'llama', torch_dtype: 'torch.float16' }, 'model.dtype', 'fp16'],
    [{ model_type: 'nemotron-nas', block_configs: [{}] }, 'model.attentionKind', 'hybrid'],
    [{ model_type: 'llama', quantization_config: { quant_method: 'gptq', bits: 4 } }, 'model.quantization', 'gptq'],
  ])('%j', (value, field, expected) => {
    expect(readJson('huggingface', { ...shape, ...value }).job[field]).toBe(expected);
  });

  test('a class habit is a default, a guess is an assumption', () => {
    const known = readJson('huggingface', { ...shape, model_type: 'llama' });
    const guessed = readJson('huggingface', { ...shape, model_type: 'ours', hidden_act: 'silu', rms_norm_eps: 1e-5 });
    expect(known.sources['model.gatedMlp']?.kind).toBe('default');
    expect(guessed.sources['model.gatedMlp']?.kind).toBe('assumed');
  });
});

describe('vLLM', () => {
  function serve(flags: string): Reading {
    const [reading] = adapterOf('vllm').read(readDocument('file:///serve.sh', `vllm serve org/model ${flags}\n`));
    if (reading === undefined) throw new Error('no reading');
    return reading;
  }

  test.each<[flags: string, field: JobField, expected: unknown]>([
    ['-tp 4', 'parallel.tensor', 4],
    ['--tensor_parallel_size=4', 'parallel.tensor', 4],
    ['--tensor-par 4', 'parallel.tensor', 4],
    ['--max-num-batched-token 512', 'serving.maxBatchedTokens', 512],
    ['--max-model-len 32k', 'serving.maxModelLen', 32000],
    ['--max-model-len 32K', 'serving.maxModelLen', 32768],
    ['--max-model-len -1', 'serving.maxModelLen', undefined],
    ['--enable-chunked-prefill False', 'serving.chunkedPrefill', false],
    ['--no-enable-chunked-prefill', 'serving.chunkedPrefill', false],
    ['--kv-cache-dtype fp8_e5m2', 'serving.kvCacheDtype', 'fp8'],
    ['--kv-cache-dtype auto', 'serving.kvCacheDtype', undefined],
    ['--kv-cache-memory-bytes 2G', 'serving.kvCacheBytes', 2 * 2 ** 30],
    ['--dtype bfloat16', 'precision.compute', 'bf16'],
    ['', 'serving.gpuMemoryUtilization', 0.92],
    ['', 'serving.maxModelLen', undefined],
    ['', 'model.name', 'org/model'],
  ])('%s gives %s', (flags, field, expected) => {
    expect(serve(flags).job[field]).toBe(expected);
  });

  test.each([
    ['v0.6.3', 0.9, false],
    ['v0.11.0', 0.9, true],
    ['latest', 0.92, true],
  ])('the image tag %s decides defaults', (tag, utilization, caching) => {
    const text = `docker run --gpus all vllm/vllm-openai:${tag} --model org/model --port 8000\n`;
    const [reading] = adapterOf('vllm').read(readDocument('file:///serve.sh', text));
    expect(reading?.job['serving.gpuMemoryUtilization']).toBe(utilization);
    expect(reading?.job['serving.prefixCaching']).toBe(caching);
  });

  test('utilization above 1 is a problem', () => {
    const { job, problems } = serve('--gpu-memory-utilization 1.2');
    expect(job['serving.gpuMemoryUtilization']).toBeUndefined();
    expect(problems.map(({ code }) => code)).toEqual(['wrong-value']);
  });

  test('an ambiguous prefix stays an unknown flag', () => {
    expect(serve('--max-num 5').unread).toMatchObject([{ name: '--max-num', known: false }]);
  });

  test.each<[JobField, string | number | boolean, string | undefined]>([
    ['serving.maxModelLen', 4096, '--max-model-len 4096'],
    ['serving.enforceEager', true, '--enforce-eager'],
    ['serving.prefixCaching', false, '--no-enable-prefix-caching'],
    ['zero.stage', 1, undefined],
  ])('spells %s %s', (field, value, expected) => {
    expect(adapterOf('vllm').spell?.(field, value)).toBe(expected);
  });
});

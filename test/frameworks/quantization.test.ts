/** Schemes of quantized checkpoints: how each method writes its bits, and what lies beside a config.json. */
import { beforeAll, describe, expect, test } from 'vitest';
import { findScheme } from '../../server/src/core/serving/memory/weight-schemes/find-scheme.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../syntax/helpers.ts';
import { adapterOf } from './samples.ts';

beforeAll(loadParsers);

const shape = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 64,
  num_attention_heads: 4,
  intermediate_size: 128,
  vocab_size: 100,
};

const groups = (bits: number, type: string, activations?: number) => ({
  group_0: {
    targets: ['Linear'],
    weights: { num_bits: bits, type, strategy: 'group', group_size: 128 },
    input_activations: activations === undefined ? null : { num_bits: activations, type, dynamic: true },
  },
});

describe('quantization_config', () => {
  test.each<[block: object, scheme: string, base: string | undefined, stored: string | undefined]>([
    [{ quant_method: 'gptq', bits: 4, group_size: 128 }, 'gptq', 'gptq-4bit', 'int4'],
    [{ quant_method: 'gptq', bits: 8, group_size: 128 }, 'gptq-8bit', undefined, 'int8'],
    [{ quant_method: 'gptq', bits: 3 }, 'gptq-3bit', undefined, 'int4'],
    [{ quant_method: 'awq', bits: 4, version: 'gemm' }, 'awq', 'awq-4bit', 'int4'],
    [{ quant_method: 'bitsandbytes', load_in_8bit: true, load_in_4bit: false }, 'bitsandbytes-8bit', 'int8', 'int8'],
    [{ quant_method: 'bitsandbytes', load_in_4bit: true, bnb_4bit_quant_type: 'nf4' }, 'bitsandbytes-nf4', 'nf4', 'int4'],
    [
      { quant_method: 'bitsandbytes', load_in_4bit: true, bnb_4bit_quant_type: 'nf4', bnb_4bit_use_double_quant: true },
      'bitsandbytes-nf4',
      'nf4-dq',
      'int4',
    ],
    [{ quant_method: 'fp8', fmt: 'e4m3', weight_block_size: [128, 128] }, 'fp8', undefined, 'fp8'],
    [{ quant_method: 'fbgemm_fp8' }, 'fbgemm_fp8', undefined, 'fp8'],
    [{ quant_method: 'compressed-tensors', config_groups: groups(8, 'float', 8) }, 'compressed-tensors-fp8', undefined, 'fp8'],
    [{ quant_method: 'compressed-tensors', config_groups: groups(4, 'int') }, 'compressed-tensors-w4a16', undefined, 'int4'],
    [{ quant_method: 'compressed-tensors', config_groups: groups(8, 'int', 8) }, 'compressed-tensors-w8a8', undefined, 'int8'],
    [{ quant_method: 'compressed-tensors', config_groups: groups(4, 'float', 4) }, 'compressed-tensors-nvfp4', undefined, 'fp4'],
    [{ quant_method: 'mxfp4', modules_to_not_convert: ['lm_head'] }, 'mxfp4', undefined, 'fp4'],
    [{ quant_method: 'modelopt', quant_algo: 'NVFP4' }, 'modelopt-nvfp4', undefined, 'fp4'],
    [{ quant_method: 'modelopt', quant_algo: 'FP8' }, 'modelopt-fp8', undefined, 'fp8'],
    [{ quant_method: 'hqq', quant_config: { weight_quant_params: { nbits: 4, group_size: 64 } } }, 'hqq-4bit', undefined, 'int4'],
    [{ quant_method: 'aqlm', num_codebooks: 1, nbits_per_codebook: 16, in_group_size: 8 }, 'aqlm-2bit', undefined, 'int4'],
    [{ quant_method: 'torchao', quant_type: { default: { _type: 'Int4WeightOnlyConfig' } } }, 'torchao-int4', undefined, 'int4'],
    [{ quant_method: 'torchao', quant_type: 'float8_weight_only' }, 'torchao-fp8', undefined, 'fp8'],
    [{ quant_method: 'never_heard_of' }, 'never_heard_of', undefined, undefined],
  ])('%j', (block, scheme, base, stored) => {
    const text = JSON.stringify({ ...shape, quantization_config: block });
    const [reading] = adapterOf('huggingface').read(readDocument('file:///m/config.json', text));
    expect(reading?.job['model.quantization']).toBe(scheme);
    expect(reading?.job['model.baseFormat']).toBe(base);
    expect(findScheme(scheme)?.format).toBe(stored);
  });
});

describe('what a checkpoint leaves out', () => {
  const listed = (block: object, more: object = {}) => {
    const text = JSON.stringify({ ...shape, num_hidden_layers: 4, ...more, quantization_config: block });
    return adapterOf('huggingface').read(readDocument('file:///m/config.json', text))[0]?.job;
  };

  test('patterns hold for all layers, and the router for itself', () => {
    const ignore = ['lm_head', 're:.*self_attn.*', 're:.*shared_experts.*', 're:.*mlp\\.(gate|up|gate_up|down)_proj.*'];
    const config = { quant_method: 'compressed-tensors', config_groups: groups(4, 'int'), ignore };
    expect(listed(config)).toMatchObject({
      'model.quantGroupSize': 128,
      'model.quantExcluded': 'attention,attention-output,mlp,shared-experts',
    });
    expect(listed({ quant_method: 'gptq', bits: 4, group_size: 64, desc_act: true, sym: true })).toMatchObject({
      'model.quantGroupSize': 64,
      'model.quantActOrder': true,
      'model.quantSymmetric': true,
    });
    expect(
      listed({ quant_method: 'fp8', weight_block_size: [128, 128], modules_to_not_convert: ['model.layers.0.mlp.gate'] }),
    ).toMatchObject({
      'model.quantGroupSize': 128,
    });
    expect(listed({ quant_method: 'fp8', modules_to_not_convert: ['lm_head', 'model.layers.0.mlp.gate'] })).not.toHaveProperty(
      'model.quantExcluded',
    );
  });

  test('single layers count for their share', () => {
    const modules = ['model.layers.0.self_attn.q_proj', 'model.layers.0.self_attn.k_proj', 'model.layers.0.self_attn.o_proj'];
    expect(listed({ quant_method: 'mxfp4', modules_to_not_convert: modules })).toMatchObject({
      'model.quantExcluded': 'attention:0.25,attention-output:0.25',
    });
  });
});

test('a server takes the scheme that lies beside its model', () => {
  const files: Readonly<Record<string, string>> = {
    'file:///w/m/config.json': JSON.stringify(shape),
    'file:///w/m/hf_quant_config.json': JSON.stringify({
      producer: { name: 'modelopt' },
      quantization: { quant_algo: 'FP8', kv_cache_quant_algo: 'FP8', exclude_modules: ['lm_head'] },
    }),
  };
  const engine = createEngine({
    files: {
      read: (uri) => (files[uri] === undefined ? { error: 'no such file' } : { text: files[uri] }),
      resolve: (_from, path) => (`file:///w/${path}` in files ? `file:///w/${path}` : undefined),
    },
    settings: () => ({}),
  });
  const analysis = engine.analyse('file:///w/serve.sh', 'vllm serve m --max-model-len 64\n', 1);
  const origin = analysis.jobs[0]?.sources['model.quantization'];
  expect(analysis.jobs[0]?.job['model.quantization']).toBe('modelopt-fp8');
  expect(origin?.kind === 'key' ? origin.uri : undefined).toBe('file:///w/m/hf_quant_config.json');
  expect(analysis.dependsOn).toContain('file:///w/m/hf_quant_config.json');
});

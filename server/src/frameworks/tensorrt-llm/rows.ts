/**
 * TensorRT-LLM's flags (`trtllm-serve`, `trtllm-bench`, `trtllm-build`, the conversion scripts), which with underscores are keys of the YAML
 * of `--config` and arguments of `LLM(...)`. Names and defaults: tensorrt_llm/commands/serve.py at 00209af1, tensorrt_llm/llmapi/llm_args.py.
 */
import type { NumberFormat, ServingRole } from '../../core/job-fields.ts';
import { bool, count, knownWord, numberFormat, ratio, size, text, word } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const format: Parse<NumberFormat> = (setting) =>
  setting.scalar === 'auto' ? { filledBy: 'TensorRT-LLM, from the model' } : numberFormat(setting);

const negated: Parse<boolean> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: !parsed.value } : parsed;
};

/** `enable` and `disable` are words of trtllm-build. */
const enabled: Parse<boolean> = (setting) => {
  const written = String(setting.scalar ?? '').toLowerCase();
  return written === 'enable' || written === 'disable' ? { value: written === 'enable' } : bool(setting);
};

const role: Parse<ServingRole> = knownWord<ServingRole>({ context: 'prefill', generation: 'decode', ctx: 'prefill', gen: 'decode' });

/** What quantize.py calls the format of the weights; `full_prec` leaves them as they are. */
const quantization: Parse<string> = (setting) => (String(setting.scalar) === 'full_prec' ? 'absent' : text(setting));

const plugin: Parse<NumberFormat> = (setting) => {
  const written = String(setting.scalar ?? 'auto');
  return /^(?:auto|enable|disable)$/.test(written) ? 'absent' : numberFormat(setting);
};

const why = 'as in tensorrt_llm/commands/serve.py';
const cache = 'KvCacheConfig in tensorrt_llm/llmapi/llm_args.py';

export const tensorRtLlmRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model', 'model-path', 'model-dir', 'model-id'], parse: text }),
  row({ field: 'parallel.tensor', keys: ['tensor-parallel-size', 'tp-size', 'tp'], parse: count, fallback: 1, why }),
  row({ field: 'parallel.pipeline', keys: ['pipeline-parallel-size', 'pp-size', 'pp'], parse: count, fallback: 1, why }),
  row({ field: 'parallel.expert', keys: ['moe-expert-parallel-size', 'ep-size', 'ep'], parse: count }),
  row({ field: 'parallel.context', keys: ['context-parallel-size', 'cp-size'], parse: count }),
  row({ field: 'cluster.gpusPerNode', keys: ['gpus-per-node'], parse: count }),
  row({ field: 'serving.maxModelLen', keys: ['max-seq-len'], parse: count }),
  row({ field: 'serving.maxSequences', keys: ['max-batch-size'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['max-num-tokens'], parse: count }),
  row({
    field: 'serving.freeMemoryShare',
    keys: [
      'kv-cache-config.free_gpu_memory_fraction',
      'kv-cache-free-gpu-memory-fraction',
      'free-gpu-memory-fraction',
      'kv-cache-free-gpu-mem-fraction',
    ],
    parse: ratio(0, 1),
    fallback: 0.9,
    why: cache,
  }),
  row({ field: 'serving.maxKvTokens', keys: ['kv-cache-config.max_tokens'], parse: count }),
  row({ field: 'serving.prefixCaching', keys: ['kv-cache-config.enable_block_reuse'], parse: bool, fallback: true, why: cache }),
  row({
    field: 'serving.blockSize',
    keys: ['kv-cache-config.tokens_per_block', 'tokens-per-block'],
    parse: count,
    fallback: 32,
    why: cache,
  }),
  row({ field: 'serving.kvCacheDtype', keys: ['kv-cache-config.dtype', 'kv-cache-dtype'], parse: format }),
  row({ field: 'serving.chunkedPrefill', keys: ['enable-chunked-prefill', 'enable-chunked-context'], parse: bool }),
  row({ field: 'serving.quantization', keys: ['quantization', 'qformat', 'quant-algo', 'quant-config.quant_algo'], parse: quantization }),
  row({
    field: 'serving.speculativeTokens',
    keys: ['speculative-config.num_nextn_predict_layers', 'speculative-config.max_draft_len'],
    parse: size,
  }),
  row({
    field: 'serving.draftModel',
    keys: ['speculative-config.speculative_model', 'speculative-config.speculative_model_dir', 'speculative-config.pytorch_weights_path'],
    parse: text,
  }),
  row({ field: 'serving.draftMethod', keys: ['speculative-config.decoding_type'], parse: text }),
  row({ field: 'serving.loraSlots', keys: ['lora-config.max_loras'], parse: count }),
  row({ field: 'serving.loraRank', keys: ['lora-config.max_lora_rank'], parse: count }),
  row({ field: 'serving.role', keys: ['server-role'], parse: role }),
  row({ field: 'precision.compute', keys: ['gpt-attention-plugin'], parse: plugin }),
  row({ field: 'precision.compute', keys: ['dtype', 'storage-type'], parse: format }),
  row({ field: 'serving.enforceEager', keys: ['cuda-graph', 'use-cuda-graph', 'pytorch-backend-config.use_cuda_graph'], parse: negated }),
];

/** What the engine's or checkpoint's `config.json` says; `pretrained-config.` and `build-config.` are taken off before. */
export const engineFileRows: readonly Row[] = [
  row({ field: 'model.architecture', keys: ['architecture'], parse: text }),
  row({ field: 'model.layers', keys: ['num-hidden-layers'], parse: count }),
  row({ field: 'model.hidden', keys: ['hidden-size'], parse: count }),
  row({ field: 'model.heads', keys: ['num-attention-heads'], parse: count }),
  row({ field: 'model.kvHeads', keys: ['num-key-value-heads'], parse: count }),
  row({ field: 'model.headDim', keys: ['head-size'], parse: count }),
  row({ field: 'model.ffn', keys: ['intermediate-size'], parse: count }),
  row({ field: 'model.vocab', keys: ['vocab-size'], parse: count }),
  row({ field: 'model.maxPositions', keys: ['max-position-embeddings'], parse: count }),
  row({ field: 'parallel.tensor', keys: ['mapping.tp_size'], parse: count }),
  row({ field: 'parallel.pipeline', keys: ['mapping.pp_size'], parse: count }),
  row({ field: 'parallel.expert', keys: ['mapping.moe_ep_size'], parse: count }),
  row({ field: 'serving.quantization', keys: ['quantization.quant_algo'], parse: text }),
  row({ field: 'serving.kvCacheDtype', keys: ['quantization.kv_cache_quant_algo'], parse: numberFormat }),
  row({ field: 'serving.blockSize', keys: ['plugin-config.tokens_per_block'], parse: count }),
  row({ field: 'serving.prefixCaching', keys: ['plugin-config.use_paged_context_fmha'], parse: enabled }),
  row({ field: 'serving.loraRank', keys: ['lora-config.max_lora_rank'], parse: count }),
  row({
    field: 'model.activation',
    keys: ['hidden-act'],
    parse: word({ silu: 'swiglu', swiglu: 'swiglu', gelu: 'gelu', relu: 'relu', gelu_new: 'gelu', geglu: 'geglu', fast_gelu: 'gelu' }),
  }),
];

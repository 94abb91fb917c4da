/**
 * MLC LLM: `--overrides` of its commands, fields of `EngineConfig`, and keys of `mlc-chat-config.json`. Sources: mlc-ai/mlc-llm
 * python/mlc_llm/cli/serve.py, serve/config.py, protocol/mlc_chat_config.py at 79d603f0.
 */
import { count, ratio, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

/** -1 stands for no limit. */
const length: Parse<number> = (setting) => (String(setting.scalar) === '-1' ? 'absent' : count(setting));

export const mlcRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model'], parse: text }),
  row({ field: 'parallel.tensor', keys: ['tensor-parallel-shards'], parse: count, fallback: 1, why: 'MLC_CHAT_SYSTEM_DEFAULT' }),
  row({ field: 'parallel.pipeline', keys: ['pipeline-parallel-stages'], parse: count, fallback: 1, why: 'MLCChatConfig' }),
  row({ field: 'serving.maxModelLen', keys: ['context-window-size', 'max-single-sequence-length'], parse: length }),
  row({ field: 'serving.maxSequences', keys: ['max-num-sequence', 'max-batch-size'], parse: count }),
  row({ field: 'serving.maxKvTokens', keys: ['max-total-seq-length', 'max-total-sequence-length'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['prefill-chunk-size'], parse: count }),
  row({
    field: 'serving.gpuMemoryUtilization',
    keys: ['gpu-memory-utilization'],
    parse: ratio(0, 1),
    fallback: 0.85,
    why: 'cpp/serve/config.h',
  }),
  row({ field: 'serving.speculativeTokens', keys: ['spec-draft-length'], parse: size }),
  row({ field: 'serving.quantization', keys: ['quantization'], parse: text }),
];

/** The model's shape in the file. */
export const mlcModelRows: readonly Row[] = [
  row({ field: 'model.type', keys: ['model-type'], parse: text }),
  row({ field: 'model.layers', keys: ['model-config.num_hidden_layers'], parse: count }),
  row({ field: 'model.hidden', keys: ['model-config.hidden_size'], parse: count }),
  row({ field: 'model.heads', keys: ['model-config.num_attention_heads'], parse: count }),
  row({ field: 'model.kvHeads', keys: ['model-config.num_key_value_heads'], parse: count }),
  row({ field: 'model.headDim', keys: ['model-config.head_dim'], parse: count }),
  row({ field: 'model.ffn', keys: ['model-config.intermediate_size'], parse: count }),
  row({ field: 'model.vocab', keys: ['model-config.vocab_size'], parse: count }),
];

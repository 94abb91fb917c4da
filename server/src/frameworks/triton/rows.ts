/**
 * Triton's model configuration: what an LLM back end reads of it. Parameters stand under their own name, `parameters.max_beam_width`. Sources:
 * triton-inference-server/common protobuf/model_config.proto, tensorrtllm_backend all_models/inflight_batcher_llm (a315d2df).
 */
import { bool, count, numberFormat, ratio } from '../parse.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';

const why = 'as in tensorrtllm_backend docs/model_config.md';

export const tritonRows: readonly Row[] = [
  row({
    field: 'serving.maxSequences',
    keys: ['max_batch_size'],
    parse: (setting) => (Number(setting.scalar) === 0 ? 'absent' : count(setting)),
  }),
  row({
    field: 'serving.freeMemoryShare',
    keys: ['parameters.kv_cache_free_gpu_mem_fraction'],
    parse: ratio(0, 1),
  }),
  row({ field: 'serving.maxKvTokens', keys: ['parameters.max_tokens_in_paged_kv_cache'], parse: count }),
  row({ field: 'serving.prefixCaching', keys: ['parameters.enable_kv_cache_reuse'], parse: bool }),
  row({ field: 'serving.chunkedPrefill', keys: ['parameters.enable_chunked_context'], parse: bool }),
  row({ field: 'serving.maxBatchedTokens', keys: ['parameters.max_num_tokens'], parse: count }),
  row({ field: 'serving.kvCacheDtype', keys: ['parameters.kv_cache_dtype'], parse: numberFormat }),
];

export const tensorRtDefaults: readonly Row[] = [
  row({ field: 'serving.freeMemoryShare', keys: [], parse: ratio(0, 1), fallback: 0.9, why }),
  row({ field: 'serving.prefixCaching', keys: [], parse: bool, fallback: false, why }),
];

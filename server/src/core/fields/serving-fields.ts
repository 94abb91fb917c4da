/** Rows for serving engines. */
import { count, type FieldInfo, wholeFromZero } from '../field-info.ts';
import type { JobField } from '../job-fields.ts';
import { vllmCache, vllmModel, vllmParallel, vllmScheduler } from './sources.ts';

export type ServingField = Extract<JobField, `serving.${string}`>;

const pagedAttention = 'Kwon et al. 2023, PagedAttention (arXiv 2309.06180)';

export const servingFields: { readonly [F in ServingField]: FieldInfo } = {
  'serving.maxModelLen': {
    label: 'Longest context',
    short: 'max model len',
    fact: 'max_model_len',
    unit: 'tokens',
    range: count,
    what: 'Tokens of prompt and answer one request may hold. At least one such request must fit into the KV cache or the engine does not start.',
    source: vllmModel,
  },
  'serving.maxSequences': {
    label: 'Concurrent sequences',
    short: 'max sequences',
    fact: 'max_num_seqs',
    range: count,
    what: 'Requests the scheduler runs at once at most.',
    source: vllmScheduler,
  },
  'serving.maxBatchedTokens': {
    label: 'Tokens per engine step',
    short: 'batched tokens',
    fact: 'max_num_batched_tokens',
    unit: 'tokens',
    range: count,
    what: 'Tokens of prefill and decode in one forward pass at most. The peak of activations is profiled with this number.',
    source: vllmScheduler,
  },
  'serving.gpuMemoryUtilization': {
    label: 'GPU memory share',
    short: 'memory share',
    fact: 'gpu_mem_util',
    range: { min: 0, max: 1 },
    what: 'Share of the whole GPU memory the engine may take. What weights, activations and graphs leave of it becomes KV cache.',
    source: vllmCache,
  },
  'serving.kvCacheDtype': {
    label: 'KV cache type',
    short: 'KV dtype',
    fact: 'kv_cache_dtype',
    what: 'Number format of keys and values in the cache. FP8 halves the bytes per token.',
    source: vllmCache,
  },
  'serving.kvCacheBytes': {
    label: 'KV cache size',
    short: 'KV bytes',
    fact: 'kv_cache_memory_bytes',
    unit: 'bytes',
    range: wholeFromZero,
    what: 'Bytes set aside for the KV cache per GPU, instead of what the memory share leaves.',
    source: vllmCache,
  },
  'serving.blockSize': {
    label: 'KV block',
    short: 'block',
    fact: 'block_size',
    unit: 'tokens',
    range: count,
    what: 'Tokens per page of the KV cache. The last page of each request is partly empty.',
    source: pagedAttention,
  },
  'serving.enforceEager': {
    label: 'Eager mode',
    short: 'eager',
    fact: 'enforce_eager',
    what: 'Runs without CUDA graphs: saves their memory, costs launch time in every decode step.',
    source: vllmModel,
  },
  'serving.chunkedPrefill': {
    label: 'Chunked prefill',
    short: 'chunked prefill',
    fact: 'chunked_prefill',
    what: 'Splits long prompts so that decodes run between the pieces.',
    source: 'Agrawal et al. 2024, Sarathi-Serve (arXiv 2403.02310)',
  },
  'serving.prefixCaching': {
    label: 'Prefix caching',
    short: 'prefix cache',
    fact: 'prefix_caching',
    what: 'Keeps the KV blocks of finished prompts for requests that begin the same way.',
    source: vllmCache,
  },
  'serving.expertParallel': {
    label: 'Expert parallelism',
    short: 'EP',
    fact: 'ep_enabled',
    what: 'Places whole experts on GPUs instead of slicing each over TP.',
    source: vllmParallel,
  },
  'serving.decodeContextParallel': {
    label: 'Decode context parallel size',
    short: 'DCP',
    fact: 'decode_context_parallel',
    range: count,
    what: 'Splits the KV cache of a request along its tokens inside the TP group.',
    source: vllmParallel,
  },
  'serving.quantization': {
    label: 'Weight quantisation',
    short: 'quantization',
    fact: 'quantization',
    what: 'How weights are stored on the GPU: FP8 and INT8 take one byte per weight, 4-bit kinds half a byte and their scales.',
    source: vllmModel,
  },
  'serving.swapSpaceGiB': {
    label: 'Swap space',
    short: 'swap',
    fact: 'swap_space',
    unit: 'GiB',
    range: { min: 0 },
    what: 'Host memory per GPU for the KV cache of preempted requests.',
    source: vllmCache,
  },
  'serving.cpuOffloadGiB': {
    label: 'Weight offload',
    short: 'offload',
    fact: 'cpu_offload_gb',
    unit: 'GiB',
    range: { min: 0 },
    what: 'Weights kept in host memory per GPU and fetched in every forward pass over PCIe.',
    source: vllmCache,
  },
  'serving.dataParallel': {
    label: 'Engine replicas',
    short: 'DP',
    fact: 'dp',
    range: count,
    what: 'Copies of the engine that share the requests. GPUs = TP x PP x this.',
    source: vllmParallel,
  },
};

/**
 * Arguments of llama.cpp's programs that set one field, and the environment variables that stand for them. Names and
 * defaults: common/arg.cpp and common/common.h of the copy in llama-cpp-python 0.3.36 (2026), tools/llama-bench.
 */
import type { NumberFormat } from '../../core/job-fields.ts';
import { bool, count, integer, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const several: { readonly unresolved: string } = { unresolved: 'several values are tried one after the other' };

/** llama-bench takes lists and ranges of everything. */
const one =
  <T>(parse: Parse<T>): Parse<T> =>
  (setting) =>
    /^\d+(?:[,-]\d+)+/.test(String(setting.scalar ?? '')) ? several : parse(setting);

const model = 'llama.cpp, from the model';

/** 0 takes the length the model was trained with. */
const context: Parse<number> = (setting) => (String(setting.scalar) === '0' ? { filledBy: model } : one(count)(setting));

/** `auto` and -1 fit as many layers as there is memory for; `all` is no number. */
const layers: Parse<number> = (setting) => {
  const word = String(setting.scalar ?? '');
  if (word === 'auto' || word === '-1') return { filledBy: 'llama.cpp, from the free memory' };
  return isAllLayers(word) ? 'absent' : one(integer(0))(setting);
};

/** `all`, and the negative numbers that stand for it. */
export const isAllLayers = (word: string): boolean => word === 'all' || /^-(?:[2-9]|\d{2,})$/.test(word);

/** Shares of the GPUs; a share of 0 leaves one out. */
const split: Parse<number> = (setting) => {
  const shares = String(setting.scalar ?? '').split(/[,/]/);
  const taken = shares.filter((share) => Number(share) > 0).length;
  return taken > 0 ? { value: taken } : 'absent';
};

const devices: Parse<number> = (setting) => {
  const word = String(setting.scalar ?? '');
  return word === '' || word === 'none' ? 'absent' : { value: word.split(',').length };
};

/** -1 leaves the number of slots to the server. */
const slots: Parse<number> = (setting) => (String(setting.scalar) === '-1' ? { filledBy: 'llama.cpp' } : count(setting));

const divided: Parse<boolean> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: !parsed.value } : parsed;
};

/** Types of the cache that a number format stands for; blocks of 4 and 8 bits carry a scale beside them. */
const cacheTypes: { readonly [type: string]: NumberFormat } = {
  f32: 'fp32',
  f16: 'fp16',
  bf16: 'bf16',
  q8_0: 'int8',
  q4_0: 'int4',
  q4_1: 'int4',
  iq4_nl: 'int4',
};

export const cacheFormat = (type: string): NumberFormat | undefined =>
  Object.hasOwn(cacheTypes, type.toLowerCase()) ? cacheTypes[type.toLowerCase()] : undefined;

export const llamaCppRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model', 'hf-repo', 'docker-repo'], parse: text }),
  row({ field: 'serving.maxModelLen', keys: ['ctx-size'], parse: context }),
  row({ field: 'serving.maxBatchedTokens', keys: ['batch-size'], parse: one(count) }),
  row({ field: 'serving.maxBatchedTokens', keys: ['ubatch-size'], parse: one(count) }),
  row({ field: 'serving.maxSequences', keys: ['parallel'], parse: slots }),
  row({ field: 'serving.unifiedCache', keys: ['kv-unified'], parse: bool }),
  row({ field: 'serving.unifiedCache', keys: ['no-kv-unified'], parse: divided }),
  row({ field: 'serving.gpuLayers', keys: ['n-gpu-layers'], parse: layers }),
  row({ field: 'cluster.gpusPerNode', keys: ['device'], parse: devices }),
  row({ field: 'cluster.gpusPerNode', keys: ['tensor-split'], parse: split }),
  row({ field: 'serving.draftModel', keys: ['model-draft', 'hf-repo-draft'], parse: text }),
  row({ field: 'serving.draftMethod', keys: ['spec-type'], parse: text }),
  row({ field: 'serving.speculativeTokens', keys: ['spec-draft-n-max', 'draft-max'], parse: size }),
];

/** Variables of the environment, as containers are configured, with the flags they stand for. */
export const llamaCppVariables: ReadonlyMap<string, string> = new Map([
  ['LLAMA_ARG_MODEL', 'model'],
  ['LLAMA_ARG_HF_REPO', 'hf-repo'],
  ['LLAMA_ARG_HF_FILE', 'hf-file'],
  ['LLAMA_ARG_CTX_SIZE', 'ctx-size'],
  ['LLAMA_ARG_BATCH', 'batch-size'],
  ['LLAMA_ARG_UBATCH', 'ubatch-size'],
  ['LLAMA_ARG_N_PARALLEL', 'parallel'],
  ['LLAMA_ARG_KV_UNIFIED', 'kv-unified'],
  ['LLAMA_ARG_N_GPU_LAYERS', 'n-gpu-layers'],
  ['LLAMA_ARG_TENSOR_SPLIT', 'tensor-split'],
  ['LLAMA_ARG_SPLIT_MODE', 'split-mode'],
  ['LLAMA_ARG_CACHE_TYPE_K', 'cache-type-k'],
  ['LLAMA_ARG_CACHE_TYPE_V', 'cache-type-v'],
  ['LLAMA_ARG_FLASH_ATTN', 'flash-attn'],
  ['LLAMA_ARG_ALIAS', 'alias'],
]);

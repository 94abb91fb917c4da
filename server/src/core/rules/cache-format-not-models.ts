/** A 16-bit KV cache has the 16-bit format of the model. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { isBefore, isSince } from './shared/serving.ts';

const cache = 'vllm/kv-cache-dtype';
const model = 'vllm/dtype';
const formats: { readonly [word: string]: string } = {
  half: 'float16',
  float16: 'float16',
  bfloat16: 'bfloat16',
  float: 'float32',
  float32: 'float32',
};

export const cacheFormatNotModels = defineRule({
  id: 'cache-format-not-models',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [cache],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const held = formats[textIn(keys, cache) ?? ''];
    const computed = formats[textIn(keys, model) ?? ''];
    const version = job['serving.engineVersion'];
    if (held === undefined || computed === undefined || held === computed || isBefore(version, '0.26')) return;
    const valid = computed === 'float32' ? ['auto'] : ['auto', computed];
    report({
      at: cache,
      related: [model],
      severity: isSince(version, '0.33') ? 'error' : 'warning',
      what: `A KV cache in ${held} does not go with a model in ${computed}`,
      why: 'newer releases refuse it: "kv_cache_dtype={} is incompatible with dtype={}"',
      advice: `use ${valid.join(' or ')}`,
      fixes: [{ title: 'Take the format of the model', changes: [{ kind: 'set', field: cache, value: 'auto' }], preferred: true }],
    });
  },
});

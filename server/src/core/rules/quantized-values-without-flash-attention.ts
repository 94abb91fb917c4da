/** llama.cpp reads quantized values of the cache in its Flash Attention kernel only. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { spellingOf } from './shared/serving.ts';

const types = ['llama-cpp/cache-type-v', 'environment/LLAMA_ARG_CACHE_TYPE_V'] as const;
const attention = ['llama-cpp/flash-attn', 'environment/LLAMA_ARG_FLASH_ATTN'] as const;
const plain: readonly string[] = ['f32', 'f16', 'bf16'];
const off: readonly string[] = ['off', '0', 'false', 'disabled'];

export const quantizedValuesWithoutFlashAttention = defineRule({
  id: 'quantized-values-without-flash-attention',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['llama-cpp'],
  anyKey: types,
  reads: [],
  check({ keys, report }) {
    const at = spellingOf(keys, types);
    const kernel = spellingOf(keys, attention);
    const type = at && textIn(keys, at)?.toLowerCase();
    if (at === undefined || type === undefined || plain.includes(type) || kernel === undefined) return;
    if (!isThere(keys, kernel) || !off.includes((textIn(keys, kernel) ?? '').toLowerCase())) return;
    report({
      at,
      related: [kernel],
      what: `Values of the KV cache in ${type} need Flash Attention, which is off`,
      why: '"quantized V cache was requested, but this requires Flash Attention"',
      advice: 'turn --flash-attn on, or keep the values in f16 (keys may stay quantized)',
      fixes: [
        { title: 'Turn Flash Attention on', changes: [{ kind: 'set', field: kernel, value: 'on' }], preferred: true },
        { title: 'Keep the values in f16', changes: [{ kind: 'set', field: at, value: 'f16' }] },
      ],
    });
  },
});

/** LMDeploy's TurboMind quantizes its cache to integers only. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';

const policy = 'lmdeploy/quant-policy';
const fp8: readonly string[] = ['16', '17', 'fp8', 'fp8_e5m2'];

export const turbomindFp8Cache = defineRule({
  id: 'turbomind-fp8-cache',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['lmdeploy'],
  anyKey: [policy],
  reads: [],
  check({ keys, report }) {
    const backend = textIn(keys, 'lmdeploy/backend');
    if (!fp8.includes(textIn(keys, policy) ?? '') || backend !== 'turbomind') return;
    report({
      at: policy,
      related: ['lmdeploy/backend'],
      what: 'TurboMind has no KV cache in FP8',
      why: '"invalid quant_policy for TurboMind, FP8 quantization is not supported"',
      advice: 'use 8 (int8) or 4 (int4), or the back end pytorch',
      fixes: [{ title: 'Quantize the cache to int8', changes: [{ kind: 'set', field: policy, value: 8 }] }],
    });
  },
});

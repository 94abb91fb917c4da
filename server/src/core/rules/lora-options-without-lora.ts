/** Adapters are served only where they are switched on. */
import { defineRule, type KeyName } from '../finding.ts';
import { isThere } from './shared/keys.ts';
import { spellingOf } from './shared/serving.ts';

const options: readonly KeyName[] = [
  'vllm/lora-modules',
  'vllm/max-loras',
  'vllm/max-lora-rank',
  'vllm/max-cpu-loras',
  'vllm/fully-sharded-loras',
];

export const loraOptionsWithoutLora = defineRule({
  id: 'lora-options-without-lora',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: options,
  reads: [],
  check({ keys, report }) {
    const at = spellingOf(keys, options);
    if (at === undefined || isThere(keys, 'vllm/enable-lora')) return;
    const isModules = at === options[0];
    report({
      at,
      severity: isModules ? 'error' : 'warning',
      what: `--${at.slice('vllm/'.length)} is set without --enable-lora`,
      why: isModules ? '"LoRA is not enabled. Use --enable-lora to enable LoRA."' : 'without --enable-lora vLLM takes no notice of it',
      advice: 'add --enable-lora, or leave the options of adapters out',
    });
  },
});

/** The adapters kept on the host include those on the GPU. */
import { defineRule, type KeyName } from '../finding.ts';
import { numberIn } from './shared/keys.ts';
import { isCount } from './shared/numbers.ts';

const hostKeys: { readonly [framework: string]: KeyName } = { vllm: 'vllm/max-cpu-loras', sglang: 'sglang/max-loaded-loras' };

export const loraHostSlotsBelowSlots = defineRule({
  id: 'lora-host-slots-below-slots',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  anyKey: ['vllm/max-cpu-loras', 'sglang/max-loaded-loras'],
  reads: ['serving.loraSlots'],
  check({ job, framework, keys, report }) {
    const at = hostKeys[framework];
    const held = at && numberIn(keys, at);
    const slots = job['serving.loraSlots'];
    if (at === undefined || held === undefined || !isCount(slots) || held >= slots) return;
    report({
      at,
      related: ['serving.loraSlots'],
      what: `${held} adapters may be loaded, but ${slots} are to run at once`,
      why:
        framework === 'vllm'
          ? '"max_cpu_loras ({}) must be >= max_loras ({})."'
          : '"max_loaded_loras should be greater than or equal to max_loras_per_batch"',
      advice: `load ${slots} or more`,
      fixes: [{ title: `Load up to ${slots} adapters`, changes: [{ kind: 'set', field: at, value: slots }], preferred: true }],
    });
  },
});

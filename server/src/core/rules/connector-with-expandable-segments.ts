/** Memory that may move cannot be registered with a network card. */
import { defineRule, type KeyName } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { isBefore, spellingOf } from './shared/serving.ts';

const connector = 'vllm/kv-transfer-config.kv_connector';
const allocators: readonly KeyName[] = ['environment/PYTORCH_CUDA_ALLOC_CONF', 'environment/PYTORCH_ALLOC_CONF'];

export const connectorWithExpandableSegments = defineRule({
  id: 'connector-with-expandable-segments',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [connector],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const at = spellingOf(keys, allocators);
    if (at === undefined || !/expandable_segments:\s*True/.test(textIn(keys, at) ?? '')) return;
    if (isBefore(job['serving.engineVersion'], '0.24') || isThere(keys, 'vllm/enable-cumem-allocator')) return;
    report({
      at,
      related: [connector],
      severity: job['serving.engineVersion'] === undefined ? 'warning' : 'error',
      what: 'Expandable segments let KV memory move that a connector has registered',
      why: '"is incompatible with PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True unless enable_cumem_allocator is also enabled"',
      advice: 'leave expandable_segments out on servers that move their KV cache',
    });
  },
});

/** Offloading the KV cache to the host takes the place of the connector. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';

const connector = 'vllm/kv-transfer-config.kv_connector';
const size = 'vllm/kv-offloading-size';

/** Those that offload. */
const offloading: ReadonlySet<string> = new Set(['OffloadingConnector', 'LMCacheMPConnector', 'MultiConnector']);

export const transferConnectorWithOffloading = defineRule({
  id: 'transfer-connector-with-offloading',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [connector],
  reads: [],
  check({ keys, report }) {
    const name = textIn(keys, connector);
    if (name === undefined || !isThere(keys, size) || offloading.has(name)) return;
    report({
      at: connector,
      related: [size],
      what: `--kv-offloading-size takes the place of the connector ${name}`,
      why: 'the engine writes its offloading connector and kv_both over both settings, and moves nothing to other servers',
      advice: 'leave the size out, or offload through a MultiConnector that holds both',
      fixes: [{ title: 'Remove --kv-offloading-size', changes: [{ kind: 'remove', field: size }] }],
    });
  },
});

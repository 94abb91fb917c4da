/** Moving the KV cache needs both a connector and what this server does with it. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';

const connector = 'vllm/kv-transfer-config.kv_connector';
const role = 'vllm/kv-transfer-config.kv_role';

export const transferConnectorWithoutRole = defineRule({
  id: 'transfer-connector-without-role',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [connector, role],
  reads: [],
  check({ keys, report }) {
    if (isThere(keys, connector) && !isThere(keys, role)) {
      report({
        at: connector,
        what: `The connector ${textIn(keys, connector) ?? ''}`.trim().concat(' has no role'),
        why: '"Please specify kv_role when kv_connector is set"',
        advice: 'add "kv_role": "kv_producer" for prefill, "kv_consumer" for decode, or "kv_both"',
      });
    } else if (isThere(keys, role) && !isThere(keys, connector)) {
      report({
        at: role,
        severity: 'warning',
        what: 'A role in moving the KV cache is set without a connector',
        why: 'vLLM starts, but without kv_connector nothing is moved',
        advice: 'name one: NixlConnector, LMCacheConnectorV1, MooncakeConnector',
      });
    }
  },
});

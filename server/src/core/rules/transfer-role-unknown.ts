/** The role of a server that moves its KV cache is one of three words. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';

const role = 'vllm/kv-transfer-config.kv_role';
const roles: readonly string[] = ['kv_producer', 'kv_consumer', 'kv_both'];

export const transferRoleUnknown = defineRule({
  id: 'transfer-role-unknown',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [role],
  reads: [],
  check({ keys, report }) {
    const written = textIn(keys, role);
    if (written === undefined || roles.includes(written) || !/^[\w-]+$/.test(written)) return;
    report({
      at: role,
      what: `${written} is no role in moving the KV cache`.replace(/^./, (letter) => letter.toUpperCase()),
      why: '"Unsupported kv_role: {}. Supported roles are"',
      advice: 'use kv_producer (prefill), kv_consumer (decode) or kv_both',
    });
  },
});

/** Connectors of vLLM's first engine went with it. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { isBefore, isSince } from './shared/serving.ts';

const connector = 'vllm/kv-transfer-config.kv_connector';
const ownModule = 'vllm/kv-transfer-config.kv_connector_module_path';

/** What does their work in the engine that stayed. */
const successors: ReadonlyMap<string, string> = new Map([
  ['PyNcclConnector', 'P2pNcclConnector'],
  ['LMCacheConnector', 'LMCacheConnectorV1'],
  ['MooncakeStoreConnector', 'MooncakeConnector or LMCacheConnectorV1'],
]);

/** One of them came back as a connector of the newer engine (proposed in vllm-project/vllm#38474, 0.18; documented two releases later). */
const returned: ReadonlyMap<string, string> = new Map([['MooncakeStoreConnector', '0.18']]);

export const transferConnectorRemoved = defineRule({
  id: 'transfer-connector-removed',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [connector],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const name = textIn(keys, connector) ?? '';
    const successor = successors.get(name);
    const version = job['serving.engineVersion'];
    if (successor === undefined || isThere(keys, ownModule) || isBefore(version, '0.12')) return;
    const back = returned.get(name);
    if (back !== undefined && !(isSince(version, '0.12') && isBefore(version, back))) return;
    report({
      at: connector,
      severity: isSince(version, '0.12') ? 'error' : 'warning',
      what: `${name} is gone from ${version === undefined ? 'newer releases of vLLM' : `vLLM ${version}`}`,
      why: `"Unsupported connector type: ${name}"`,
      advice: `use ${successor}`,
      fixes: successor.includes(' ')
        ? []
        : [{ title: `Use ${successor}`, changes: [{ kind: 'set', field: connector, value: successor }], preferred: true }],
    });
  },
});

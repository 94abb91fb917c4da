/** Two ways of exchanging tokens between experts are gone. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { isBefore } from './shared/serving.ts';

const key = 'vllm/all2all-backend';
const gone: readonly string[] = ['pplx', 'naive'];

export const exchangeBackendRemoved = defineRule({
  id: 'exchange-backend-removed',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [key],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const written = textIn(keys, key);
    if (written === undefined || !gone.includes(written) || isBefore(job['serving.engineVersion'], '0.20')) return;
    report({
      at: key,
      what: `The back end ${written} for exchanging tokens was removed`,
      why: "\"The '{}' all2all backend has been removed. Falling back to 'allgather_reducescatter'.\"",
      advice: 'name what shall run instead: allgather_reducescatter, deepep_low_latency, deepep_high_throughput',
      fixes: [{ title: 'Write what runs now', changes: [{ kind: 'set', field: key, value: 'allgather_reducescatter' }], preferred: true }],
    });
  },
});

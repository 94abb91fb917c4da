/** Overlapping two micro batches hides exchanges that few back ends can run beside computation. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, textIn } from './shared/keys.ts';
import { isBefore } from './shared/serving.ts';

const key = 'vllm/enable-dbo';
const backend = 'vllm/all2all-backend';
const supported: readonly string[] = ['deepep_low_latency', 'deepep_high_throughput', 'nixl_ep'];

export const microbatchOverlapWithoutDeepep = defineRule({
  id: 'microbatch-overlap-without-deepep',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [key],
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, cluster, report }) {
    const written = textIn(keys, backend);
    if (!isOn(keys, key) || isBefore(job['serving.engineVersion'], '0.12') || isThere(keys, 'environment/VLLM_ALL2ALL_BACKEND')) return;
    // AMD GPUs have back ends of their own.
    if (cluster !== undefined && cluster.accelerator.vendor.toLowerCase() !== 'nvidia') return;
    if (isThere(keys, backend) ? written === undefined || supported.includes(written) : false) return;
    report({
      at: key,
      related: [backend],
      what: `Two micro batches cannot overlap with ${written === undefined ? 'the usual exchange of tokens' : written}`,
      why: '"Microbatching currently only supports the deepep_low_latency and deepep_high_throughput all2all backend"',
      advice: 'set --all2all-backend deepep_low_latency (decode) or deepep_high_throughput (prefill)',
    });
  },
});

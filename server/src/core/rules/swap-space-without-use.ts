/** Since the V1 engine nothing is swapped: requests that lose their place are computed again. */
import { defineRule } from '../finding.ts';
import { isThere, textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';
import { isBefore, isSince } from './shared/serving.ts';

export const swapSpaceWithoutUse = defineRule({
  id: 'swap-space-without-use',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: ['vllm/swap-space'],
  reads: ['serving.swapSpaceGiB'],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, sources, report }) {
    const version = job['serving.engineVersion'];
    if (!isWritten(sources, 'serving.swapSpaceGiB') || isBefore(version, '0.8')) return;
    if (isThere(keys, 'environment/VLLM_USE_V1') && textIn(keys, 'environment/VLLM_USE_V1') !== '1') return;
    const isGone = isSince(version, '0.18');
    report({
      at: 'serving.swapSpaceGiB',
      severity: isGone ? 'error' : 'info',
      what: isGone ? `--swap-space is gone from vLLM ${version}` : 'Swap space has no use since the V1 engine (0.8)',
      why: isGone
        ? '"unrecognized arguments: --swap-space"'
        : 'preempted requests are computed again; releases from 0.18 on refuse the flag',
      advice: 'leave it out; --kv-offloading-size keeps KV cache on the host',
      fixes: [{ title: 'Remove the swap space', changes: [{ kind: 'remove', field: 'serving.swapSpaceGiB' }], preferred: true }],
    });
  },
});

/** The largest graph is said twice, differently. */
import { defineRule } from '../finding.ts';
import { numberIn } from './shared/keys.ts';
import { isBefore } from './shared/serving.ts';

const most = 'vllm/max-cudagraph-capture-size';
const sizes = 'vllm/cudagraph-capture-sizes';

export const graphSizesDoNotAgree = defineRule({
  id: 'graph-sizes-do-not-agree',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [most],
  reads: [],
  mayRead: ['serving.engineVersion', 'serving.enforceEager'],
  check({ job, keys, report }) {
    const largest = numberIn(keys, most);
    const written = keys[sizes];
    if (largest === undefined || written === undefined || job['serving.enforceEager'] || isBefore(job['serving.engineVersion'], '0.12'))
      return;
    const list = [written.value, ...written.rest].map(Number);
    const last = Math.max(...list);
    if (!list.every((size) => Number.isInteger(size) && size > 0) || last === largest) return;
    report({
      at: most,
      related: [sizes],
      what: `The largest CUDA graph is ${largest} by one flag and ${last} by the other`,
      why: '"customized max_cudagraph_capture_size(={}) should be consistent with the max value of cudagraph_capture_sizes"',
      advice: `leave --max-cudagraph-capture-size out, or set it to ${last}`,
      fixes: [{ title: `Set it to ${last}`, changes: [{ kind: 'set', field: most, value: last }], preferred: true }],
    });
  },
});

/** torchtitan captures the whole step, which no pipeline allows yet. */
import { defineRule } from '../finding.ts';

const off = 'torchtitan/training.disable_cuda_graphs';

export const cudaGraphsWithPipeline = defineRule({
  id: 'cuda-graphs-with-pipeline',
  group: 'parallelism',
  severity: 'error',
  frameworks: ['torchtitan'],
  // Without the key the file may be for a release that has no CUDA graphs.
  anyKey: [off],
  reads: ['parallel.pipeline'],
  check({ job, keys, report }) {
    if (keys[off]?.value !== false || !(job['parallel.pipeline'] > 1)) return;
    report({
      at: off,
      related: ['parallel.pipeline'],
      what: `CUDA graphs are on with PP ${job['parallel.pipeline']}`,
      why: '"CUDA graphs do not support pipeline parallelism yet."',
      advice: 'set training.disable_cuda_graphs, or train without pipeline stages',
      fixes: [{ title: 'Train without CUDA graphs', changes: [{ kind: 'set', field: off, value: true }], preferred: true }],
    });
  },
});

/** Without CUDA graphs the host launches every kernel of every token. */
import { defineRule } from '../finding.ts';
import { percent } from './shared/format.ts';
import { isWritten } from './shared/origins.ts';
import { servingGain } from './shared/serving-gains.ts';

const worthANumber = 0.02;

export const cudaGraphsOff = defineRule({
  id: 'cuda-graphs-off',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang', 'tgi'],
  reads: ['serving.enforceEager'],
  needsEstimate: true,
  check({ job, sources, estimate, tryChange, report }) {
    if (!job['serving.enforceEager'] || !isWritten(sources, 'serving.enforceEager') || estimate?.kind !== 'serving') return;
    const gain = servingGain(estimate, tryChange, { 'serving.enforceEager': false });
    if (!gain || gain.then.memory.fits === 'no') return;
    const saved = gain.time >= worthANumber ? `; with them a token takes ${percent(gain.time)} less by the model` : '';
    report({
      at: 'serving.enforceEager',
      what: `CUDA graphs are off${saved}`,
      why: 'the host launches hundreds of kernels for each token, which takes longer than small batches compute',
      advice: 'switch them off to debug only; they take 1 to 2 GiB and some seconds at the start',
      fixes: [{ title: 'Capture CUDA graphs', changes: [{ kind: 'remove', field: 'serving.enforceEager' }] }],
    });
  },
});

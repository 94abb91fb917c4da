/** Sizes of CUDA graphs mean nothing where none are captured. */
import { defineRule, type KeyName } from '../finding.ts';
import { isWritten } from './shared/origins.ts';
import { spellingOf } from './shared/serving.ts';

const settings: { readonly [framework: string]: readonly KeyName[] } = {
  vllm: [
    'vllm/cudagraph-capture-sizes',
    'vllm/max-cudagraph-capture-size',
    'vllm/cuda-graph-sizes',
    'vllm/max-seq-len-to-capture',
    'vllm/compilation-config.cudagraph_capture_sizes',
    'vllm/compilation-config.max_cudagraph_capture_size',
  ],
  sglang: ['sglang/cuda-graph-max-bs', 'sglang/cuda-graph-bs', 'sglang/cuda-graph-max-bs-decode', 'sglang/cuda-graph-bs-decode'],
};

export const graphSettingsWithEager = defineRule({
  id: 'graph-settings-with-eager',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  anyKey: Object.values(settings).flat(),
  reads: ['serving.enforceEager'],
  check({ job, framework, keys, sources, report }) {
    const at = spellingOf(keys, settings[framework] ?? []);
    if (at === undefined || !job['serving.enforceEager'] || !isWritten(sources, 'serving.enforceEager')) return;
    const flag = framework === 'vllm' ? '--enforce-eager' : '--disable-cuda-graph';
    report({
      at,
      related: ['serving.enforceEager'],
      what: 'Sizes of CUDA graphs are set, but CUDA graphs are off',
      why: `${flag} captures none, so the sizes are not looked at`,
      advice: `leave ${flag} or the sizes out`,
      fixes: [{ title: 'Remove the sizes', changes: [{ kind: 'remove', field: at }] }],
    });
  },
});

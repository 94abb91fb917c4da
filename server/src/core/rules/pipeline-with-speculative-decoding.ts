/** Drafts and pipeline stages do not go together in SGLang. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';

const drafts = 'sglang/speculative-algorithm';
const mixed = 'sglang/enable-mixed-chunk';

export const pipelineWithSpeculativeDecoding = defineRule({
  id: 'pipeline-with-speculative-decoding',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [drafts, mixed],
  reads: ['parallel.pipeline'],
  check({ job, keys, sources, report }) {
    if (!(job['parallel.pipeline'] > 1) || !isWritten(sources, 'parallel.pipeline')) return;
    // Newer releases draft with a pipeline on servers that only prefill.
    const drafting = isThere(keys, drafts) && textIn(keys, 'sglang/disaggregation-mode') !== 'prefill';
    if (!drafting && !isOn(keys, mixed)) return;
    report({
      at: drafting ? drafts : mixed,
      related: ['parallel.pipeline'],
      severity: drafting ? 'error' : 'warning',
      what: `PP ${job['parallel.pipeline']} does not go with ${drafting ? 'speculative decoding' : 'chunks mixed with decoding'}`,
      why: '"Pipeline parallelism is not compatible with overlap schedule, speculative decoding, mixed chunked prefill."',
      advice: `use TP instead of PP, or leave ${drafting ? 'the drafts' : '--enable-mixed-chunk'} out`,
    });
  },
});

/** Trees of drafts need a page for each token in most attention kernels. */
import { defineRule } from '../finding.ts';
import { numberIn, textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';

const topk = 'sglang/speculative-eagle-topk';
const backend = 'sglang/attention-backend';
const paged: readonly string[] = ['flashinfer', 'fa3'];

export const speculativeTreeWithPages = defineRule({
  id: 'speculative-tree-with-pages',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [topk],
  reads: ['serving.blockSize'],
  check({ job, keys, sources, report }) {
    const width = numberIn(keys, topk);
    const page = job['serving.blockSize'];
    const kernel = textIn(keys, backend);
    if (width === undefined || width <= 1 || !(page > 1) || !isWritten(sources, 'serving.blockSize')) return;
    // Which kernel is taken where none is named, the GPU decides.
    if (kernel === undefined || paged.includes(kernel)) return;
    report({
      at: topk,
      related: ['serving.blockSize', backend],
      what: `Drafts that branch (top-k ${width}) do not go with pages of ${page} tokens in ${kernel}`,
      why: '"speculative_eagle_topk > 1 with page_size > 1 is unstable and produces incorrect results for paged attention backends"',
      advice: 'use pages of 1 token, top-k 1, or the attention back end flashinfer',
      fixes: [
        { title: 'Draft a chain instead of a tree', changes: [{ kind: 'set', field: topk, value: 1 }] },
        { title: 'Use pages of 1 token', changes: [{ kind: 'set', field: 'serving.blockSize', value: 1 }] },
      ],
    });
  },
});

/** Without padding every batch size would be compiled for itself. */
import { defineRule } from '../finding.ts';
import { isOn } from './shared/keys.ts';

const padding = 'sglang/disable-cuda-graph-padding';
const compile = 'sglang/enable-torch-compile';

export const graphPaddingOffWithCompile = defineRule({
  id: 'graph-padding-off-with-compile',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [padding],
  reads: [],
  check({ keys, report }) {
    if (!isOn(keys, padding) || !isOn(keys, compile)) return;
    report({
      at: padding,
      related: [compile],
      what: 'CUDA graphs without padding do not go with torch.compile',
      why: '"--disable-cuda-graph-padding is incompatible with --enable-torch-compile"; older releases compile for many minutes',
      advice: 'leave one of the two out',
      fixes: [
        { title: 'Pad batches again', changes: [{ kind: 'remove', field: padding }], preferred: true },
        { title: 'Do not compile', changes: [{ kind: 'remove', field: compile }] },
      ],
    });
  },
});

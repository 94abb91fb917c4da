/** Arrays of the thread that together want far more registers than a thread may have. */
import { defineKernelRule } from '../kernel-rule.ts';
import { registerDemand } from '../register-demand.ts';
import { boundRegisters } from '../registers.ts';
import { onceEach } from './shared/once-each.ts';

/** Not all of it lives at one time: of kernels that ask for twice what there is, at least sixteen of eighteen spill (docs/registers.md). */
const certain = 2;

export const arraysOverRegisters = defineKernelRule({
  id: 'arrays-over-registers',
  severity: 'info',
  languages: ['cuda'],
  check({ configurations, devices, report }) {
    for (const configuration of onceEach(configurations, (one) => one.kernel)) {
      const { kernel, compiled } = configuration;
      // One array alone is another rule's, and the compiler's word is better than any guess.
      if (compiled || kernel.statements.localArrays.length < 2) continue;
      const { arrays, fragments, unknown } = registerDemand(configuration);
      const most = Math.max(...devices.map(({ architecture }) => boundRegisters(configuration, architecture)));
      const wanted = Math.round(arrays + fragments);
      if (unknown.length > 0 || wanted < certain * most) continue;
      const bounds = kernel.launchBounds;
      report({
        range: kernel.nameRange,
        related: [
          ...kernel.statements.localArrays.slice(0, 4).map(({ name, range }) => ({ range, message: `${name}` })),
          ...(bounds ? [{ range: bounds.range, message: 'the bounds it is compiled for' }] : []),
        ],
        what: `Arrays in scope together want ${wanted} registers per thread, ${most} is the most`,
        why: 'what does not fit is spilled to local memory, in loops every time',
        advice: bounds
          ? 'keep less per thread, or ask for smaller blocks in __launch_bounds__'
          : 'keep less per thread: smaller tiles, or more threads for a tile',
      });
    }
  },
});

/** Registers that the compiler had to put into memory, by the compiler's own word. */
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

/** A handful of spilled values outside loops costs nothing worth saying. */
const few = 32;

export const registersSpilled = defineKernelRule({
  id: 'registers-spilled',
  severity: 'info',
  needsCompiler: true,
  check({ configurations, report }) {
    for (const { kernel, compiled, mostThreads, leastBlocks } of onceEach(configurations, (one) => one.kernel)) {
      const [worst] = compiled?.kernels.toSorted((a, b) => b.spillStores - a.spillStores) ?? [];
      if (!compiled || !worst || worst.spillStores < few) continue;
      const bounds = kernel.launchBounds;
      const blocks = leastBlocks?.value === undefined ? '' : `, ${leastBlocks.value} of them at a time`;
      report({
        range: kernel.nameRange,
        related: bounds ? [{ range: bounds.range, message: 'the bounds it is compiled for' }] : [],
        what: `${worst.spillStores} bytes per thread are spilled at ${worst.registers} registers (${compiled.compiler}, ${compiled.architecture})`,
        why: 'what does not fit is stored to local memory and loaded again, in loops every time',
        advice:
          bounds && mostThreads?.value !== undefined
            ? `__launch_bounds__ asks for blocks of ${mostThreads.value} threads${blocks}: smaller bounds leave more registers, smaller tiles need fewer`
            : 'keep less per thread: smaller tiles, or less unrolling',
      });
    }
  },
});

/** Registers that had to go into memory, by the word of the compiler that Triton uses. */
import { defineTritonRule, spelt } from '../triton-rule.ts';

/** A handful of spilled values outside loops costs nothing worth saying. */
const few = 32;

export const tritonRegistersSpilled = defineTritonRule({
  id: 'triton-registers-spilled',
  severity: 'info',
  check({ configurations, report }) {
    for (const configuration of configurations) {
      const { compiled, numWarps, kernel, range } = configuration;
      const [worst] = compiled?.builds.toSorted((a, b) => b.spillStores - a.spillStores) ?? [];
      if (!compiled || !worst || worst.spillStores < few) continue;
      report({
        range,
        related: [{ range: kernel.nameRange, message: 'the kernel it is a configuration of' }],
        what: `${worst.spillStores} bytes per thread are spilled at ${worst.registers} registers (${compiled.compiler}, ${worst.triton.architecture}): ${spelt(configuration)}`,
        why: 'what does not fit is stored to local memory and loaded again, in loops every time',
        advice: `use num_warps ${numWarps * 2}, which halves what a thread holds, or smaller tiles`,
      });
    }
  },
});

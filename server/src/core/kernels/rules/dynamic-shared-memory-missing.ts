/** A kernel that uses dynamic shared memory, launched without any. */
import { defineKernelRule } from '../kernel-rule.ts';

export const dynamicSharedMemoryMissing = defineKernelRule({
  id: 'dynamic-shared-memory-missing',
  severity: 'error',
  check({ configurations, report }) {
    // Where other launches give some, one without it takes a branch of the kernel that does without.
    const served = new Set(configurations.flatMap(({ kernel, dynamicShared: { value } }) => (value === 0 ? [] : [kernel.name])));
    for (const { kernel, launch, dynamicShared } of configurations) {
      const written = launch?.dynamicShared?.expression;
      if (served.has(kernel.name) || (written && written.kind !== 'number')) continue;
      const array = kernel.shared.find(
        ({ isDynamic, name }) => isDynamic && kernel.statements.accesses.some((access) => access.array === name),
      );
      if (!launch || !array || dynamicShared.value !== 0) continue;
      report({
        range: launch.range,
        related: [{ range: array.range, message: 'its size is given at the launch' }],
        what: `Launch of ${kernel.name} without the shared memory that ${array.name} is made of`,
        why: 'every access of the array is beyond the block\'s shared memory: "an illegal memory access was encountered"',
        advice: 'give its size in bytes as the third argument of the launch',
      });
    }
  },
});

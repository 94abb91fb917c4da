/** Dynamic shared memory above 48 KiB needs the kernel's attribute to be raised first. */
import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { bytesText } from './shared/bytes-text.ts';
import { onceEach } from './shared/once-each.ts';

export const sharedMemoryWithoutOptIn = defineKernelRule({
  id: 'shared-memory-without-opt-in',
  severity: 'error',
  languages: ['cuda'],
  check({ file, configurations, devices, report }) {
    for (const { kernel, launch, scope, staticShared, dynamicShared } of onceEach(configurations, ({ launch }) => launch?.range.start)) {
      const bytes = dynamicShared.value;
      const limit = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlock));
      const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
      if (!launch?.dynamicShared || bytes === undefined || staticShared.value === undefined) continue;
      const whole = bytes + staticShared.value;
      // An attribute raised on a kernel that is held in a variable may be this one's.
      const raised = file.optIns.filter((one) => one.kernel === kernel.name || !file.kernels.some(({ name }) => name === one.kernel));
      const raisedTo = Math.max(0, ...raised.map((one) => evaluate(one.bytes.expression, scope) ?? Number.POSITIVE_INFINITY));
      if (whole <= limit || whole > most || raisedTo >= bytes) continue;
      const allowed =
        raisedTo === 0 ? `${bytesText(limit)} without the attribute for it` : `the ${bytesText(raisedTo)} that its attribute is raised to`;
      report({
        range: launch.dynamicShared.range,
        related: raised.map(({ range }) => ({ range, message: 'raised here to less' })),
        what: `${bytesText(whole)} of shared memory for a block of ${kernel.name}, above ${allowed}`,
        why: `the launch fails with "invalid argument" until the kernel asks for ${raisedTo === 0 ? `more than ${bytesText(limit)}` : 'as much'}`,
        advice: `call cudaFuncSetAttribute(${kernel.name}, cudaFuncAttributeMaxDynamicSharedMemorySize, ${launch.dynamicShared.expression.text}) before the launch`,
      });
    }
  },
});

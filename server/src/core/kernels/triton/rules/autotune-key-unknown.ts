/** A key that is no argument of the kernel is passed over in silence. */
import { defineTritonRule } from '../triton-rule.ts';

export const autotuneKeyUnknown = defineTritonRule({
  id: 'autotune-key-unknown',
  severity: 'warning',
  check({ file, report }) {
    for (const { autotune, parameters, name, nameRange } of file.kernels) {
      const unknown = (autotune?.key ?? []).filter((key) => !parameters.some((parameter) => parameter.name === key));
      if (!autotune || unknown.length === 0) continue;
      report({
        range: autotune.range,
        related: [{ range: nameRange, message: 'has no such parameter' }],
        what: `Key ${unknown.join(', ')} is no parameter of ${name}`,
        why: 'Triton passes over names it does not know, so a change of that size does not tune the kernel again',
        advice: 'name parameters of the kernel as they are spelt',
      });
    }
  },
});

/** A value that the autotuner chooses must not be given at the launch. */
import { defineTritonRule } from '../triton-rule.ts';

export const autotunedValueAtLaunch = defineTritonRule({
  id: 'autotuned-value-at-launch',
  severity: 'error',
  check({ file, report }) {
    for (const launch of file.launches) {
      const kernel = file.kernels.find(({ name }) => name === launch.kernel);
      const tuned = new Set(kernel?.autotune?.configs.flatMap(({ values }) => [...values.keys()]) ?? []);
      const both = [...launch.named.keys()].filter((name) => tuned.has(name));
      if (!kernel?.autotune || both.length === 0) continue;
      report({
        range: launch.range,
        related: [{ range: kernel.autotune.range, message: 'tuned here' }],
        what: `Given and tuned as well: ${both.join(', ')} of ${kernel.name}`,
        why: 'Triton refuses it: "Conflicting meta-parameters"',
        advice: 'leave it to the autotuner, or call the kernel without one',
      });
    }
  },
});

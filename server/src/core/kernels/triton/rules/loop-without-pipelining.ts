/** With one stage nothing is loaded ahead. */
import { defineTritonRule, spelt } from '../triton-rule.ts';

export const loopWithoutPipelining = defineTritonRule({
  id: 'loop-without-pipelining',
  severity: 'info',
  check({ configurations, report }) {
    for (const configuration of configurations) {
      const { kernel, numStages, range } = configuration;
      const isAlone = configurations.every((one) => one.kernel !== kernel || one.numStages < 2);
      if (numStages >= 2 || !isAlone || !kernel.dots.some(({ left, right }) => left.loaded !== undefined || right.loaded !== undefined))
        continue;
      report({
        range,
        related: [{ range: kernel.nameRange, message: 'multiplies blocks that it loads in a loop' }],
        what: `One stage only: ${spelt(configuration)}`,
        why: 'every product waits for its own loads; with two or more stages those of the next iteration run beside it',
        advice: 'let the autotuner try num_stages from 2 to 4 as well',
      });
    }
  },
});

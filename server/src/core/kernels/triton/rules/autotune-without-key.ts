/** Without a key an autotuner tunes once, for the first sizes it sees. */
import { defineTritonRule } from '../triton-rule.ts';

/** Scalars that look like sizes: those a grid or a loop runs over. */
const size = /^(?:[MNKBHSTDL]|n_\w+|num_\w+|\w*_size|seq_?len\w*|\w*_(?:len|dim|rows|cols|elements))$/i;

export const autotuneWithoutKey = defineTritonRule({
  id: 'autotune-without-key',
  severity: 'warning',
  check({ file, report }) {
    for (const { autotune, parameters, name, nameRange } of file.kernels) {
      if (!autotune || autotune.key === undefined || autotune.key.length > 0 || (autotune.isComplete && autotune.configs.length < 2))
        continue;
      const sizes = parameters
        .filter((parameter) => !parameter.isConstexpr && size.test(parameter.name))
        .map((parameter) => parameter.name);
      if (sizes.length === 0) continue;
      report({
        range: autotune.range,
        related: [{ range: nameRange, message: 'the kernel that is tuned' }],
        what: `Tuned once, for the first sizes ${name} is called with: its key names none`,
        why: 'the configuration that is best for those sizes is used for all others as well',
        advice: `name the sizes that matter, such as ${sizes.slice(0, 3).join(', ')}`,
      });
    }
  },
});

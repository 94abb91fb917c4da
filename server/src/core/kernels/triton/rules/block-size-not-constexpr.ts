/** The bounds of `tl.arange` must be known when the kernel is compiled. */
import { defineTritonRule } from '../triton-rule.ts';

export const blockSizeNotConstexpr = defineTritonRule({
  id: 'block-size-not-constexpr',
  severity: 'error',
  check({ file, report }) {
    for (const { aranges, parameters } of file.kernels) {
      for (const { end, range } of aranges) {
        const parameter = end.kind === 'name' ? parameters.find(({ name }) => name === end.name) : undefined;
        if (!parameter || parameter.isConstexpr) continue;
        report({
          range,
          related: [{ range: parameter.range, message: 'not a tl.constexpr' }],
          what: `Bound of a range that is no tl.constexpr: ${parameter.name}`,
          why: 'Triton refuses it: "arange\'s arguments must be of type tl.constexpr"',
          advice: `declare it as ${parameter.name}: tl.constexpr`,
          fixes: [
            {
              title: `Make ${parameter.name} a tl.constexpr`,
              changes: [{ range: parameter.range, text: `${parameter.name}: tl.constexpr` }],
            },
          ],
        });
      }
    }
  },
});

/** The bounds of `tl.arange` must be known when the kernel is compiled. */
import type { TritonFile, TritonKernel } from '../facts.ts';
import { defineTritonRule } from '../triton-rule.ts';

/** A whole number of 1 is made a constant of the kernel, declared so or not, and `tl.constexpr(128)` is one where it is launched. */
function isGivenConstant({ launches }: TritonFile, { name, parameters }: TritonKernel, parameter: string): boolean {
  const at = parameters.findIndex((one) => one.name === parameter);
  const values = launches
    .filter(({ kernel }) => kernel === name)
    .map(({ named, values: placed }) => named.get(parameter) ?? placed[at] ?? parameters[at]?.fallback);
  return (
    values.length > 0 &&
    values.every((value) => (value?.kind === 'number' && value.value === 1) || (value && /(?:^|\.)constexpr\s*\(/.test(value.text)))
  );
}

/** A function that a kernel calls is handed constants as constants; calls stand without a grid. */
const isCalled = (text: string, { name, nameRange }: TritonKernel): boolean =>
  [...text.matchAll(new RegExp(`\\b${name}\\s*\\(`, 'g'))].some(({ index }) => index !== nameRange.start);

export const blockSizeNotConstexpr = defineTritonRule({
  id: 'block-size-not-constexpr',
  severity: 'error',
  check({ file, text, report }) {
    for (const kernel of file.kernels) {
      for (const { end, range } of kernel.aranges) {
        const parameter = end.kind === 'name' ? kernel.parameters.find(({ name }) => name === end.name) : undefined;
        if (!parameter || parameter.isConstexpr) continue;
        if (isGivenConstant(file, kernel, parameter.name) || isCalled(text, kernel)) continue;
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

/** `tl.arange` makes powers of two only, and none above a limit. */
import { evaluate } from '../../expression.ts';
import { onceEach } from '../../rules/shared/once-each.ts';
import { defineTritonRule } from '../triton-rule.ts';

/** TRITON_MAX_TENSOR_NUMEL of python/triton/language/core.py. */
const mostElements = 1_048_576;

export const arangeNotPowerOfTwo = defineTritonRule({
  id: 'arange-not-power-of-two',
  severity: 'error',
  check({ configurations, report }) {
    const found = configurations.flatMap(({ kernel, scope }) =>
      kernel.aranges.flatMap(({ start, end, range }) => {
        const [from, to] = [evaluate(start, scope), evaluate(end, scope)];
        return from === undefined || to === undefined ? [] : [{ from, to, range }];
      }),
    );
    for (const { from, to, range } of onceEach(found, (one) => `${one.range.start} ${one.from} ${one.to}`)) {
      const length = to - from;
      const next = length < 1 ? 1 : 2 ** Math.ceil(Math.log2(length));
      if (length <= 0) {
        report({
          range,
          what: `A range from ${from} to ${to} is empty`,
          why: 'Triton refuses it: "arange\'s end argument must be greater than the start argument"',
        });
      } else if (length !== next) {
        report({
          range,
          what: `A range of ${length} is no power of two`,
          why: 'Triton refuses it: "arange\'s range must be a power of 2"',
          advice: `take ${next} and mask what is beyond ${length}, as triton.next_power_of_2 gives it`,
        });
      } else if (length > mostElements) {
        report({
          range,
          what: `A range of ${length} elements, ${mostElements} is the most`,
          why: 'Triton refuses it: "numel exceeds triton maximum tensor numel"',
        });
      }
    }
  },
});

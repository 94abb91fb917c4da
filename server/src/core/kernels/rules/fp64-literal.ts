/** A number without `f` makes the whole expression fp64, of which most GPUs do a 32nd or 64th as much. */
import type { Range } from '../../origin.ts';
import { defineKernelRule } from '../kernel-rule.ts';

/** In a kernel that works in fp64 anyway nobody minds. */
const worksInDouble = /\bdouble\b/;
/** Longer arithmetic of numbers alone nobody writes. */
const longest = 80;

/** What numbers alone make is worked out by the compiler: `f(0.125 * 1.44269504)`. */
function isAmongNumbers(text: string, { start, end }: Range): boolean {
  const before = /[-+*/\d.eE\s]*$/.exec(text.slice(Math.max(0, start - longest), start))?.[0] ?? '';
  const behind = /^[-+*/\d.eEfF\s]*/.exec(text.slice(end, end + longest))?.[0] ?? '';
  const around = `${text[start - before.length - 1] ?? ''}${text[end + behind.length] ?? ''}`;
  return /^[(,=][),;]$/.test(around);
}

export const fp64Literal = defineKernelRule({
  id: 'fp64-literal',
  severity: 'warning',
  check({ kernels, text, report }) {
    for (const kernel of kernels) {
      if (worksInDouble.test(text.slice(kernel.range.start, kernel.range.end))) continue;
      for (const { text: literal, range } of kernel.statements.doubles) {
        // Compared with or put into a value of fp32, the compiler often folds it; in arithmetic it does not.
        const around = text.slice(Math.max(0, range.start - 3), range.end + 3);
        if (
          !/[-+*/]\s*$/.test(text.slice(Math.max(0, range.start - 3), range.start)) &&
          !/^\s*[-+*/]/.test(text.slice(range.end, range.end + 3))
        )
          continue;
        if (/[eE]$/.test(around.slice(0, 3)) || isAmongNumbers(text, range)) continue;
        report({
          range,
          what: `${literal} is fp64, in a kernel without fp64 otherwise`,
          why: 'the expression around it is worked out in fp64, at a 32nd or 64th of the fp32 rate on most GPUs',
          advice: `write ${literal}f`,
          fixes: [{ title: `Write ${literal}f`, changes: [{ range, text: `${literal}f` }] }],
        });
      }
    }
  },
});

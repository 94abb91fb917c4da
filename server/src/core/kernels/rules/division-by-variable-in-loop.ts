/** Whole numbers are divided by some twenty instructions; in the innermost loop that is most of the work. */
import { type Expression, evaluate } from '../expression.ts';
import type { Kernel } from '../facts.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

/** Parameters of whole numbers; a division of fp32 values costs less and is written the same way. */
function isWhole(expression: Expression, kernel: Kernel): boolean {
  const parameter = expression.kind === 'name' ? kernel.parameters.find(({ name }) => name === expression.name) : undefined;
  return parameter !== undefined && !parameter.isPointer && /\b(?:int|unsigned|size_t|u?int\d+_t|long|short|uint)\b/.test(parameter.type);
}

/** A local or parameter declared with a type of whole numbers. */
const isWholeLocal = (expression: Expression, code: string): boolean =>
  expression.kind === 'name' &&
  new RegExp(`\\b(?:int|unsigned|uint|size_t|u?int(?:32|64)_t|long)\\b[^;=()]*\\b${expression.name.replace(/\W/g, '\\$&')}\\b`).test(code);

export const divisionByVariableInLoop = defineKernelRule({
  id: 'division-by-variable-in-loop',
  severity: 'info',
  check({ configurations, text, report }) {
    for (const { kernel, scope } of onceEach(configurations, (one) => one.kernel)) {
      for (const { operator, left, right, loops, range } of kernel.statements.divisions) {
        const loop = loops.at(-1);
        if (!loop || evaluate(right, { ...scope, lookUp: (name) => kernel.constants.get(name) }) !== undefined) continue;
        const code = text.slice(kernel.range.start, kernel.range.end);
        // A remainder is of whole numbers; of a quotient the other side must be one, too.
        if (!isWhole(right, kernel) || (operator === '/' && !isWholeLocal(left, code))) continue;
        report({
          range,
          related: [{ range: loop.range, message: 'in every round of this loop' }],
          what: `${operator === '/' ? 'Division' : 'Remainder'} by ${right.text}, which the compiler does not know, in a loop`,
          why: 'a division of whole numbers by an unknown one takes some twenty instructions',
          advice: `make ${right.text} a template argument, or count along with the loop instead of dividing`,
        });
      }
    }
  },
});

/** A grid that is rounded up runs threads past the end. */
import { type Expression, partsOf } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

/** `CEIL_DIV(n, 256)`, `(n + 255) / 256`. */
function roundsUp(expression: Expression): boolean {
  if (expression.kind === 'call' && /ceil_?div|cdiv|div_?up|div_?ceil/i.test(expression.callee)) return true;
  if (
    expression.kind === 'binary' &&
    expression.operator === '/' &&
    expression.left.kind === 'binary' &&
    /^[+-]$/.test(expression.left.operator)
  )
    return true;
  return partsOf(expression).some(roundsUp);
}

const globalIndex = /blockIdx\.[xyz]/;

export const missingBoundsCheck = defineKernelRule({
  id: 'missing-bounds-check',
  severity: 'warning',
  check({ configurations, report }) {
    for (const { kernel, launch } of onceEach(configurations, ({ kernel }) => kernel)) {
      const factor = launch?.grid.map((one) => (one.kind === 'name' ? launch.constants.get(one.name) : undefined) ?? one).find(roundsUp);
      if (!launch || !factor) continue;
      const { accesses, loops } = kernel.statements;
      // A loop may end where the data does, and any condition at all may be the check.
      if (loops.length > 0 || accesses.some(({ conditions }) => conditions.length > 0)) continue;
      const write = accesses.find(({ kind, array, indexes }) => {
        const isGlobal = kernel.parameters.some(({ name, isPointer }) => name === array && isPointer);
        const followed = indexes.map((index) => (index.kind === 'name' ? (kernel.constants.get(index.name)?.text ?? '') : index.text));
        return kind === 'write' && isGlobal && followed.some((text) => globalIndex.test(text));
      });
      if (!write) continue;
      report({
        range: write.range,
        related: [{ range: launch.gridRange, message: 'the grid is rounded up' }],
        what: `Write to ${write.array} without a check of the index, from a grid that is rounded up`,
        why: 'the last block runs past the end where the size is no multiple of the block',
        advice: 'return early where the index is not below the size',
      });
    }
  },
});

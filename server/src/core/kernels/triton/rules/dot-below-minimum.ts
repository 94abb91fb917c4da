/** Products smaller than the tensor cores' own: refused, or padded. */
import { onceEach } from '../../rules/shared/once-each.ts';
import { sizesOf } from '../configuration.ts';
import { defineTritonRule } from '../triton-rule.ts';

const least = 16;

export const dotBelowMinimum = defineTritonRule({
  id: 'dot-below-minimum',
  severity: 'warning',
  check({ configurations, report }) {
    const found = configurations.flatMap(({ kernel, scope }) =>
      kernel.dots.flatMap(({ left, right, range }) => {
        const [rows, inner] = sizesOf(left.tile, scope)?.slice(-2) ?? [];
        const columns = sizesOf(right.tile, scope)?.at(-1);
        return rows === undefined || inner === undefined || columns === undefined ? [] : [{ rows, inner, columns, range }];
      }),
    );
    for (const { rows, inner, columns, range } of onceEach(found, (one) => one.range.start)) {
      if (Math.min(rows, inner, columns) >= least) continue;
      report({
        range,
        ...(inner < least ? { severity: 'error' } : {}),
        what: `A product of ${rows} x ${inner} and ${inner} x ${columns}, below ${least} in one of them`,
        why:
          inner < least
            ? 'Triton refuses it: "Input shapes should have M >= 16, N >= 16 and K >= 16"'
            : 'releases before 3.3 refuse it with "Input shapes should have M >= 16, N >= 16 and K >= 16", later ones fill the tile up',
        advice: 'make the tile at least 16 in each direction, or multiply and sum by hand',
      });
    }
  },
});

/** A threadblock tile that its warp tiles do not fill: CUTLASS refuses to compile. */
import { evaluate } from '../../expression.ts';
import { defineTileRule } from '../tile-rule.ts';

export const warpTileNotDividingBlock = defineTileRule({
  id: 'warp-tile-not-dividing-block',
  severity: 'error',
  languages: ['cutlass2'],
  check({ configurations, report }) {
    for (const { kernel, scope } of configurations) {
      const [block, warp, instruction] = ['threadblock', 'warp', 'mma'].map((label) => kernel.tiles.find((tile) => tile.label === label));
      for (const [outer, inner] of [[block, warp] as const, [warp, instruction] as const]) {
        if (!outer || !inner) continue;
        const at = outer.shape.findIndex((factor, index) => {
          const [whole, part] = [evaluate(factor, scope), inner.shape[index] && evaluate(inner.shape[index], scope)];
          return whole !== undefined && part !== undefined && part > 0 && whole % part !== 0;
        });
        if (at < 0) continue;
        report({
          range: inner.range,
          related: [{ range: outer.range, message: `the ${outer.label} tile` }],
          what: `${'MNK'[at]} of the ${inner.label} tile is ${inner.shape[at]?.text}, which does not divide ${outer.shape[at]?.text} of the ${outer.label} tile`,
          why: 'a static_assert of CUTLASS stops the compiler',
          advice: `choose ${'MNK'[at]} of the ${outer.label} tile as a multiple`,
        });
      }
    }
  },
});

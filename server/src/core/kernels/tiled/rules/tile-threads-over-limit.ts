/** A block of more threads than a device can hold, or of threads that fill no warp. */
import { defineTileRule } from '../tile-rule.ts';

const mostThreads = 1024;
const warpThreads = 32;

export const tileThreadsOverLimit = defineTileRule({
  id: 'tile-threads-over-limit',
  severity: 'error',
  languages: ['tilelang', 'cutlass2'],
  check({ configurations, report }) {
    for (const { kernel, threads } of configurations) {
      const { value } = threads;
      if (value === undefined || value < 1) continue;
      const range = kernel.threads?.[0]?.range ?? kernel.tiles[0]?.range ?? kernel.nameRange;
      if (value > mostThreads) {
        report({
          range,
          what: `A block of ${kernel.name} has ${value} threads, ${mostThreads} is the most`,
          why: 'the launch fails with "invalid configuration argument"',
          advice: kernel.dialect === 'cutlass2' ? 'make the warp tile larger' : 'use fewer threads',
        });
      } else if (kernel.dialect === 'tilelang' && value > warpThreads && value % warpThreads !== 0) {
        report({
          range,
          severity: 'warning',
          what: `A block of ${kernel.name} has ${value} threads, which is no multiple of a warp of ${warpThreads}`,
          why: 'the last warp is partly empty, and products on tensor cores are laid out over whole warps',
          advice: `use ${Math.ceil(value / warpThreads) * warpThreads} threads`,
        });
      }
    }
  },
});

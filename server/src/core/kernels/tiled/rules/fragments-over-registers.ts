/** Fragments of a block beyond the registers of its threads: they spill into memory. */
import { defineTileRule } from '../tile-rule.ts';

/** The most a thread can have (CUDA C++ Programming Guide, "Compute Capabilities"). */
const mostRegisters = 255;

export const fragmentsOverRegisters = defineTileRule({
  id: 'fragments-over-registers',
  severity: 'warning',
  languages: ['tilelang'],
  check({ configurations, report }) {
    for (const { kernel, fragmentRegisters, threads } of configurations) {
      if (fragmentRegisters === undefined || fragmentRegisters <= mostRegisters || !threads.value) continue;
      const fragments = kernel.buffers.filter(({ memory }) => memory === 'registers');
      report({
        range: fragments[0]?.range ?? kernel.nameRange,
        related: fragments.slice(1).map(({ range, name }) => ({ range, message: `${name} is part of it` })),
        what: `The fragments of ${kernel.name} take ${Math.ceil(fragmentRegisters)} registers of each of ${threads.value} threads, ${mostRegisters} is the most`,
        why: 'the rest is kept in memory and read again at every use',
        advice: 'use more threads or smaller tiles',
      });
    }
  },
});

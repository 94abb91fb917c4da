/** Blocks of numbers that are needed at one place and together do not fit the registers of the threads that hold them. */
import { tritonRegisterDemand } from '../register-demand.ts';
import { mostRegisters } from '../resources.ts';
import { accumulatorRegisters } from '../shared-memory.ts';
import { defineTritonRule, spelt } from '../triton-rule.ts';

const dataCentreBlackwell = /^sm_10/;

export const tilesOverRegisters = defineTritonRule({
  id: 'tiles-over-registers',
  severity: 'warning',
  check({ configurations, devices, report }) {
    for (const configuration of configurations) {
      const { kernel, numWarps, range, compiled } = configuration;
      // Where Triton has built it, spills are known.
      if (compiled || configuration.condition !== undefined) continue;
      // Tensor memory holds the sums of products on data centre Blackwell.
      const held = devices.filter(({ architecture }) => kernel.dots.length === 0 || !dataCentreBlackwell.test(architecture.id));
      const each = held.map(({ architecture }) => ({
        ...tritonRegisterDemand(configuration, architecture),
        most: mostRegisters(configuration, architecture),
        sums: accumulatorRegisters(configuration, architecture.warpThreads) ?? 0,
      }));
      const [first] = each;
      // A single sum that is too large is another rule's.
      if (!first || each.some(({ values, unknown, most, sums }) => unknown > 0 || values <= most || sums > most)) continue;
      report({
        range,
        related: [{ range: kernel.nameRange, message: 'the kernel that names them' }],
        what: `${Math.round(first.values)} registers per thread for the blocks needed at one place, ${first.most} is the most: ${spelt(configuration)}`,
        why: 'what does not fit is spilled to memory and loaded again',
        advice: `use smaller blocks, or num_warps ${numWarps * 2 ** Math.ceil(Math.log2(first.values / first.most))}`,
      });
    }
  },
});

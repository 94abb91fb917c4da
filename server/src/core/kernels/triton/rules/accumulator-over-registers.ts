/** Accumulators that do not fit the registers of the threads that hold them go to memory. */
import { accumulatorRegisters } from '../shared-memory.ts';
import { defineTritonRule } from '../triton-rule.ts';

const dataCentreBlackwell = /^sm_10/;

export const accumulatorOverRegisters = defineTritonRule({
  id: 'accumulator-over-registers',
  severity: 'warning',
  check({ configurations, devices, report }) {
    // Tensor memory holds the accumulators of data centre Blackwell.
    const held = devices.filter(({ architecture }) => !dataCentreBlackwell.test(architecture.id));
    if (held.length === 0) return;
    for (const configuration of configurations) {
      const { architecture } = held[0] ?? {};
      const registers = architecture && accumulatorRegisters(configuration, architecture.warpThreads);
      const most = Math.max(...held.map((device) => device.architecture.registersPerThread));
      if (registers === undefined || registers <= most) continue;
      const { kernel, numWarps, range } = configuration;
      report({
        range,
        related: kernel.dots.map((dot) => ({ range: dot.range, message: 'the product whose sum it is' })),
        what: `${registers} registers per thread for the accumulator alone, ${most} is the most`,
        why: 'what does not fit is spilled to memory in every iteration',
        advice: `use num_warps ${numWarps * 2 ** Math.ceil(Math.log2(registers / (most / 2)))} or smaller tiles`,
      });
    }
  },
});

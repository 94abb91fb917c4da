/** Programs of three or six warps do not exist. */
import { defineTritonRule, spelt } from '../triton-rule.ts';

export const warpsNotPowerOfTwo = defineTritonRule({
  id: 'warps-not-power-of-two',
  severity: 'error',
  check({ configurations, devices, report }) {
    const most = Math.max(...devices.map(({ architecture }) => architecture.threadsPerBlock / architecture.warpThreads));
    for (const configuration of configurations) {
      const { numWarps, range, kernel } = configuration;
      const isPower = numWarps >= 1 && Number.isInteger(Math.log2(numWarps));
      if (isPower && numWarps <= most) continue;
      report({
        range,
        related: [{ range: kernel.nameRange, message: 'the kernel it is for' }],
        what: isPower
          ? `Programs of ${numWarps} warps, ${most} are the most`
          : `Programs of ${numWarps} warps: not a power of two (${spelt(configuration)})`,
        why: isPower ? 'a block has at most 1,024 threads' : 'Triton refuses it: "num_warps must be a power of 2"',
      });
    }
  },
});

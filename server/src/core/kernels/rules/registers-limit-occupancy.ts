/** A few registers fewer would let one more block run, by the compiler's own count. */
import { kernelOccupancy, registersKeeping } from '../kernel-occupancy.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

/** Kernels with this share of the warps mostly have enough to hide latency with. */
const enough = 0.5;
/** More than this the compiler will hardly save without spilling. */
const near = 8;
const tensorCores = /\b(?:wmma|mma\.sync|wgmma|tcgen05|mma_sync)\b/;

export const registersLimitOccupancy = defineKernelRule({
  id: 'registers-limit-occupancy',
  severity: 'info',
  needsCompiler: true,
  check({ configurations, devices, text, report }) {
    for (const configuration of onceEach(configurations, ({ launch }) => launch?.range.start)) {
      const { kernel, launch, threads, staticShared, dynamicShared, compiled } = configuration;
      if (!launch || !compiled || tensorCores.test(text.slice(kernel.range.start, kernel.range.end))) continue;
      for (const { label, architecture } of devices) {
        const found = kernelOccupancy(configuration, architecture, undefined)?.withRegisters;
        if (!found?.registers.isExact || found.registers.low !== found.registers.high) continue;
        const { least, registers } = found;
        if (least.blocks === 0 || least.share >= enough || !least.limitedBy.includes('registers')) continue;
        const resources = {
          threads: threads.value ?? 0,
          registersPerThread: 0,
          staticShared: staticShared.value ?? 0,
          dynamicShared: dynamicShared.value ?? 0,
        };
        const up = registersKeeping(architecture, resources, least.blocks + 1);
        if (up === undefined || registers.high - up > near) continue;
        const more = ((least.blocks + 1) / least.blocks) * least.share;
        report({
          range: kernel.nameRange,
          related: [{ range: launch.blockRange, message: 'launched here' }],
          what: `${registers.high} registers allow ${least.blocks} blocks at a time on ${label}, ${up} would allow ${least.blocks + 1}`,
          why: `occupancy is ${Math.round(least.share * 100)} % and would be ${Math.round(more * 100)} % (${compiled.compiler}, ${compiled.architecture})`,
          advice: `try __launch_bounds__(${threads.value}, ${least.blocks + 1}), and look whether anything is spilled then`,
        });
        break;
      }
    }
  },
});

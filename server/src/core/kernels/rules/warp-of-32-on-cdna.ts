/** A reduction over 32 lanes leaves half of a wavefront of 64 out. */
import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';
import { mayRunInWavesOf32 } from './shared/waves-of-32.ts';

export const warpOf32OnCdna = defineKernelRule({
  id: 'warp-of-32-on-cdna',
  severity: 'warning',
  languages: ['hip'],
  check({ configurations, devices, text, report }) {
    if (!devices.every(({ architecture }) => architecture.warpThreads === 64) || mayRunInWavesOf32(text)) return;
    for (const { kernel, scope } of onceEach(configurations, (one) => one.kernel)) {
      for (const { callee, loops, values, range } of kernel.statements.calls) {
        const loop = loops.at(-1);
        // A width of 32 among the arguments says that halves are meant.
        const isHalf = values.some((value) => evaluate(value, scope) === 32);
        if (!/^__shfl(?:_down|_xor)?(?:_sync)?$/.test(callee) || !loop?.start || isHalf || evaluate(loop.start, scope) !== 16) continue;
        report({
          range,
          related: [{ range: loop.range, message: 'begins with 16' }],
          what: 'A reduction that begins 16 lanes apart covers 32 of the 64 lanes',
          why: 'wavefronts of CDNA have 64 lanes: the other half is reduced on its own and lost',
          advice: 'begin with warpSize / 2',
        });
      }
    }
  },
});

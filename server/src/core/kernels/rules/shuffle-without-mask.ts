/** Warp functions without a mask are gone since compute capability 7.0. */
import { defineKernelRule } from '../kernel-rule.ts';

const removed = /^__(?:shfl(?:_up|_down|_xor)?|ballot|any|all)$/;

export const shuffleWithoutMask = defineKernelRule({
  id: 'shuffle-without-mask',
  severity: 'error',
  languages: ['cuda'],
  check({ kernels, text, report }) {
    // Code for HIP or for several compilers defines its own.
    if (/#\s*define\s+__(?:shfl|ballot|any|all)/.test(text) || /__HIP__|USE_ROCM|__HIP_PLATFORM/.test(text)) return;
    for (const kernel of kernels) {
      for (const { callee, range } of kernel.statements.calls) {
        if (!removed.test(callee)) continue;
        const name = { start: range.start, end: range.start + callee.length };
        report({
          range: name,
          what: `No function ${callee} from compute capability 7.0 on`,
          why: 'threads of a warp no longer step together by themselves, so the functions need to be told which take part',
          advice: `use ${callee}_sync with the mask of the lanes`,
          fixes: [
            {
              title: `Use ${callee}_sync with all lanes`,
              changes: [{ range: { start: name.start, end: name.end + 1 }, text: `${callee}_sync(0xffffffff, ` }],
            },
          ],
        });
      }
    }
  },
});

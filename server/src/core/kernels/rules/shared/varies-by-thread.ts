/** Whether an expression differs between the threads of a block. */
import { type Expression, partsOf } from '../../expression.ts';
import type { Kernel } from '../../facts.ts';

const threadIndex = /^(?:threadIdx|hipThreadIdx_?)\.?[xyz]$/;
const deepest = 20;

/** Followed through the constants of the kernel; a local that changes counts as the same for all threads. */
export function variesByThread(expression: Expression, kernel: Kernel, depth = 0): boolean {
  if (depth > deepest) return false;
  if (expression.kind === 'name') {
    if (threadIndex.test(expression.name)) return true;
    const meant = kernel.constants.get(expression.name);
    return meant !== undefined && meant !== expression && variesByThread(meant, kernel, depth + 1);
  }
  return partsOf(expression).some((part) => variesByThread(part, kernel, depth + 1));
}

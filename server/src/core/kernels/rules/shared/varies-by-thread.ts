/** Whether an expression differs between the threads of a block, or is certain to be the same for all. */
import { type Expression, partsOf } from '../../expression.ts';
import type { Kernel } from '../../facts.ts';

const threadIndex = /^(?:threadIdx|hipThreadIdx_?)\.?[xyz]$/;
/** Of the part of a tensor that a thread has, these tell what all parts have in common (CuTe). */
const commonToAll = /(?:^|::|\.)(?:co)?(?:size|rank|depth|shape|stride|layout)$/;
const deepest = 20;

/** Followed through the constants of the kernel; a local that changes counts as the same for all threads. */
export function variesByThread(expression: Expression, kernel: Kernel, depth = 0): boolean {
  if (depth > deepest) return false;
  if (expression.kind === 'name') {
    if (threadIndex.test(expression.name)) return true;
    const meant = kernel.constants.get(expression.name);
    return meant !== undefined && meant !== expression && variesByThread(meant, kernel, depth + 1);
  }
  if (expression.kind === 'call' && commonToAll.test(expression.callee)) return false;
  return partsOf(expression).some((part) => variesByThread(part, kernel, depth + 1));
}

const sameForBlock = /^(?:blockIdx|gridDim|blockDim)\.[xyz]$/;

/** True only where every name in it is a size, a parameter or a place of the block: data and indexes of threads may differ. */
export function isSameForAll(expression: Expression, kernel: Kernel, depth = 0): boolean {
  if (depth > deepest || expression.kind === 'other' || expression.kind === 'call') return false;
  if (expression.kind !== 'name') return partsOf(expression).every((part) => isSameForAll(part, kernel, depth + 1));
  const { name } = expression;
  if (sameForBlock.test(name) || kernel.template.some((one) => one.name === name)) return true;
  if (kernel.parameters.some((one) => one.name === name && !one.isPointer)) return !kernel.changing.has(name);
  const meant = kernel.constants.get(name);
  return meant !== undefined && meant !== expression && isSameForAll(meant, kernel, depth + 1);
}

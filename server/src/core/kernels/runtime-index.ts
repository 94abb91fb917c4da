/** Indexes of a thread's own arrays that the compiler does not know: such an array has to live in memory. */
import type { Access } from './body.ts';
import { type Expression, partsOf } from './expression.ts';
import type { Kernel } from './facts.ts';

const names = (expression: Expression): readonly string[] =>
  expression.kind === 'name' ? [expression.name] : partsOf(expression).flatMap(names);

/** A name in an index that is decided only while the kernel runs: a parameter, or the index of a thread or block. */
export function runtimeName(access: Access, kernel: Kernel): string | undefined {
  const counters = new Set(access.loops.flatMap(({ variable }) => variable ?? []));
  return access.indexes.flatMap(names).find((name) => {
    if (counters.has(name)) return false;
    return /^(?:threadIdx|blockIdx)\./.test(name) || kernel.parameters.some((parameter) => parameter.name === name);
  });
}

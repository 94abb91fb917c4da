/** Whether the lanes of one warp part at a condition: what differs between warps alone does not part them. */
import type { Condition } from '../../body.ts';
import type { KernelConfiguration } from '../../configuration.ts';
import { type Expression, partsOf } from '../../expression.ts';
import type { Kernel } from '../../facts.ts';
import { warpElements } from '../../warp-access.ts';

const warp = 32;
const deepest = 20;
const limits = /^(?:<=?|>=?)$/;

/** A size that the caller of the kernel chooses. */
function isFromCaller(expression: Expression, kernel: Kernel, depth = 0): boolean {
  if (depth > deepest) return false;
  if (expression.kind === 'name') {
    if (kernel.parameters.some(({ name, isPointer }) => name === expression.name && !isPointer)) return true;
    const meant = kernel.constants.get(expression.name);
    return meant !== undefined && meant !== expression && isFromCaller(meant, kernel, depth + 1);
  }
  return partsOf(expression).some((part) => isFromCaller(part, kernel, depth + 1));
}

/** The comparisons an expression is made of, followed through names. */
function comparisons(expression: Expression, kernel: Kernel, depth = 0): readonly (Expression & { readonly kind: 'binary' })[] {
  if (depth > deepest) return [];
  if (expression.kind === 'binary' && limits.test(expression.operator)) return [expression];
  const meant = expression.kind === 'name' ? kernel.constants.get(expression.name) : undefined;
  const parts = meant && meant !== expression ? [meant] : partsOf(expression);
  return parts.flatMap((part) => comparisons(part, kernel, depth + 1));
}

/**
 * True where the first warp parts whatever the sizes are, or where an index that counts up from lane to lane is compared with a
 * size of the caller, which need be no multiple of the warp.
 */
export function lanesDiffer(configuration: KernelConfiguration, { expression }: Condition): boolean {
  const { kernel } = configuration;
  const lanes = (one: Expression) => warpElements(configuration, { indexes: [one], loops: [] }, [1], warp);
  const isParted = lanes(expression)?.every((values) => new Set(values.map(Boolean)).size > 1);
  if (isParted) return true;
  return comparisons(expression, kernel).some(({ left, right }) =>
    [
      [left, right],
      [right, left],
    ].some(
      ([index, size]) =>
        index && size && isFromCaller(size, kernel) && (lanes(index)?.every((values) => new Set(values).size === values.length) ?? false),
    ),
  );
}

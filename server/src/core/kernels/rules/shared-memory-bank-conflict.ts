/** Threads of a warp that meet in a bank of shared memory wait for each other. */
import type { Access } from '../body.ts';
import type { KernelConfiguration } from '../configuration.ts';
import type { SharedArray } from '../declarations.ts';
import { evaluate } from '../expression.ts';
import { defineKernelRule, type KernelFix } from '../kernel-rule.ts';
import { bankTurns, warpElements } from '../warp-access.ts';
import { onceEach } from './shared/once-each.ts';

const warp = 32;

/** Elements between neighbours of each index, innermost last; undefined where a dimension is not known. */
function stridesOf(dimensions: readonly (number | undefined)[]): readonly number[] | undefined {
  const strides: number[] = [];
  let stride: number | undefined = 1;
  for (const size of dimensions.toReversed()) {
    if (stride === undefined) return undefined;
    strides.unshift(stride);
    stride = size === undefined ? undefined : stride * size;
  }
  return strides;
}

function turns(configuration: KernelConfiguration, array: SharedArray, access: Access, padding: number): number | undefined {
  const { scope } = configuration;
  const size = scope.sizeOf(access.as ?? array.type);
  const element = scope.sizeOf(array.type);
  const sizes = array.dimensions.map((dimension) => evaluate(dimension, scope));
  const padded = sizes.map((value, at) => (at === sizes.length - 1 && value !== undefined ? value + padding : value));
  const strides = stridesOf(padded);
  if (size === undefined || element === undefined || !strides || access.indexes.length !== array.dimensions.length) return undefined;
  const elements = warpElements(configuration, access, strides, warp);
  if (!elements) return undefined;
  return bankTurns(
    elements.map((places) => places.map((place) => (place * element) / size)),
    size,
  );
}

/** One more element per row, where that removes the conflict of every access of the array. */
function paddingOf(configuration: KernelConfiguration, array: SharedArray): KernelFix | undefined {
  const last = array.dimensions.at(-1);
  if (array.dimensions.length < 2 || !last || array.lastDimension === undefined) return undefined;
  const accesses = configuration.kernel.statements.accesses.filter((access) => access.array === array.name);
  // A row that is read in wider pieces must stay at their multiple.
  if (accesses.some(({ as }) => as !== undefined) || !accesses.every((access) => (turns(configuration, array, access, 1) ?? 2) === 1))
    return undefined;
  return { title: `Pad the rows of ${array.name} by one element`, changes: [{ range: array.lastDimension, text: `${last.text} + 1` }] };
}

export const sharedMemoryBankConflict = defineKernelRule({
  id: 'shared-memory-bank-conflict',
  severity: 'warning',
  languages: ['cuda'],
  check({ configurations, report }) {
    for (const configuration of onceEach(configurations, ({ kernel }) => kernel.range.start)) {
      const { kernel } = configuration;
      for (const access of kernel.statements.accesses) {
        const array = kernel.shared.find(({ name, isDynamic }) => name === access.array && !isDynamic);
        const met = array && turns(configuration, array, access, 0);
        if (!array || met === undefined || met < 2) continue;
        const fix = paddingOf(configuration, array);
        report({
          range: access.range,
          related: [{ range: array.range, message: `${array.name} is laid out here` }],
          what: `${met} threads of a warp meet in a bank of ${array.name}`,
          why: `the ${access.kind === 'write' ? 'write' : 'read'} takes ${met} turns instead of one`,
          advice: fix
            ? 'pad each row by one element'
            : 'let neighbouring threads touch neighbouring elements, pad the rows or swizzle the index',
          fixes: fix ? [fix] : [],
        });
      }
    }
  },
});

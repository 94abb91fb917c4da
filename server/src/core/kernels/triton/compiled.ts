/**
 * Which of the builds in Triton's cache belongs to which configuration. The cache names warps and stages; compile-time values are in
 * its code only, as lengths of `tl.arange` and shapes of `tl.dot` at their lines. A build that suits configurations of different
 * values counts for none of them.
 */
import { baseArchitecture } from '../compiled.ts';
import type { BuiltTriton, CompiledFile } from '../compiled-launch.ts';
import { evaluate } from '../expression.ts';
import { sizesOf, type TritonConfiguration } from './configuration.ts';

/** Line of each offset, from 1. */
export function lineFinder(text: string): (offset: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

interface Shape {
  readonly line: number;
  readonly sizes: readonly number[] | undefined;
}

/** Shapes that the configuration has, by line; undefined sizes are not known. */
function shapesOf({ kernel, scope }: TritonConfiguration, lineOf: (offset: number) => number): Record<'ranges' | 'products', Shape[]> {
  const ranges = kernel.aranges.map(({ start, end, range }) => {
    const [from, to] = [evaluate(start, scope), evaluate(end, scope)];
    return { line: lineOf(range.start), sizes: from === undefined || to === undefined ? undefined : [from, to] };
  });
  const products = kernel.dots.map(({ left, right, range }) => {
    const [first, second] = [sizesOf(left.tile, scope), sizesOf(right.tile, scope)];
    const sizes = [first?.at(-2), first?.at(-1), second?.at(-1)];
    return { line: lineOf(range.start), sizes: sizes.every((size) => size !== undefined) ? sizes : undefined };
  });
  return { ranges, products };
}

const isSame = (left: readonly number[], right: readonly number[]): boolean => left.every((value, index) => value === right[index]);

/** False where a line of the build has a shape that the configuration gives that line for certain not. */
function agree(own: readonly Shape[], built: readonly { readonly line: number; readonly sizes: readonly number[] }[]): boolean {
  return built.every(({ line, sizes }) => {
    const here = own.filter((one) => one.line === line);
    return here.length === 0 || here.some((one) => one.sizes === undefined || isSame(one.sizes, sizes));
  });
}

/** Whether a launch says a number that is not known. */
const isOpen = ({ kernel, launch, values }: TritonConfiguration, name: string): boolean =>
  (kernel.autotune?.configs.length ?? 0) === 0 && (launch === undefined || (launch.named.has(name) && !values.has(name)));

function suits(
  configuration: TritonConfiguration,
  { triton }: BuiltTriton,
  lineOf: (offset: number) => number,
  isStrict: boolean,
): boolean {
  if (!isOpen(configuration, 'num_warps') && configuration.numWarps !== triton.numWarps) return false;
  if (!isOpen(configuration, 'num_stages') && configuration.numStages !== triton.numStages) return false;
  const { ranges, products } = shapesOf(configuration, lineOf);
  const built = {
    ranges: triton.ranges.map(({ line, start, end }) => ({ line, sizes: [start, end] })),
    products: triton.products.map(({ line, rows, inner, columns }) => ({ line, sizes: [rows, inner, columns] })),
  };
  if (!agree(ranges, built.ranges) || !agree(products, built.products)) return false;
  // Equal ranges are kept once, at the line of the first: the lengths must be there all the same.
  return !isStrict || ranges.every(({ sizes }) => sizes === undefined || built.ranges.some((one) => isSame(one.sizes, sizes)));
}

const keyOf = ({ values }: TritonConfiguration): string => JSON.stringify([...values].toSorted());

/** The configurations that a build may be of, if they are of one mind. */
function ownersOf(
  own: readonly TritonConfiguration[],
  build: BuiltTriton,
  lineOf: (offset: number) => number,
): readonly TritonConfiguration[] {
  const loose = own.filter((one) => suits(one, build, lineOf, false));
  const isClear = (some: readonly TritonConfiguration[]): boolean => new Set(some.map(keyOf)).size === 1;
  if (isClear(loose)) return loose;
  const strict = loose.filter((one) => suits(one, build, lineOf, true));
  return isClear(strict) ? strict : [];
}

/** The configurations with what Triton made of them, where its cache has it. */
export function withTritonBuilds(
  configurations: readonly TritonConfiguration[],
  file: CompiledFile,
  text: string,
): readonly TritonConfiguration[] {
  const lineOf = lineFinder(text);
  const found = new Map<TritonConfiguration, BuiltTriton[]>();
  for (const compiled of file.kernels) {
    const { triton } = compiled;
    if (!triton) continue;
    const build: BuiltTriton = { ...compiled, triton };
    const own = configurations.filter(
      ({ kernel }) =>
        kernel.name === build.name && lineOf(kernel.range.start) <= triton.line && triton.line <= lineOf(kernel.nameRange.start),
    );
    for (const one of ownersOf(own, build, lineOf)) found.set(one, [...(found.get(one) ?? []), build]);
  }
  return configurations.map((one) => {
    const [first, ...others] = found.get(one) ?? [];
    return first ? { ...one, compiled: { compiler: file.compiler, builds: [first, ...others] } } : one;
  });
}

/** The builds for one architecture. */
export function buildsFor({ compiled }: TritonConfiguration, architecture: string): readonly BuiltTriton[] {
  return compiled?.builds.filter(({ triton }) => baseArchitecture(triton.architecture) === architecture) ?? [];
}

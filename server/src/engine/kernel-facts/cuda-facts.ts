/** Kernels and launches of CUDA and HIP as flat facts. */
import type { KernelConfiguration } from '../../core/kernels/configuration.ts';
import { type Expression, evaluate, type Scope } from '../../core/kernels/expression.ts';
import type { Kernel, PlacedExpression } from '../../core/kernels/facts.ts';
import { spelt, speltArrays, speltFactors } from '../../core/kernels/spelling.ts';
import { tileTable, traitTiles } from '../../core/kernels/tile-table.ts';
import type { Range } from '../../core/origin.ts';
import type { CudaKernels } from '../analysis.ts';
import { FactList } from './fact-list.ts';

/** A number where the code says one, else the formula. */
function sized(one: PlacedExpression, { scope }: KernelConfiguration): number | string {
  return evaluate(one.expression, scope) ?? spelt(one.expression, scope);
}

function boundsOf(configuration: KernelConfiguration): unknown {
  const { launchBounds } = configuration.kernel;
  if (!launchBounds) return undefined;
  const threads = sized(launchBounds.threads, configuration);
  return launchBounds.blocks ? [threads, sized(launchBounds.blocks, configuration)] : threads;
}

function kernelFacts(standing: KernelConfiguration, optIns: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const { kernel, staticShared, scope } = standing;
  const fixed = kernel.shared.filter(({ isDynamic }) => !isDynamic);
  const bounds = boundsOf(standing);
  return {
    name: kernel.name,
    ...(kernel.template.length > 0 ? { template: kernel.template.map(({ name }) => name) } : {}),
    ...(bounds === undefined ? {} : { launch_bounds: bounds }),
    ...(fixed.length > 0 ? { smem_expr: speltArrays(fixed, scope) } : {}),
    ...(staticShared.value === undefined || staticShared.value === 0 ? {} : { smem_bytes: staticShared.value }),
    ...(kernel.shared.length > fixed.length ? { dynamic_smem: true } : {}),
    ...(kernel.cluster.length > 0 ? { cluster: kernel.cluster.map((factor) => evaluate(factor, scope) ?? factor.text) } : {}),
    ...(optIns.has(kernel.name) ? { opt_in_smem: true } : {}),
  };
}

/** A name written at the launch is opened to its formula; the factors of a `dim3` stand as they are. */
function factorsText(factors: readonly Expression[], range: Range, outer: Scope, text: string): string {
  const [only, ...others] = factors;
  const isWritten = only && others.length === 0 && text.slice(range.start, range.end) === only.text;
  return isWritten ? spelt(only, outer) : speltFactors(factors, outer);
}

function launchFacts(
  { kernel, launch, threads, dynamicShared, outer, template }: KernelConfiguration,
  optIns: ReadonlySet<string>,
  text: string,
): Readonly<Record<string, unknown>> {
  if (!launch) return {};
  const shared = launch.dynamicShared?.expression;
  return {
    kernel: kernel.name,
    ...(template.size > 0 ? { template: Object.fromEntries(template) } : {}),
    grid: factorsText(launch.grid, launch.gridRange, outer, text),
    block: factorsText(launch.block, launch.blockRange, outer, text),
    ...(threads.value === undefined ? {} : { threads: threads.value }),
    ...(dynamicShared.value === undefined ? {} : { smem: dynamicShared.value }),
    ...(shared && dynamicShared.value !== 0 ? { smem_expr: spelt(shared, outer) } : {}),
    ...(optIns.has(kernel.name) ? { opt_in_smem: true } : {}),
  };
}

/** What all that have it say; undefined where they differ. */
function common(values: readonly unknown[]): unknown {
  const [first, ...others] = values.filter((value) => value !== undefined);
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
}

/** @param standing each kernel as it stands, whatever launches it. */
export function cudaFacts(
  { file, own, configurations }: CudaKernels,
  standing: (kernel: Kernel) => KernelConfiguration,
  text: string,
): FactList {
  const list = new FactList(file.language);
  const optIns = new Set(file.optIns.map(({ kernel }) => kernel));
  const kernels = own.map((kernel) => kernelFacts(standing(kernel), optIns));
  const launched = configurations.filter(({ launch }) => launch !== undefined);
  const launches = launched.map((configuration) => launchFacts(configuration, optIns, text));
  list.written('kernels', kernels.length > 0 ? kernels : undefined, own[0]?.nameRange);
  list.written('launches', launches.length > 0 ? launches : undefined, file.launches[0]?.range);
  list.written(
    'launch_bounds',
    common(kernels.map(({ launch_bounds: bounds }) => bounds)),
    own.find(({ launchBounds }) => launchBounds)?.launchBounds?.range,
  );
  list.written(
    'smem_expr',
    common(kernels.map(({ smem_expr: sum }) => sum)),
    own.find(({ shared }) => shared.length > 0)?.shared[0]?.range,
  );
  list.written(
    'smem_bytes',
    common(kernels.map(({ smem_bytes: bytes }) => bytes)),
    own.find(({ shared }) => shared.length > 0)?.shared[0]?.range,
  );
  const outer: Scope = {
    lookUp: (name) => file.constants.get(name),
    functionOf: (name) => file.functions.get(name),
    sizeOf: () => undefined,
  };
  const tiles = Object.fromEntries([...tileTable(file.tileFunctions, outer), ...traitTiles(file.traits, outer)]);
  list.written('tiles', Object.keys(tiles).length > 0 ? tiles : undefined, file.tileFunctions[0]?.range ?? file.traits[0]?.range);
  if (file.optIns[0]) list.written('opt_in_smem', true, file.optIns[0].range);
  return list;
}

/** Triton kernels, what they are tuned over and their launches as flat facts. */
import { evaluate, type Scope } from '../../core/kernels/expression.ts';
import { speltFactors } from '../../core/kernels/spelling.ts';
import { launchScope } from '../../core/kernels/triton/configuration.ts';
import type { TritonKernel, TritonLaunch } from '../../core/kernels/triton/facts.ts';
import { optionsOf } from '../../core/kernels/triton/options.ts';
import type { TritonKernels } from '../analysis.ts';
import { FactList } from './fact-list.ts';

/** "8, 16 or 32"; one value alone is a number. */
function oneOf(values: readonly number[]): number | string | undefined {
  const all = [...new Set(values)].toSorted((a, b) => a - b);
  if (all.length < 2) return all[0];
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** The values each name is tuned over. */
function tunedOver({ autotune }: TritonKernel): Readonly<Record<string, readonly number[]>> {
  const values = new Map<string, Set<number>>();
  const add = (name: string, value: number): void => void values.set(name, (values.get(name) ?? new Set()).add(value));
  for (const config of autotune?.configs ?? []) {
    for (const [name, value] of config.values) add(name, value);
    add('num_warps', config.numWarps);
    add('num_stages', config.numStages);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, [...all].toSorted((a, b) => a - b)]));
}

const isLaunchOption = (name: string): boolean => name === 'num_warps' || name === 'num_stages' || name === 'num_ctas';

function launchFacts(launch: TritonLaunch, scope: Scope): Readonly<Record<string, unknown>> {
  const options = [...launch.named].flatMap(([name, value]) => {
    if (!isLaunchOption(name)) return [];
    const one = oneOf(optionsOf(value, launch, scope));
    return one === undefined ? [] : [[name, one] as const];
  });
  return {
    kernel: launch.kernel,
    ...(launch.grid ? { grid: gridText(launch, scope) } : {}),
    ...Object.fromEntries(options),
  };
}

function gridText({ grid = [] }: TritonLaunch, scope: Scope): string {
  return grid.length === 1 ? `(${speltFactors(grid, scope)},)` : speltFactors(grid, scope);
}

/** Compile-time parameters that the host code gives one number everywhere. */
function constantsOf({ file }: TritonKernels): ReadonlyMap<string, number> {
  const names = new Set(
    file.kernels.flatMap(({ parameters }) => parameters.flatMap(({ name, isConstexpr }) => (isConstexpr ? [name] : []))),
  );
  const found = new Map<string, Set<number>>();
  for (const launch of file.launches) {
    const scope = launchScope(file, launch);
    for (const name of names) {
      const value = launch.named.get(name) ?? launch.constants.get(name);
      const known = value && evaluate(value, scope);
      if (known !== undefined) found.set(name, (found.get(name) ?? new Set()).add(known));
    }
  }
  return new Map([...found].flatMap(([name, values]) => (values.size === 1 ? [[name, [...values][0] ?? 0] as const] : [])));
}

export function tritonFacts(triton: TritonKernels): FactList {
  const { file } = triton;
  const list = new FactList('triton');
  list.written('kernels', file.kernels.map(kernelFacts), file.kernels[0]?.nameRange);
  const tuned = file.kernels.find(({ autotune }) => (autotune?.configs.length ?? 0) > 0);
  if (tuned?.autotune) {
    list.written('autotune', tunedOver(tuned), tuned.autotune.range);
    list.derived('configs', tuned.autotune.configs.length, ['autotune'], 'number of configurations of the first tuned kernel');
    list.written('key', tuned.autotune.key, tuned.autotune.range);
    const [condition] = tuned.autotune.configs.flatMap(({ condition: one }) => one ?? []);
    list.written('autotune_condition', condition, tuned.autotune.range);
  }
  const launches = file.launches.map((launch) => ({ launch, facts: launchFacts(launch, launchScope(file, launch)) }));
  const [first] = launches;
  list.written('launches', first ? launches.map(({ facts }) => facts) : undefined, first?.launch.range);
  list.written('grid', first?.facts.grid, first?.launch.range);
  const outer: Scope = {
    lookUp: (name) => file.constants.get(name) ?? file.given.get(name),
    functionOf: () => undefined,
    sizeOf: () => undefined,
  };
  const warps = launches.flatMap(({ launch }) => {
    const value = launch.named.get('num_warps');
    return value ? optionsOf(value, launch, launchScope(file, launch)) : [];
  });
  list.written('num_warps', oneOf(warps), first?.launch.range);
  for (const [name, value] of constantsOf(triton)) list.written(name, value, first?.launch.range);
  for (const [name, { values, fallback }] of file.alternatives) {
    const numbers = values.flatMap((value) => evaluate(value, outer) ?? []);
    const otherwise = fallback && evaluate(fallback, outer);
    if (numbers.length !== values.length) continue;
    list.written(name, numbers, undefined);
    list.written(`${name}_default`, otherwise, undefined);
  }
  list.links.push(...new Set(file.launches.flatMap(({ helpers }) => helpers)));
  return list;
}

function kernelFacts(kernel: TritonKernel): Readonly<Record<string, unknown>> {
  const tuned = kernel.autotune?.configs.length ?? 0;
  return { name: kernel.name, ...(tuned > 0 ? { configs: tuned } : {}) };
}

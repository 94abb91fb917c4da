/** A Triton kernel as it is compiled once: one configuration of its tuning, or what a launch gives it. */
import type { Range } from '../../origin.ts';
import type { CompiledTriton } from '../compiled-launch.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import type { Branch, TritonFile, TritonKernel, TritonLaunch } from './facts.ts';

export interface TritonConfiguration {
  readonly kernel: TritonKernel;
  readonly launch: TritonLaunch | undefined;
  /** Values of the compile-time parameters, as far as they are known. */
  readonly values: ReadonlyMap<string, number>;
  readonly numWarps: number;
  readonly numStages: number;
  /** What must hold on the machine for it to be tried. */
  readonly condition?: string;
  /** Where the values are written. */
  readonly range: Range;
  readonly scope: Scope;
  /** What Triton made of it, where its cache is looked at. */
  readonly compiled?: CompiledTriton;
}

/** What a launch takes where nothing is said (python/triton/backends/compiler options: num_warps 4, num_stages 3 on NVIDIA). */
const defaults = { numWarps: 4, numStages: 3 };

function scopeOf(file: TritonFile, kernel: TritonKernel, values: ReadonlyMap<string, number>): Scope {
  const fallbacks = new Map(kernel.parameters.flatMap(({ name, fallback }) => (fallback ? [[name, fallback] as const] : [])));
  const parameters = new Set(kernel.parameters.map(({ name }) => name));
  return {
    lookUp: (name) =>
      values.get(name) ??
      kernel.constants.get(name) ??
      fallbacks.get(name) ??
      (parameters.has(name) ? undefined : file.constants.get(name)) ??
      file.given.get(name),
    functionOf: (name) => file.functions.get(name),
    sizeOf: () => undefined,
  };
}

/** Names where a kernel is launched. */
export function launchScope(file: TritonFile, launch: TritonLaunch): Scope {
  return {
    lookUp: (name) => launch.constants.get(name) ?? file.constants.get(name) ?? file.given.get(name),
    functionOf: (name) => file.functions.get(name),
    sizeOf: () => undefined,
  };
}

function ofLaunch(file: TritonFile, kernel: TritonKernel, launch: TritonLaunch): TritonConfiguration {
  const outside = launchScope(file, launch);
  const positional = launch.values.flatMap((value, at) => {
    const parameter = kernel.parameters[at];
    return parameter?.isConstexpr ? [[parameter.name, value] as const] : [];
  });
  const values = new Map(
    [...positional, ...launch.named].flatMap(([name, value]) => {
      const known = evaluate(value, outside);
      return known === undefined ? [] : [[name, known] as const];
    }),
  );
  return {
    kernel,
    launch,
    values,
    numWarps: values.get('num_warps') ?? defaults.numWarps,
    numStages: values.get('num_stages') ?? defaults.numStages,
    range: launch.range,
    scope: scopeOf(file, kernel, values),
  };
}

/** A kernel with compile-time values that something else tells. */
export function tritonConfigurationOf(
  file: TritonFile,
  kernel: TritonKernel,
  values: ReadonlyMap<string, number>,
  options: Pick<TritonConfiguration, 'numWarps' | 'numStages'>,
): TritonConfiguration {
  return { kernel, launch: undefined, values, ...options, range: kernel.nameRange, scope: scopeOf(file, kernel, values) };
}

/** Every configuration a kernel is tuned over, else every launch of it, else the kernel by its defaults. */
export function tritonConfigurations(file: TritonFile): readonly TritonConfiguration[] {
  return file.kernels.flatMap((kernel) => {
    const launches = file.launches.filter((launch) => launch.kernel === kernel.name);
    const tuned = (kernel.autotune?.configs ?? []).map(
      ({ values, numWarps, numStages, condition, range }): TritonConfiguration => ({
        kernel,
        launch: launches[0],
        values,
        numWarps,
        numStages,
        ...(condition === undefined ? {} : { condition }),
        range,
        scope: scopeOf(file, kernel, values),
      }),
    );
    if (tuned.length > 0) return tuned;
    if (launches.length > 0) return launches.map((launch) => ofLaunch(file, kernel, launch));
    return [tritonConfigurationOf(file, kernel, new Map(), defaults)];
  });
}

/** Factors of a tile; undefined where one of them is not known. */
export function sizesOf(tile: readonly Expression[] | undefined, scope: Scope): readonly number[] | undefined {
  const sizes = tile?.flatMap((factor) => evaluate(factor, scope) ?? []);
  return sizes && sizes.length === tile?.length ? sizes : undefined;
}

/** Whether a statement may be compiled: not where a test around it is known to go the other way. */
export function mayBeCompiled(branches: readonly Branch[], scope: Scope): boolean {
  return branches.every(({ test, isTaken }) => {
    const value = evaluate(test, scope);
    return value === undefined || (value !== 0) === isTaken;
  });
}

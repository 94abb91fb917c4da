/**
 * A kernel as one launch runs it: template arguments and constants put in, threads, grid and shared memory worked out
 * as far as the code tells. What stays open is named.
 */
import type { Bytes } from '../units.ts';
import type { CompiledLaunch } from './compiled-launch.ts';
import { type Expression, evaluate, type Scope, unknownNames } from './expression.ts';
import type { DeviceCall, DeviceFunction, Kernel, KernelFile, Launch } from './facts.ts';
import { sizeOfType } from './type-sizes.ts';

/** A size with what keeps it from being known. */
export interface Worked {
  readonly value: number | undefined;
  readonly unknown: readonly string[];
}

export interface KernelConfiguration {
  readonly kernel: Kernel;
  /** Undefined for the kernel as it stands, no launch of it being known. */
  readonly launch: Launch | undefined;
  /** Template arguments and what they are, as text. */
  readonly template: ReadonlyMap<string, string>;
  /** Threads of a block: of the launch, else of the bounds. */
  readonly threads: Worked & { readonly from: 'launch' | 'bounds' | 'nothing' };
  /** Blocks of the grid. */
  readonly blocks: Worked;
  readonly block: readonly Worked[];
  readonly staticShared: Worked;
  readonly dynamicShared: Worked;
  /** From `__launch_bounds__`: the most threads, and the blocks that must fit. */
  readonly mostThreads: Worked | undefined;
  readonly leastBlocks: Worked | undefined;
  /** Names inside the kernel under this launch. */
  readonly scope: Scope;
  /** Names where it is launched. */
  readonly outer: Scope;
  /** What a compiler made of it, where one was asked. */
  readonly compiled?: CompiledLaunch;
}

const deepestAlias = 8;

/** Bytes of fields one after the other, each at a multiple of its own size, and the whole at a multiple of the largest. */
function structureSize(fields: readonly string[], size: (type: string) => number | undefined): number | undefined {
  let [bytes, widest] = [0, 1];
  for (const field of fields) {
    const own = size(field);
    if (own === undefined) return undefined;
    const unit = Math.min(own, 16);
    bytes = Math.ceil(bytes / unit) * unit + own;
    widest = Math.max(widest, unit);
  }
  return Math.ceil(bytes / widest) * widest;
}

type Structures = KernelFile['structures'];

function sizeIn(types: readonly ReadonlyMap<string, string>[], structures: Structures): (type: string) => number | undefined {
  const size = (type: string, depth: number): number | undefined => {
    const direct = sizeOfType(type);
    if (direct !== undefined || depth > deepestAlias) return direct;
    const fields = structures.get(type.replace(/\b(?:const|struct)\b/g, '').trim());
    if (fields) return structureSize(fields, (field) => size(field, depth + 1));
    const alias = types.flatMap((names) => names.get(type.replace(/\bconst\b/g, '').trim()) ?? [])[0];
    return alias === undefined || alias === type ? undefined : size(alias, depth + 1);
  };
  return (type) => size(type, 0);
}

/** Headers that are not there define it; on every device of CUDA it is the same. */
const warpNames = /^(?:\w+::)*(?:warpSize|WARP_SIZE|WARPSIZE|kWarpSize|WarpSize|warp_size|NumThreadsPerWarp)$/;
const threadsOfWarp = 32;

const lastPart = (name: string): string => /[\w$.]+$/.exec(name)?.[0] ?? name;

/** Names of the file: what the user gives comes after what the code says. */
function fileScope(
  file: KernelFile,
  inner: (name: string) => Expression | number | undefined,
  types: readonly ReadonlyMap<string, string>[],
): Scope {
  return {
    lookUp: (name) =>
      inner(name) ??
      file.constants.get(name) ??
      file.constants.get(lastPart(name)) ??
      file.given.get(name) ??
      (file.language === 'cuda' && warpNames.test(name) ? threadsOfWarp : undefined),
    functionOf: (name) => file.functions.get(name),
    sizeOf: sizeIn([...types, file.types], file.structures),
  };
}

function worked(expression: Expression | undefined, scope: Scope): Worked {
  if (!expression) return { value: undefined, unknown: [] };
  const value = evaluate(expression, scope);
  return { value, unknown: value === undefined ? unknownNames(expression, scope) : [] };
}

function product(parts: readonly Worked[]): Worked {
  const known = parts.every(({ value }) => value !== undefined);
  return {
    value: known ? parts.reduce((all, { value = 1 }) => all * value, 1) : undefined,
    unknown: [...new Set(parts.flatMap(({ unknown }) => unknown))],
  };
}

interface TemplateArguments {
  readonly values: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Arguments in the order of the parameters, defaults behind them. */
function templateArguments({ template }: DeviceFunction, given: readonly Expression[], outer: Scope): TemplateArguments {
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const [index, { name, isType, fallback }] of template.entries()) {
    const argument = given[index] ?? fallback;
    if (!argument) continue;
    texts.set(name, argument.text);
    if (isType) {
      types.set(name, argument.text);
      continue;
    }
    // A default may rest on the parameters before it.
    const value = evaluate(argument, { ...outer, lookUp: (inner) => values.get(inner) ?? outer.lookUp(inner) });
    if (value !== undefined) values.set(name, value);
  }
  return { values, types, texts };
}

const builtIn = /^(blockDim|gridDim)\.([xyz])$/;

/** @returns the configuration of a kernel under a launch, or under none. */
export function configurationOf(file: KernelFile, kernel: Kernel, launch: Launch | undefined): KernelConfiguration {
  const outer = fileScope(file, (name) => launch?.constants.get(name), []);
  const { values, types, texts } = templateArguments(kernel, launch?.templateArguments ?? [], outer);
  const block = (launch?.block ?? []).map((part) => worked(part, outer));
  const grid = (launch?.grid ?? []).map((part) => worked(part, outer));
  const inKernel = (name: string): Expression | number | undefined => {
    const dimension = builtIn.exec(name);
    if (dimension && launch) {
      const parts = dimension[1] === 'blockDim' ? block : grid;
      const at = 'xyz'.indexOf(dimension[2] ?? 'x');
      return at < parts.length ? parts[at]?.value : 1;
    }
    return values.get(name) ?? kernel.constants.get(name);
  };
  const scope = fileScope(file, inKernel, [types, kernel.types]);
  const mostThreads = kernel.launchBounds && worked(kernel.launchBounds.threads.expression, scope);
  const leastBlocks = kernel.launchBounds?.blocks && worked(kernel.launchBounds.blocks.expression, scope);
  const threads = launch
    ? { ...product(block), from: 'launch' as const }
    : { ...(mostThreads ?? { value: undefined, unknown: [] }), from: mostThreads ? ('bounds' as const) : ('nothing' as const) };
  return {
    kernel,
    launch,
    template: texts,
    threads,
    blocks: launch ? product(grid) : { value: undefined, unknown: [] },
    block,
    staticShared: staticShared(file, kernel, scope),
    dynamicShared: dynamicShared(kernel, launch, outer),
    mostThreads,
    leastBlocks,
    scope,
    outer,
  };
}

/** Deeper calls than this are no code anyone wrote for a GPU. */
const deepestCall = 6;

/** Bytes of the arrays one after the other, each at a multiple of its element or alignment, as the compiler lays them out. */
function ownShared(holder: DeviceFunction, scope: Scope): Worked {
  let bytes: Bytes | undefined = 0;
  const unknown = new Set<string>();
  for (const array of holder.shared) {
    if (array.isDynamic) continue;
    const element = scope.sizeOf(array.type);
    const count = product(array.dimensions.map((dimension) => worked(dimension, scope)));
    if (element === undefined) unknown.add(array.type);
    for (const name of count.unknown) unknown.add(name);
    if (element === undefined || count.value === undefined || bytes === undefined) {
      bytes = undefined;
      continue;
    }
    const aligned = (array.alignment && evaluate(array.alignment, scope)) ?? Math.min(element, 16);
    bytes = Math.ceil(bytes / aligned) * aligned + element * count.value;
  }
  return { value: bytes, unknown: [...unknown] };
}

/** A function of the device under its template arguments, which are worked out where it is called. */
function instance(
  file: KernelFile,
  callee: DeviceFunction,
  call: DeviceCall,
  caller: Scope,
): { readonly scope: Scope; readonly key: string } {
  const { values, types } = templateArguments(callee, call.templateArguments, caller);
  // A type that is itself a parameter of the caller goes by what that one stands for.
  const sizes = (type: string): number | undefined => caller.sizeOf(types.get(type) ?? type);
  const scope = fileScope(file, (name) => values.get(name) ?? callee.constants.get(name), [callee.types]);
  const inside: Scope = { ...scope, sizeOf: (type) => (types.has(type) ? sizes(type) : scope.sizeOf(type)) };
  const key = `${callee.name}<${[...values.values(), ...types.values()].join()}>`;
  return { scope: inside, key };
}

/**
 * Shared memory of a kernel and of the functions it calls: each instance of a function holds its arrays once. What the
 * compiler can let two of them share is not known here, so the sum is the most.
 */
function staticShared(file: KernelFile, kernel: Kernel, scope: Scope): Worked {
  const parts = new Map<string, Worked>([['', ownShared(kernel, scope)]]);
  const follow = (caller: DeviceFunction, inside: Scope, depth: number): void => {
    if (depth > deepestCall) return;
    for (const call of caller.calls) {
      const callee = file.deviceFunctions.find(({ name }) => name === call.callee);
      if (!callee) continue;
      const { scope: within, key } = instance(file, callee, call, inside);
      if (parts.has(key)) continue;
      parts.set(key, ownShared(callee, within));
      follow(callee, within, depth + 1);
    }
  };
  follow(kernel, scope, 0);
  const known = [...parts.values()].every(({ value }) => value !== undefined);
  const bytes = [...parts.values()].reduce((sum, { value = 0 }) => sum + value, 0);
  // The dynamic array begins behind the others, at a multiple of its own alignment.
  const dynamic = kernel.shared.find(({ isDynamic }) => isDynamic)?.alignment;
  const unit = (dynamic && evaluate(dynamic, scope)) ?? 1;
  return {
    value: known ? Math.ceil(bytes / unit) * unit : undefined,
    unknown: [...new Set([...parts.values()].flatMap(({ unknown }) => unknown))],
  };
}

function dynamicShared(kernel: Kernel, launch: Launch | undefined, outer: Scope): Worked {
  if (launch?.dynamicShared) return worked(launch.dynamicShared.expression, outer);
  const takesSome = kernel.shared.some(({ isDynamic }) => isDynamic);
  // A launch without the third argument gives none; without a launch nobody knows.
  return launch || !takesSome ? { value: 0, unknown: [] } : { value: undefined, unknown: ['the launch'] };
}

/** Every known launch of every kernel of a file; a kernel without one stands for itself. */
export function configurationsOf(file: KernelFile): readonly KernelConfiguration[] {
  return file.kernels.flatMap((kernel) => {
    const launches = file.launches.filter((launch) => launch.kernel === kernel.name);
    return (launches.length > 0 ? launches : [undefined]).map((launch) => configurationOf(file, kernel, launch));
  });
}

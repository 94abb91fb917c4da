/**
 * What the text of a kernel asks registers for, in registers of 32 bits per thread: arrays of the thread that can stay in registers,
 * fragments of matrix instructions, values that are in scope together, and what loops load ahead. The most of any place
 * counts: what is declared in a block is gone behind it. Only the compiler knows which of it lives at one time.
 */
import type { Access, LocalArray, Loop } from './body.ts';
import type { KernelConfiguration } from './configuration.ts';
import { evaluate, type Scope } from './expression.ts';
import { fragmentRegisters } from './fragments.ts';
import { runtimeName } from './runtime-index.ts';

export interface RegisterDemand {
  readonly arrays: number;
  readonly fragments: number;
  readonly values: number;
  /** Values that the loads of one loop bring at a time. */
  readonly loads: number;
  /** A loop that only the run ends. */
  readonly hasOpenLoop: boolean;
  /** What keeps the sum from being known: arrays without a size, and functions that do the whole work of a kernel. */
  readonly unknown: readonly string[];
}

const registerBytes = 4;
/** Loops with more rounds stay loops, and compilers unroll those whose rounds they do not know so often. */
const mostUnrolled = 64;
const unrolledUnasked = 16;
const unrolledUnknown = 4;
/** Compilers load no more than so much ahead, however far a loop is unrolled. */
const mostLoaded = 64;
/** Places and sizes of the grid and of its blocks. */
const builtInPlace = /^(?:threadIdx|blockIdx|blockDim|gridDim)\b/;

/** How often a loop goes round, where the text tells. */
function roundsOf({ start, limit, step }: Loop, scope: Scope): number | undefined {
  const [from, to, by] = [start, limit, step].map((one) => one && evaluate(one, scope));
  if (from === undefined || to === undefined || by === 0) return undefined;
  const rounds = Math.ceil((to - from) / (by ?? 1));
  return rounds >= 0 ? rounds : undefined;
}

/** How many of its rounds stand one behind the other in the machine's code. */
function unrolled(loop: Loop, scope: Scope, inner: number): number {
  const rounds = roundsOf(loop, scope);
  if (rounds === undefined) return inner === 1 ? unrolledUnknown : 1;
  return rounds <= (loop.isUnrolled ? mostUnrolled : unrolledUnasked) ? Math.max(1, rounds) : 1;
}

function widthOf({ as }: Access, scope: Scope): number {
  return Math.max(1, ((as === undefined ? undefined : scope.sizeOf(as)) ?? registerBytes) / registerBytes);
}

/** The loads of the loop that brings most, loops inside it that are unrolled counted with it. */
function loadsOf({ kernel, scope }: KernelConfiguration): number {
  const own = new Set(kernel.statements.localArrays.map(({ name }) => name));
  const byLoop = new Map<Loop | undefined, number>();
  for (const access of kernel.statements.accesses) {
    if (access.kind !== 'read' || own.has(access.array)) continue;
    let times = 1;
    let around: Loop | undefined;
    for (const loop of access.loops.toReversed()) {
      const more = unrolled(loop, scope, times);
      times *= more;
      around = loop;
      if (roundsOf(loop, scope) !== more) break;
    }
    byLoop.set(around, (byLoop.get(around) ?? 0) + times * widthOf(access, scope));
  }
  return Math.min(mostLoaded, Math.max(0, ...byLoop.values()));
}

interface Held {
  readonly at: number;
  readonly registers: number;
}

/** The most that is in scope at one place. */
function together(held: readonly Held[], { kernel }: KernelConfiguration): number {
  const { blocks } = kernel.statements;
  const inside = ({ start, end }: { readonly start: number; readonly end: number }, at: number): boolean => start <= at && at < end;
  const home = new Map(held.map((one) => [one, blocks.findLast((block) => inside(block, one.at))]));
  let most = 0;
  for (const block of new Set(home.values())) {
    if (!block) continue;
    let sum = 0;
    for (const [one, own] of home) if (own && inside(own, block.start)) sum += one.registers;
    most = Math.max(most, sum);
  }
  return most;
}

/** Registers of an array; undefined where its size is not known, none where it has to live in memory. */
function arrayRegisters(array: LocalArray, { kernel, scope }: KernelConfiguration): number | undefined {
  const sizes = array.dimensions.flatMap((dimension) => evaluate(dimension, scope) ?? []);
  const each = scope.sizeOf(array.type);
  if (each === undefined || sizes.length !== array.dimensions.length) return undefined;
  const isMoving = kernel.statements.accesses.some((access) => access.array === array.name && runtimeName(access, kernel) !== undefined);
  return isMoving ? 0 : Math.ceil((sizes.reduce((all, size) => all * size, 1) * each) / registerBytes);
}

/**
 * The names that a compiler knows the values of. What the run decides stays open, whoever tells its value: a comment about a
 * parameter of the launch changes no code.
 */
function compileScope({ kernel, scope }: KernelConfiguration): Scope {
  const template = new Set(kernel.template.map(({ name }) => name));
  const runtime = new Set([...kernel.parameters.map(({ name }) => name), ...kernel.changing].filter((name) => !template.has(name)));
  const isOfRun = (name: string): boolean => builtInPlace.test(name) || runtime.has(/^\w+/.exec(name)?.[0] ?? name);
  return { ...scope, lookUp: (name) => (isOfRun(name) ? undefined : scope.lookUp(name)) };
}

export function registerDemand(written: KernelConfiguration): RegisterDemand {
  const { kernel } = written;
  const scope = compileScope(written);
  const configuration: KernelConfiguration = { ...written, scope };
  const { localArrays, localValues } = kernel.statements;
  const [arrays, fragments, values]: [Held[], Held[], Held[]] = [[], [], []];
  const unknown: string[] = [];
  for (const array of localArrays) {
    const at = array.range.start;
    const fragment = fragmentRegisters(array.type, scope);
    const count = array.dimensions.reduce((all, one) => all * (evaluate(one, scope) ?? Number.NaN), 1);
    const registers = fragment === undefined ? arrayRegisters(array, configuration) : fragment * count;
    if (registers === undefined || Number.isNaN(registers)) unknown.push(array.name);
    else (fragment === undefined ? arrays : fragments).push({ at, registers });
  }
  for (const { type, range } of localValues) {
    const fragment = fragmentRegisters(type, scope);
    if (fragment !== undefined) fragments.push({ at: range.start, registers: fragment });
    else values.push({ at: range.start, registers: Math.max(1, (scope.sizeOf(type) ?? registerBytes) / registerBytes) });
  }
  const loads = loadsOf(configuration);
  // A kernel that only calls: functions are not followed, and they are where its registers go.
  if (loads === 0 && arrays.length + fragments.length === 0)
    unknown.push(...kernel.statements.calls.slice(0, 1).map(({ callee }) => callee));
  return {
    arrays: together(arrays, configuration),
    fragments: together(fragments, configuration),
    values: together(values, configuration),
    loads,
    hasOpenLoop: kernel.statements.loops.some((loop) => roundsOf(loop, scope) === undefined),
    unknown,
  };
}

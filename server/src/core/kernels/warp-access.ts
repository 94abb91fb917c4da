/**
 * Which elements the threads of a warp touch in one instruction, and what that costs: sectors of 32 bytes of global
 * memory, and turns of the 32 banks of shared memory.
 *
 * The index is worked out for every thread of the first warp. Names that only the run decides get sizes at random, the
 * same for all threads; a verdict counts only where all samples agree, so that it does not rest on them.
 * Sources: CUDA C++ Programming Guide, "Device Memory Accesses" and "Shared Memory" (32 banks of 4 bytes; accesses of 8
 * and 16 bytes run in two and four parts).
 */
import type { Access } from './body.ts';
import type { KernelConfiguration } from './configuration.ts';
import { type Expression, evaluate, partsOf, type Scope } from './expression.ts';

const sectorBytes = 32;
const bankBytes = 4;
const banks = 32;

/** Sizes as runs have them: powers of two, a multiple of 32 that is none, and odd ones. */
const samples: readonly (readonly number[])[] = [
  [4096, 1024, 2048, 8192, 512],
  [4128, 1056, 2080, 8224, 544],
  [4099, 1031, 2053, 8209, 521],
];
/** Steps from one element to the next, which are one more often than not: `x[i * incx]`. */
const elementStep = /^(?:stride(?:_?[xw\d])?|inc_?\w?|s\d|step)$/i;

export interface Lane {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The first threads of the block; undefined where the block's shape matters and is not known. */
export function lanesOf(configuration: KernelConfiguration, most: number, usesRows: boolean): readonly Lane[] | undefined {
  const [x, y] = [configuration.block[0]?.value, configuration.block[1]?.value ?? 1];
  if (x === undefined && usesRows) return undefined;
  const width = x ?? most;
  const count = Math.min(most, configuration.threads.value ?? most);
  return Array.from({ length: count }, (_, at) => ({ x: at % width, y: Math.floor(at / width) % y, z: Math.floor(at / (width * y)) }));
}

/** Names in an expression and in what they stand for. */
export function namesIn(expression: Expression, scope: Scope, found = new Set<string>(), depth = 0): ReadonlySet<string> {
  if (depth > 40) return found;
  if (expression.kind === 'name' && !found.has(expression.name)) {
    found.add(expression.name);
    const value = scope.lookUp(expression.name);
    if (typeof value === 'object') namesIn(value, scope, found, depth + 1);
  }
  for (const part of partsOf(expression)) namesIn(part, scope, found, depth + 1);
  return found;
}

/** The scope of a statement: a loop's variable is what it begins with, a local that changes is nothing. */
function scopeOf({ kernel, scope }: KernelConfiguration, { loops }: Pick<Access, 'loops'>): Scope {
  const starts = new Map(loops.flatMap(({ variable, start }) => (variable !== undefined && start ? [[variable, start] as const] : [])));
  const hidden: Expression = { kind: 'other', text: 'a local that changes' };
  return {
    ...scope,
    lookUp: (name) => starts.get(name) ?? (kernel.changing.has(name) ? hidden : scope.lookUp(name)),
  };
}

export const threadIndex = /^(?:threadIdx|hipThreadIdx_?)\.?[xyz]$/;

const whole = (value: number, text: string): Expression => ({ kind: 'number', value, text });

/** An index with everything worked out that is the same for all threads, so that each of them costs little. */
function folded(expression: Expression, scope: Scope, depth: number): Expression {
  if (depth > 40) return { kind: 'other', text: expression.text };
  const inner = (part: Expression): Expression => folded(part, scope, depth + 1);
  const settled = (parts: readonly Expression[], rebuilt: Expression): Expression => {
    const value = parts.every(({ kind }) => kind === 'number') ? evaluate(rebuilt, scope) : undefined;
    return value === undefined ? rebuilt : whole(value, expression.text);
  };
  switch (expression.kind) {
    case 'name': {
      const value = threadIndex.test(expression.name) ? expression : scope.lookUp(expression.name);
      if (value === expression) return expression;
      return typeof value === 'number'
        ? whole(value, expression.text)
        : value === undefined
          ? { kind: 'other', text: expression.text }
          : inner(value);
    }
    case 'unary': {
      const operand = inner(expression.operand);
      return settled([operand], { ...expression, operand });
    }
    case 'binary': {
      const [left, right] = [inner(expression.left), inner(expression.right)];
      return settled([left, right], { ...expression, left, right });
    }
    case 'conditional': {
      const test = inner(expression.test);
      if (test.kind === 'number') return inner(test.value === 0 ? expression.no : expression.yes);
      return { ...expression, test, yes: inner(expression.yes), no: inner(expression.no) };
    }
    case 'call': {
      // The body of a macro may name what stands around it, which only the whole scope tells.
      const own = scope.functionOf(expression.callee);
      const values = expression.values.map(inner);
      if (!own) return settled(values, { ...expression, values });
      const given = new Map(own.parameters.map((name, at) => [name, values[at]]));
      return folded(own.body, { ...scope, lookUp: (name) => (given.has(name) ? given.get(name) : scope.lookUp(name)) }, depth + 1);
    }
    case 'sizeof': {
      const value = scope.sizeOf(expression.type);
      return value === undefined ? expression : whole(value, expression.text);
    }
    default:
      return expression;
  }
}

/** Places of the elements in units of the array's element, one list per sample. */
export type WarpElements = readonly (readonly number[])[];

/**
 * @param strides elements from one value of an index to the next, one per index of the access.
 * @param own threads that make the access; those of the first warp unless they are given.
 * @returns undefined where the index does not depend on the thread, or where code that is not arithmetic decides it.
 */
export function warpElements(
  configuration: KernelConfiguration,
  access: Pick<Access, 'indexes' | 'loops'>,
  strides: readonly number[],
  warpThreads: number,
  own?: readonly Lane[],
): WarpElements | undefined {
  const scope = scopeOf(configuration, access);
  const names = new Set(access.indexes.flatMap((index) => [...namesIn(index, scope)]));
  const threads = [...names].filter((name) => threadIndex.test(name));
  if (threads.length === 0) return undefined;
  const usesRows = threads.some((name) => !name.endsWith('x'));
  const lanes = own ?? lanesOf(configuration, warpThreads, usesRows);
  if (!lanes) return undefined;
  const open = [...names].filter((name) => scope.lookUp(name) === undefined && !threadIndex.test(name));
  const all: number[][] = [];
  const steps = open.filter((name) => elementStep.test(name));
  for (const sizes of steps.length > 0 ? [...samples, ...samples.slice(-1)] : samples) {
    const given = new Map(open.map((name, at) => [name, sizes[at % sizes.length] ?? 1]));
    if (all.length === samples.length) for (const name of steps) given.set(name, 1);
    const around: Scope = { ...scope, lookUp: (name) => scope.lookUp(name) ?? given.get(name) };
    const indexes = access.indexes.map((index) => folded(index, around, 0));
    const elements: number[] = [];
    for (const lane of lanes) {
      const here: Scope = { ...scope, lookUp: (name) => (threadIndex.test(name) ? lane[name.at(-1) as keyof Lane] : undefined) };
      let element = 0;
      for (const [at, index] of indexes.entries()) {
        const value = evaluate(index, here);
        if (value === undefined) return undefined;
        element += value * (strides[at] ?? 1);
      }
      elements.push(element);
    }
    all.push(elements);
  }
  return all;
}

/** The same verdict from every sample, or none. */
function agreed(values: readonly number[]): number | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}

/** Sectors of 32 bytes that one access of a warp moves; undefined where that depends on sizes that are not known. */
export function sectorsOf(elements: WarpElements, elementBytes: number): number | undefined {
  return agreed(elements.map((places) => new Set(places.map((place) => Math.floor((place * elementBytes) / sectorBytes))).size));
}

/** The fewest sectors that hold as many elements. */
export const fewestSectors = (lanes: number, elementBytes: number): number => Math.max(1, Math.ceil((lanes * elementBytes) / sectorBytes));

/** Turns the banks need for one access of a warp, 1 without a conflict. */
export function bankTurns(elements: WarpElements, elementBytes: number): number | undefined {
  return agreed(elements.map((places) => turnsOf(places, elementBytes)));
}

function turnsOf(places: readonly number[], elementBytes: number): number {
  const together = Math.max(1, Math.floor(places.length / Math.max(1, elementBytes / bankBytes)));
  let most = 1;
  for (let from = 0; from < places.length; from += together) {
    const words = new Map<number, Set<number>>();
    for (const place of places.slice(from, from + together)) {
      const first = Math.floor((place * elementBytes) / bankBytes);
      for (let word = first; word < first + Math.max(1, elementBytes / bankBytes); word++) {
        const bank = ((word % banks) + banks) % banks;
        words.set(bank, (words.get(bank) ?? new Set()).add(word));
      }
    }
    most = Math.max(most, ...[...words.values()].map((set) => set.size));
  }
  return most;
}

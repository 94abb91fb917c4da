/**
 * What a CUDA or HIP kernel computes and moves in one launch, as counts in its own names: FLOPs, bytes its threads ask of
 * global memory (whole sectors of 32 bytes), the least that must be moved because each element is touched at all, clocks of
 * the load/store units. Tails of last tiles are ignored, conditions on values are taken to hold.
 */
import type { KernelArithmetic } from '../arithmetic.ts';
import type { Access } from '../body.ts';
import type { KernelConfiguration } from '../configuration.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import { sizeOfType } from '../type-sizes.ts';
import { bankTurns, sectorsOf, type WarpElements, warpElements } from '../warp-access.ts';
import { baseOf, type Distinct, distinctOf } from './distinct.ts';
import { type Flops, flopsOf } from './flops.ts';
import { activeWarps } from './lanes.ts';
import { constant, numberIn, onceEach, type Polynomial, quotient, scaled, sum, zero } from './polynomial.ts';
import { type Axis, type Counting, extentsOf, numberOf, symbolsOf } from './setting.ts';
import { isDead, timesOf } from './shares.ts';
import { dependentSteps } from './steps.ts';
import { unreadCalls } from './unread.ts';

export interface Traffic {
  /** The parameter it goes through. */
  readonly array: string;
  readonly kind: 'read' | 'write' | 'atomic';
  /** Bytes of one access of one thread. */
  readonly bytes: number;
  /** Bytes asked for, whole sectors. */
  readonly asked: Polynomial;
  /** Bytes of the different elements. */
  readonly compulsory: Polynomial;
  /** Bytes of the different elements of each block, all blocks together. */
  readonly byBlocks: Polynomial;
  readonly loops: Access['loops'];
  readonly range: Access['range'];
}

/** Accesses of warps, and the clocks their data takes. */
export interface Loads {
  readonly times: Polynomial;
  readonly clocks: number;
}

export interface KernelIntensity {
  readonly counting: Counting;
  readonly flops: readonly { readonly unit: Flops['unit']; readonly format: Flops['format']; readonly count: Polynomial }[];
  readonly traffic: readonly Traffic[];
  /** Bytes asked, read and written. */
  readonly asked: { readonly read: Polynomial; readonly written: Polynomial };
  /** Each array once. */
  readonly compulsory: { readonly read: Polynomial; readonly written: Polynomial };
  /** Asked of the device's cache by blocks that keep what they have read. */
  readonly byBlocks: Polynomial;
  readonly loads: readonly Loads[];
  /** Turns of a loop that one thread takes one after the other, each needing the value of the one before; absent where no loop does. */
  readonly steps?: Polynomial;
  /** Whether a tile is copied while another is used. */
  readonly isBuffered: boolean;
  /** Functions that are handed pointers or arrays and not looked into, and in Triton statements that are not followed: what they compute and move is missing. */
  readonly unread: readonly string[];
  readonly notes: readonly string[];
  /** Types whose size had to be assumed. */
  readonly assumedTypes: readonly string[];
  /** Where the size of elements comes from, in languages whose kernels do not name it. */
  readonly elementsFrom?: string;
}

const warp = 32;
const sector = 32;
const line = 128;
const bank = 4;
/** Bytes of a clock out of the cache of a multiprocessor. */
const sharedCache = 64;

type Typed = Pick<Access, 'array' | 'as' | 'bytes'>;

/** The type an element is accessed as, as written. */
function elementType({ array, as }: Typed, { configuration, arithmetic }: Counting): string | undefined {
  const shared = configuration.kernel.shared.find(({ name }) => name === array);
  const written = as ?? shared?.type ?? arithmetic.types.get(array) ?? '';
  const type = written.replace(/[*&]|\b(?:const|restrict|__restrict__|__restrict|volatile|typename)\b/g, ' ').trim();
  return type === '' || type === 'unknown' ? undefined : type;
}

/** Taken where a type is declared nowhere that is read, or in several ways. */
const usualBytes = 4;

function elementBytes(access: Typed, counting: Counting): number | undefined {
  const { configuration, symbols } = counting;
  const copied = access.bytes && evaluate(access.bytes, symbols.scope);
  if (copied !== undefined) return copied;
  const type = elementType(access, counting);
  if (type === undefined) return undefined;
  // A comment may say how large a type is: `rooflint: floatX=2`.
  const given = configuration.scope.lookUp(type);
  return configuration.scope.sizeOf(type) ?? sizeOfType(type) ?? (typeof given === 'number' ? given : undefined);
}

/** The same with what is taken for a type that nothing tells, which is said. */
function assumedBytes(access: Access, counting: Counting): number {
  const known = elementBytes(access, counting);
  if (known !== undefined) return known;
  const type = elementType(access, counting);
  counting.assumedTypes.add(type ?? access.array);
  counting.notes.add(
    type === undefined
      ? `the type of ${access.array} is not told: ${usualBytes} bytes an element are assumed`
      : `the size of ${type} is not told: ${usualBytes} bytes are assumed, a comment such as rooflint: ${type}=2 tells it`,
  );
  return usualBytes;
}

/**
 * What one more of each index is worth, in units of the bytes that are accessed: an element of the array, of which a cast to
 * a wider type takes several at once.
 */
function stridesOf(access: Access, bytes: number, counting: Counting): readonly number[] {
  const shared = counting.configuration.kernel.shared.find(({ name }) => name === access.array);
  const sizes = (shared?.dimensions ?? []).map((dimension) => evaluate(dimension, counting.configuration.scope) ?? 1);
  const { as: _, bytes: __, ...own } = access;
  const part = access.isCastFirst ? 1 : (elementBytes(own, counting) ?? bytes) / bytes;
  return access.indexes.map((___, at) => part * sizes.slice(at + 1).reduce((all, size) => all * size, 1));
}

const withoutQualifiers = (type: string | undefined): string | undefined => type?.replace(/\b(?:const|__restrict__)\b|\s/g, '');

/** An access through a pointer of the thread as one of the array it starts in: `float *p = x + i` makes `p[j]` `x[i + j]`. */
function fromBase(access: Access, { arithmetic, configuration }: Counting): Access {
  const { types, initial } = arithmetic;
  let { array, indexes } = access;
  for (let depth = 0; depth < 6 && !configuration.kernel.parameters.some(({ name }) => name === array); depth++) {
    const start = types.get(array)?.includes('*') ? initial.get(array) : undefined;
    const [last] = indexes;
    if (start?.kind !== 'binary' || start.operator !== '+' || start.left.kind !== 'name' || !last || indexes.length !== 1) break;
    const pointed = types.get(start.left.name);
    if (withoutQualifiers(pointed) !== withoutQualifiers(types.get(array))) break;
    array = start.left.name;
    indexes = [{ kind: 'binary', operator: '+', left: start.right, right: last, text: `${start.right.text} + ${last.text}` }];
  }
  return array === access.array ? access : { ...access, array, indexes };
}

/** How a warp makes an access: with how many of its lanes, and how many sectors they move; means of the warps that make it. */
interface WarpAccess {
  readonly lanes: number;
  readonly sectors: number;
}

function warpAccess(written: Access, bytes: number, counting: Counting): WarpAccess {
  const { configuration } = counting;
  const access = fromBase(written, counting);
  const strides = stridesOf(access, bytes, counting);
  const isSame = isSameForAll(access, counting);
  const of = (lanes: number, elements: WarpElements | undefined): WarpAccess => {
    // An index that code decides is taken to walk with the lanes; whoever takes part moves a sector.
    const fallback = isSame && !elements ? 1 : Math.max(1, (bytes * lanes) / sector);
    return { lanes, sectors: (elements && sectorsOf(elements, bytes)) ?? fallback };
  };
  const warps = activeWarps(access, counting);
  if (!warps) return of(Math.min(warp, configuration.threads.value ?? warp), warpElements(configuration, access, strides, warp));
  const all = warps.map((lanes) => of(lanes.length, warpElements(configuration, access, strides, warp, lanes)));
  const mean = (part: keyof WarpAccess): number => all.reduce((total, one) => total + one[part], 0) / all.length;
  return { lanes: mean('lanes'), sectors: mean('sectors') };
}

/** Bytes one thread's share of a warp's access comes to, sectors taken whole. */
function sectorBytes(access: Access, bytes: number, counting: Counting): number {
  const { lanes, sectors } = warpAccess(access, bytes, counting);
  return (sectors * sector) / lanes;
}

function isSameForAll({ indexes }: Access, { symbols }: Counting): boolean {
  const usesThread = (expression: Expression, depth: number): boolean => {
    if (depth > 12) return true;
    if (expression.kind === 'name') {
      if (expression.name.startsWith('threadIdx')) return true;
      const value = symbols.scope.lookUp(expression.name);
      return typeof value === 'object' && usesThread(value, depth + 1);
    }
    if (expression.kind === 'other') return true;
    return Object.values(expression).some(
      (part) => typeof part === 'object' && part !== null && 'kind' in part && usesThread(part as Expression, depth + 1),
    );
  };
  return !indexes.some((index) => usesThread(index, 0));
}

/** Loops of more turns are not unrolled whole. */
const mostUnrolled = 64;

/**
 * How often an access is really made: what is read again in the turns of an unrolled loop that its index does not rest on
 * stays in registers.
 */
function issued(access: Access, counting: Counting): Polynomial {
  if (access.kind !== 'read') return timesOf(access, counting);
  const loops = access.loops.filter(({ variable, limit, isUnrolled }) => {
    const turns = limit && evaluate(limit, counting.symbols.scope);
    const isWhole = isUnrolled || (turns !== undefined && turns <= mostUnrolled);
    return !isWhole || variable === undefined || access.indexes.some((index) => walksBy(index, variable, counting) !== 0);
  });
  return timesOf({ ...access, loops }, counting);
}

/** Threads that do not take part touch nothing: no more elements than there are accesses. */
function noMoreThan(times: Polynomial, { elements, byBlocks }: Distinct, counting: Counting): Distinct {
  const least = (count: Polynomial): Polynomial => {
    const exact = quotient(times, count);
    const [all, own] = [numberOf(times, counting), numberOf(count, counting)];
    const ratio = (exact && numberIn(exact)) ?? (all === undefined || !own ? 1 : all / own);
    return ratio < 1 ? times : count;
  };
  return { elements: least(elements), byBlocks: least(byBlocks) };
}

function trafficOf(counting: Counting): readonly Traffic[] {
  const { statements } = counting.arithmetic;
  return statements.accesses.flatMap((access) => {
    const array = baseOf(access.array, counting);
    if (array === undefined || isDead(access, counting)) return [];
    const bytes = assumedBytes(access, counting);
    const { elements, byBlocks } = noMoreThan(timesOf(access, counting), distinctOf(access, counting), counting);
    return [
      {
        array,
        kind: access.kind,
        bytes,
        asked: scaled(issued(access, counting), sectorBytes(access, bytes, counting)),
        compulsory: scaled(elements, bytes),
        byBlocks: scaled(byBlocks, bytes),
        loops: access.loops,
        range: access.range,
      },
    ];
  });
}

/** Each array once: the access that touches most of it. */
const byArray = (traffic: readonly Traffic[], which: (one: Traffic) => Polynomial): Polynomial =>
  onceEach(traffic.map((one) => [one.array, which(one)] as const));

/** Clocks the data of one access of a warp takes, whatever the units that issue it: turns of the banks, or lines and sectors. */
function dataClocks(written: Access, bytes: number, isShared: boolean, counting: Counting): number {
  const access = fromBase(written, counting);
  const together = merged(access, bytes, counting);
  const elements = warpElements(counting.configuration, access, stridesOf(access, bytes, counting), warp);
  if (!isShared) {
    const lines = (elements && sectorsOf(elements, (bytes * sector) / line)) ?? 1;
    return Math.max(lines, (warpAccess(access, bytes, counting).sectors * sector) / sharedCache);
  }
  if (!elements) return 1;
  // Merged loads take the different addresses of the warp, 16 bytes each.
  if (together > 1) return Math.max(1, (new Set(elements[0]).size * 16) / line);
  return (bankTurns(elements, bytes) ?? 1) * Math.max(1, bytes / bank);
}

/** Lanes of a warp that make an access, in the mean of the warps that do. */
function lanesOf(access: Access, counting: Counting): number {
  const warps = activeWarps(access, counting);
  return warps ? warps.reduce((all, { length }) => all + length, 0) / warps.length : warp;
}

/** Loads and stores of the kernel, with how long the data of one of a warp takes. */
function loadsOf(counting: Counting): readonly Loads[] {
  const { arithmetic, configuration } = counting;
  const found = new Map<number, Polynomial>();
  for (const access of arithmetic.statements.accesses) {
    const isShared = configuration.kernel.shared.some(({ name }) => name === access.array);
    if (!isShared && baseOf(access.array, counting) === undefined) continue;
    const bytes = elementBytes(access, counting) ?? bank;
    const clocks = dataClocks(access, bytes, isShared, counting);
    const times = scaled(issued(access, counting), 1 / (lanesOf(access, counting) * merged(access, bytes, counting)));
    found.set(clocks, sum(found.get(clocks) ?? zero, times));
  }
  return [...found].map(([clocks, times]) => ({ clocks, times }));
}

/** Neighbours that an unrolled loop reads one after the other are read together, 16 bytes at a time. */
function merged(access: Access, bytes: number, counting: Counting): number {
  if (access.kind !== 'read' || bytes >= 16) return 1;
  const last = access.indexes.at(-1);
  const whole = access.loops.findLast(({ variable, limit, isUnrolled }) => {
    const turns = limit && evaluate(limit, counting.symbols.scope);
    const isWhole = isUnrolled || (turns !== undefined && turns <= mostUnrolled);
    return variable !== undefined && isWhole && last !== undefined && walksBy(last, variable, counting) === 1;
  });
  return whole ? 16 / bytes : 1;
}

/** By how much an index grows with a variable. */
function walksBy(index: Expression, variable: string, counting: Counting): number | undefined {
  const at = (value: number): number | undefined => {
    const scope: Scope = {
      ...counting.symbols.scope,
      lookUp: (name) => (name === variable ? value : (counting.symbols.scope.lookUp(name) ?? 4096)),
    };
    return evaluate(index, scope);
  };
  const [first, second] = [at(0), at(1)];
  return first === undefined || second === undefined ? undefined : second - first;
}

const copies = /cp\.async|cp_async|memcpy_async|__pipeline|cuda::pipeline|CP_ASYNC|tma_load|cp\.async\.bulk/;

/** Values of parameters that the launch hands on by name, and the names the host has for them. */
function handedOn({ kernel, launch }: KernelConfiguration): ReadonlyMap<string, string> {
  const pairs = (launch?.values ?? []).flatMap((value, at) => {
    const parameter = kernel.parameters[at];
    return parameter && !parameter.isPointer && value.kind === 'name' ? [[value.name, parameter.name] as const] : [];
  });
  return new Map(pairs);
}

/** Parameters that the launch gives a number. */
function handedValues({ kernel, launch }: KernelConfiguration, hostScope: Scope): ReadonlyMap<string, number> {
  const pairs = (launch?.values ?? []).flatMap((value, at) => {
    const parameter = kernel.parameters[at];
    const size = parameter && !parameter.isPointer ? evaluate(value, hostScope) : undefined;
    return parameter && size !== undefined ? [[parameter.name, size] as const] : [];
  });
  return new Map(pairs);
}

export function kernelIntensity(configuration: KernelConfiguration, arithmetic: KernelArithmetic, text: string): KernelIntensity {
  const { launch } = configuration;
  const symbols = symbolsOf(configuration, arithmetic);
  const uses = (axis: Axis): boolean => new RegExp(`\\b(?:blockIdx|blockDim|gridDim|threadIdx)\\.${axis}\\b`).test(text);
  const names = handedOn(configuration);
  const hostScope: Scope = { ...configuration.scope, lookUp: (name) => launch?.constants.get(name) ?? configuration.scope.lookUp(name) };
  const extent = (name: 'blockDim' | 'gridDim', factors: readonly Expression[] | undefined) =>
    extentsOf(name, factors, configuration, uses, names, hostScope);
  const block = extent('blockDim', launch?.block);
  const bounds = !launch && configuration.threads.from === 'bounds' && configuration.threads.value !== undefined;
  const counting: Counting = {
    configuration,
    arithmetic,
    symbols,
    block: bounds ? { x: constant(configuration.threads.value ?? 1), y: constant(1), z: constant(1) } : block,
    grid: extent('gridDim', launch?.grid),
    handed: handedValues(configuration, hostScope),
    notes: new Set(),
    assumedTypes: new Set(),
  };
  const totals = new Map<string, { unit: Flops['unit']; format: Flops['format']; count: Polynomial }>();
  for (const { setting, each, unit, format } of flopsOf(arithmetic, configuration.scope)) {
    const key = `${unit} ${format}`;
    const count = scaled(timesOf(setting, counting), unit === 'matrix' ? each / 32 : each);
    totals.set(key, { unit, format, count: sum(totals.get(key)?.count ?? zero, count) });
  }
  const traffic = trafficOf(counting);
  const steps = dependentSteps(counting);
  const [read, written] = [traffic.filter(({ kind }) => kind !== 'write'), traffic.filter(({ kind }) => kind !== 'read')];
  const all = (some: readonly Traffic[]): Polynomial => sum(...some.map(({ asked }) => asked));
  return {
    counting,
    flops: [...totals.values()].filter(({ count }) => count.length > 0),
    traffic,
    asked: { read: all(read), written: all(written) },
    compulsory: { read: byArray(read, ({ compulsory }) => compulsory), written: byArray(written, ({ compulsory }) => compulsory) },
    byBlocks: sum(
      byArray(read, ({ byBlocks }) => byBlocks),
      byArray(written, ({ byBlocks }) => byBlocks),
    ),
    loads: loadsOf(counting),
    ...(steps ? { steps } : {}),
    isBuffered: copies.test(text),
    unread: unreadCalls(counting),
    notes: [...counting.notes],
    assumedTypes: [...counting.assumedTypes],
  };
}

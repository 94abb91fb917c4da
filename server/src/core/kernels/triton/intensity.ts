/**
 * What a Triton kernel computes and moves in one launch, as counts in its own names. Programs of the grid are blocks, tiles
 * loops over their elements; masked tails are ignored. The types of pointers are known only at the launch: bytes are those
 * of `element_bytes`, as far as a comment, the tensors or the kernel's casts tell it (`elements.ts`).
 */
import type { KernelArithmetic } from '../arithmetic.ts';
import type { KernelConfiguration } from '../configuration.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import type { Kernel } from '../facts.ts';
import { baseOf, distinctOf } from '../intensity/distinct.ts';
import type { KernelIntensity, Traffic } from '../intensity/kernel-intensity.ts';
import { onceEach, one, type Polynomial, product, scaled, substituted, sum, symbol, zero } from '../intensity/polynomial.ts';
import { type Axis, type Counting, symbolsOf } from '../intensity/setting.ts';
import { timesOf } from '../intensity/shares.ts';
import { countOf } from '../intensity/symbolic.ts';
import type { TritonConfiguration } from './configuration.ts';
import { elementsOf, type TritonTexts } from './elements.ts';
import type { TritonArithmetic, TritonFile } from './facts.ts';

export const elementBytes = 'element_bytes';

const nowhere = { start: 0, end: 0 };
const nothing: KernelArithmetic['statements'] = {
  loops: [],
  accesses: [],
  divisions: [],
  calls: [],
  doubles: [],
  localArrays: [],
  localValues: [],
  blocks: [],
};

/** The kernel in the shape that counts of CUDA kernels take. */
function asKernel({ kernel }: TritonConfiguration, { changing, pointers }: TritonArithmetic): Kernel {
  return {
    name: kernel.name,
    nameRange: kernel.nameRange,
    range: kernel.range,
    body: nowhere,
    template: [],
    shared: [],
    constants: new Map(),
    types: new Map(),
    calls: [],
    cluster: [],
    statements: nothing,
    changing,
    parameters: kernel.parameters.map(({ name, isConstexpr, range }) => ({
      name,
      type: pointers.has(name) ? '*' : isConstexpr ? 'constexpr' : 'int',
      isPointer: pointers.has(name),
      isConst: false,
      isRestrict: false,
      range,
    })),
  };
}

/** Names of the caller that it hands to a parameter of another name. */
function handedOn({ kernel, launch }: TritonConfiguration): ReadonlyMap<string, string> {
  const pairs = (launch?.values ?? []).flatMap((value, at) => {
    const parameter = kernel.parameters[at];
    return parameter && value.kind === 'name' ? [[value.name, parameter.name] as const] : [];
  });
  return new Map(pairs);
}

const configurationOfTriton = (one_: TritonConfiguration, arithmetic: TritonArithmetic, scope: Scope): KernelConfiguration => {
  const open = { value: undefined, unknown: [] };
  return {
    kernel: asKernel(one_, arithmetic),
    launch: undefined,
    template: new Map(),
    threads: { ...open, from: 'nothing' },
    blocks: open,
    block: [],
    staticShared: open,
    dynamicShared: open,
    mostThreads: undefined,
    leastBlocks: undefined,
    scope,
    outer: scope,
  };
};

function gridOf(configuration: TritonConfiguration, scope: Scope, given: ReadonlyMap<string, number>): Record<Axis, Polynomial> {
  const { launch } = configuration;
  const names = handedOn(configuration);
  // What the caller works out itself is followed; what it calls as the kernel does stays a name.
  const parameters = new Set(configuration.kernel.parameters.filter(({ isConstexpr }) => !isConstexpr).map(({ name }) => name));
  const lookUp = (name: string): Expression | number | undefined =>
    configuration.values.get(name) ?? launch?.constants.get(name) ?? scope.lookUp(name);
  const of = (axis: Axis, at: number): Polynomial => {
    const factor = launch?.grid?.[at];
    if (launch?.grid && !factor) return one;
    const isFree = (name: string): boolean =>
      names.has(name) || given.has(name) || (parameters.has(name) && launch?.constants.get(name) === undefined);
    const count = factor && countOf(factor, { scope: { ...scope, lookUp }, isFree });
    if (!count) return symbol(`gridDim.${axis}`);
    return substituted(count, (name) => (names.has(name) ? symbol(names.get(name) ?? name) : undefined));
  };
  return { x: of('x', 0), y: of('y', 1), z: of('z', 2) };
}

export function tritonIntensity(
  configuration: TritonConfiguration,
  arithmetic: TritonArithmetic,
  file: TritonFile,
  texts: TritonTexts,
): KernelIntensity {
  const elements = elementsOf(file, texts, arithmetic);
  const usual = elements.bytes;
  const scope: Scope = {
    ...configuration.scope,
    lookUp: (name) => (name === elementBytes ? usual : configuration.scope.lookUp(name)),
  };
  const facts: KernelArithmetic = {
    statements: nothing,
    operations: arithmetic.moves,
    types: new Map([...arithmetic.pointers].map((name) => [name, '*'] as const)),
    initial: arithmetic.initial,
    lambdas: new Map(),
  };
  const whole = configurationOfTriton(configuration, arithmetic, scope);
  const symbols = symbolsOf(whole, facts);
  // Sizes of tiles that a configuration or launch gives are numbers; the others, and what the caller decides, stay names.
  const constants = new Set(configuration.kernel.parameters.filter(({ isConstexpr }) => isConstexpr).map(({ name }) => name));
  const isFree = (name: string): boolean => !constants.has(name) && symbols.isFree(name);
  const lookUp: Scope['lookUp'] = (name) =>
    isFree(name) ? undefined : constants.has(name) ? scope.lookUp(name) : (arithmetic.initial.get(name) ?? symbols.scope.lookUp(name));
  const counting: Counting = {
    configuration: whole,
    arithmetic: facts,
    symbols: { scope: { ...symbols.scope, lookUp }, isFree },
    block: { x: one, y: one, z: one },
    grid: gridOf(configuration, scope, file.given),
    handed: new Map(),
    notes: new Set([
      'tails that masks cut off are counted whole, branches as taken',
      ...(elements.isAssumed
        ? [
            `${usual} bytes an element are assumed: ${elements.from}; a comment such as rooflint: element_bytes=${usual === 4 ? 2 : 4} tells it`,
          ]
        : []),
    ]),
    assumedTypes: new Set(elements.isAssumed && usual === 4 ? [elementBytes] : []),
  };
  const flops = (['matrix', 'vector'] as const).map((unit) => ({
    unit,
    format:
      unit === 'vector' || evaluate({ kind: 'name', name: elementBytes, text: elementBytes }, scope) === 4
        ? formatOf(unit)
        : ('fp16' as const),
    count: sum(...arithmetic.flops.filter((one_) => one_.unit === unit).map((one_) => scaled(timesOf(one_, counting), one_.each))),
  }));
  const traffic = arithmetic.accesses.flatMap((access): readonly Traffic[] => {
    const array = baseOf(access.array, counting) ?? access.array;
    const bytes = symbol(elementBytes);
    const asked = product(timesOf(access, counting), bytes);
    const real = access.loops.filter(({ variable }) => !variable?.startsWith('element '));
    const parts = access.shape?.map((part) => countOf(part, counting.symbols));
    const shape = parts?.every((part) => part !== undefined) ? product(...parts.map((part) => part ?? one)) : undefined;
    const distinct = distinctOf({ ...access, ...(shape ? { indexes: [] } : {}), loops: [...real, ...arithmetic.elements] }, counting);
    const compulsory = shape ? product(distinct.elements, shape, bytes) : product(distinct.elements, bytes);
    return [{ array, kind: access.kind, bytes: usual, asked, compulsory, byBlocks: asked, loops: access.loops, range: access.range }];
  });
  const [read, written] = [traffic.filter(({ kind }) => kind !== 'write'), traffic.filter(({ kind }) => kind !== 'read')];
  const all = (some: readonly Traffic[]): Polynomial => sum(...some.map(({ asked }) => asked));
  const once = (some: readonly Traffic[]): Polynomial => onceEach(some.map(({ array, compulsory }) => [array, compulsory]));
  return {
    counting,
    flops: flops.filter(({ count }) => count.length > 0),
    traffic,
    asked: { read: all(read), written: all(written) },
    compulsory: { read: once(read), written: once(written) },
    byBlocks: sum(zero, all(read), all(written)),
    loads: [],
    unread: arithmetic.unread,
    isBuffered: configuration.numStages > 1,
    notes: [...counting.notes],
    assumedTypes: [...counting.assumedTypes],
    elementsFrom: elements.from,
  };
}

const formatOf = (unit: 'vector' | 'matrix'): 'fp32' | 'tf32' => (unit === 'matrix' ? 'tf32' : 'fp32');

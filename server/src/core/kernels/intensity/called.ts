/**
 * A kernel with the functions it calls put in where they are called, so that what they compute and move counts as its own.
 * Parameters stand for what they are given, other names of a function get new ones. Followed are functions whose text is at
 * hand, to a bounded depth and number, and none inside itself; what is left out stays a call.
 */
import type { CalledFunction, KernelArithmetic } from '../arithmetic.ts';
import type { Access, Address, Call, Operation } from '../body.ts';
import type { Definitions, SharedArray } from '../declarations.ts';
import type { Expression } from '../expression.ts';
import { Moving, type Renaming, renamed, renamedType } from './renaming.ts';

/** Deeper calls than this are libraries. */
const deepest = 8;
/** More calls or statements than this are no kernel anyone reads. */
const mostCalls = 400;
const mostStatements = 20_000;

export type FindFunction = (call: Call) => CalledFunction | undefined;

/** A kernel with what it calls, and the names that brings. */
export interface WithCalled {
  readonly arithmetic: KernelArithmetic;
  readonly constants: Definitions;
  readonly changing: ReadonlySet<string>;
  readonly shared: readonly SharedArray[];
  readonly aliases: ReadonlyMap<string, string>;
  /** Texts of the functions that were put in. */
  readonly texts: readonly string[];
}

const numbered = (name: string, called: string, times: number): string => `${name}_of_${called}${times === 1 ? '' : times}`;

/** `const T *__restrict__ p` without what is no part of the type. */
const bareType = (type: string): string =>
  type
    .replace(/=.*$/s, '')
    .replace(/[*&]|\b(?:const|volatile|restrict|__restrict__|__restrict|typename)\b/g, ' ')
    .trim();

class Putting {
  readonly accesses: Access[] = [];
  readonly operations: Operation[] = [];
  readonly calls: Call[] = [];
  readonly loops: KernelArithmetic['statements']['loops'][number][] = [];
  readonly localArrays: KernelArithmetic['statements']['localArrays'][number][] = [];
  readonly types: Map<string, string>;
  readonly initial: Map<string, Expression>;
  readonly constants = new Map<string, Expression>();
  readonly changing = new Set<string>();
  readonly shared: SharedArray[] = [];
  readonly aliases = new Map<string, string>();
  readonly texts = new Set<string>();
  private readonly find: FindFunction;
  private readonly lambdas: Map<string, CalledFunction>;
  private readonly times = new Map<string, number>();
  private left = mostCalls;

  constructor(kernel: KernelArithmetic, find: FindFunction) {
    this.types = new Map(kernel.types);
    this.initial = new Map(kernel.initial);
    this.lambdas = new Map(kernel.lambdas);
    this.find = find;
  }

  take(statements: Pick<KernelArithmetic, 'statements' | 'operations'>): void {
    this.accesses.push(...statements.statements.accesses);
    this.loops.push(...statements.statements.loops);
    this.localArrays.push(...statements.statements.localArrays);
    this.operations.push(...statements.operations);
  }

  follow(calls: readonly Call[], stack: readonly string[]): void {
    for (const call of calls) {
      const called = this.lambdas.get(call.callee) ?? this.find(call);
      const isOpen = called && !stack.includes(called.name) && stack.length <= deepest && this.left > 0;
      if (!called || !isOpen || this.accesses.length + this.operations.length > mostStatements) this.calls.push(call);
      else this.put(call, called, stack);
    }
  }

  private put(call: Call, called: CalledFunction, stack: readonly string[]): void {
    this.left -= 1;
    this.texts.add(called.text);
    const times = (this.times.get(called.name) ?? 0) + 1;
    this.times.set(called.name, times);
    const by = this.renaming(call, called, (name) => numbered(name, called.name, times));
    const moving = new Moving(by, call);
    const { statements, operations } = called.arithmetic;
    this.take({
      statements: {
        ...statements,
        accesses: statements.accesses.map((one) => moving.access(one)),
        loops: statements.loops.map((one) => moving.loop(one)),
        localArrays: statements.localArrays.map((one) => ({
          ...one,
          name: by.names.get(one.name) ?? one.name,
          dimensions: one.dimensions.map((factor) => renamed(factor, by)),
        })),
      },
      operations: operations.map((one) => moving.operation(one)),
    });
    const inner = statements.calls.map((one) => moving.call(one));
    this.follow(inner, [...stack, called.name]);
  }

  /** New names for what is the function's own, what is given for its parameters; what it declares is taken along. */
  private renaming(call: Call, called: CalledFunction, fresh: (name: string) => string): Renaming {
    const names = new Map<string, string>();
    const addresses = new Map<string, Address>();
    const types = this.templateTypes(call, called);
    const parameters = new Set(called.parameters.map(({ name }) => name));
    const own = new Set([
      ...called.arithmetic.statements.loops.flatMap(({ variable }) => variable ?? []),
      ...called.arithmetic.statements.localArrays.map(({ name }) => name),
      ...[...called.arithmetic.types.keys()].filter((name) => !parameters.has(name)),
      ...called.constants.keys(),
      ...called.shared.map(({ name }) => name),
    ]);
    for (const name of own) names.set(name, fresh(name));
    const by: Renaming = { names, addresses, types };
    for (const [at, parameter] of called.parameters.entries()) this.give(parameter, at, call, called, by, names, addresses, fresh);
    this.giveTemplate(call, called, names, fresh);
    for (const [name, type] of called.arithmetic.types) {
      const target = names.get(name);
      if (target !== undefined && !this.types.has(target)) this.types.set(target, renamedType(type, by));
    }
    for (const [name, value] of called.arithmetic.initial) if (!parameters.has(name)) this.initial.set(fresh(name), renamed(value, by));
    for (const [name, value] of called.constants) if (!parameters.has(name)) this.constants.set(fresh(name), renamed(value, by));
    for (const name of called.changing) if (!parameters.has(name)) this.changing.add(names.get(name) ?? name);
    for (const [alias, type] of called.aliases) this.aliases.set(alias, renamedType(type, by));
    for (const array of called.shared)
      this.shared.push({
        ...array,
        name: fresh(array.name),
        type: renamedType(array.type, by),
        dimensions: array.dimensions.map((one) => renamed(one, by)),
      });
    for (const [name, lambda] of called.arithmetic.lambdas) this.lambdas.set(fresh(name), lambda);
    return by;
  }

  private give(
    parameter: CalledFunction['parameters'][number],
    at: number,
    call: Call,
    { changing }: CalledFunction,
    by: Renaming,
    names: Map<string, string>,
    addresses: Map<string, Address>,
    fresh: (name: string) => string,
  ): void {
    const { name, type, isPointer } = parameter;
    const value = call.values[at];
    const address = call.addresses?.[at];
    const isReference = type.includes('&');
    const isMoved = changing.has(name) && !isReference;
    // A name stands for itself; an element or a row of an array for that place of it.
    if (value?.kind === 'name' && /^\w+$/.test(value.name) && !isMoved) {
      names.set(name, value.name);
      return;
    }
    if (address && (isPointer || isReference) && !isMoved && address.as === undefined) {
      addresses.set(name, address);
      return;
    }
    const own = fresh(name);
    names.set(name, own);
    this.types.set(own, renamedType(type.replace(/=.*$/s, '').trim(), by));
    const given = value ?? fallbackOf(type);
    if (!given) return;
    this.initial.set(own, given);
    if (isMoved) this.changing.add(own);
    else if (!isPointer) this.constants.set(own, given);
  }

  /** Values of template parameters. */
  private giveTemplate(call: Call, { template }: CalledFunction, names: Map<string, string>, fresh: (name: string) => string): void {
    for (const [at, { name, isType, fallback }] of template.entries()) {
      const value = call.templateArguments?.[at] ?? fallback;
      if (isType || !value || name === '') continue;
      if (value.kind === 'name' && /^\w+$/.test(value.name)) names.set(name, value.name);
      else {
        names.set(name, fresh(name));
        this.constants.set(fresh(name), value);
      }
    }
  }

  /** Types of template parameters: as written, else as the values have them. */
  private templateTypes(call: Call, { template, parameters }: CalledFunction): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [at, { name, isType, fallback }] of template.entries()) {
      if (!isType) continue;
      const written = call.templateArguments?.[at]?.text ?? this.deduced(name, call, parameters) ?? fallback?.text;
      if (written !== undefined) found.set(name, written);
    }
    return found;
  }

  private deduced(name: string, call: Call, parameters: CalledFunction['parameters']): string | undefined {
    for (const [at, { type }] of parameters.entries()) {
      if (bareType(type) !== name) continue;
      const [value, address] = [call.values[at], call.addresses?.[at]];
      const array = address?.array ?? (value?.kind === 'name' ? value.name : undefined);
      const given = address?.as ?? (array === undefined ? undefined : (this.types.get(array) ?? this.sharedType(array)));
      if (given !== undefined && bareType(given) !== '' && !/\bauto\b/.test(given)) return bareType(given);
    }
    return undefined;
  }

  private readonly sharedTypes = new Map<string, string>();

  private sharedType(array: string): string | undefined {
    return this.sharedTypes.get(array) ?? this.shared.find(({ name }) => name === array)?.type;
  }

  knowShared(arrays: readonly SharedArray[]): void {
    for (const { name, type } of arrays) this.sharedTypes.set(name, type);
  }
}

/** `bool last = false` where the call gives nothing. */
function fallbackOf(type: string): Expression | undefined {
  const written = /=\s*(.+)$/s.exec(type)?.[1]?.trim();
  if (written === undefined) return undefined;
  const value = written === 'true' ? 1 : written === 'false' ? 0 : Number(written.replace(/[fFuUlL]+$/, ''));
  return Number.isNaN(value) ? { kind: 'other', text: written } : { kind: 'number', value, text: written };
}

/** @param shared arrays of the kernel itself, for the types of templates. */
export function withCalled(kernel: KernelArithmetic, shared: readonly SharedArray[], find: FindFunction): WithCalled {
  const putting = new Putting(kernel, find);
  putting.knowShared(shared);
  putting.take(kernel);
  putting.follow(kernel.statements.calls, []);
  const { accesses, calls, loops, localArrays, operations, types, initial, constants, changing, aliases, texts } = putting;
  return {
    arithmetic: { ...kernel, statements: { ...kernel.statements, accesses, calls, loops, localArrays }, operations, types, initial },
    constants,
    changing,
    shared: putting.shared,
    aliases,
    texts: [...texts],
  };
}

/**
 * Launches through functions of the host: `void scale(float *x, int threads) { k<<<1, threads>>>(x); }` is worked out with what
 * `scale(x, 256)` gives it, once for every set of values that calls in the same file give. What a call leaves open stays open.
 */

import type { TemplateParameter } from '../../core/kernels/declarations.ts';
import { type Expression, evaluate, type Scope } from '../../core/kernels/expression.ts';
import type { Launch } from '../../core/kernels/facts.ts';
import type { FileConstants } from './constants.ts';
import { toExpression } from './expressions.ts';
import { constantLocals, definitionsOf } from './locals.ts';
import { fieldOf, type Node, namedKids, textOf, walk } from './tree.ts';

export interface HostFunction {
  readonly name: string;
  readonly body: Node;
  readonly parameters: readonly string[];
  readonly template: readonly TemplateParameter[];
  readonly launches: readonly Launch[];
}

/** More sets of values than this are tables that a program goes through. */
const mostSets = 8;

type Bound = ReadonlyMap<string, Expression>;

const isWord = (text: string): boolean => /^[\w:]+$/.test(text);

/** What one call gives: numbers, and types by name. */
function boundBy(call: Node, wrapper: HostFunction, scope: Scope, callerTypes: ReadonlySet<string>, source: string): Bound {
  const bound = new Map<string, Expression>();
  const give = (name: string | undefined, value: Node | undefined, isType: boolean): void => {
    if (name === undefined || name === '' || !value) return;
    const expression = toExpression(value, source);
    const number = isType ? undefined : evaluate(expression, scope);
    if (number !== undefined) bound.set(name, { kind: 'number', value: number, text: String(number) });
    else if (isType && isWord(expression.text) && !callerTypes.has(expression.text)) bound.set(name, expression);
  };
  const list = fieldOf(call, 'arguments');
  for (const [index, value] of (list ? namedKids(list) : []).entries()) give(wrapper.parameters[index], value, false);
  const callee = fieldOf(call, 'function');
  const types = callee?.type === 'template_function' ? fieldOf(callee, 'arguments') : undefined;
  for (const [index, value] of (types ? namedKids(types) : []).entries()) {
    const parameter = wrapper.template[index];
    if (parameter) give(parameter.name, value, parameter.isType);
  }
  return bound;
}

/** Sets of values that calls give each of the wrappers, by its name. */
function setsGiven(hosts: readonly HostFunction[], wrappers: ReadonlyMap<string, HostFunction>, file: FileConstants, source: string) {
  const found = new Map<string, Map<string, Bound>>();
  const names = new RegExp(`\\b(?:${[...wrappers.keys()].join('|')})\\b`);
  for (const caller of hosts) {
    if (!names.test(source.slice(caller.body.start, caller.body.end))) continue;
    const locals = definitionsOf(constantLocals(caller.body, source), source);
    const types = new Set(caller.template.map(({ name }) => name));
    const scope: Scope = {
      lookUp: (name) => locals.get(name) ?? file.constants.get(name),
      functionOf: (name) => file.functions.get(name),
      sizeOf: () => undefined,
    };
    walk(caller.body, (node) => {
      const callee = node.type === 'call_expression' ? fieldOf(node, 'function') : undefined;
      const name = callee?.type === 'template_function' ? fieldOf(callee, 'name') : callee;
      const wrapper = name?.type === 'identifier' ? wrappers.get(textOf(name, source)) : undefined;
      if (!wrapper || wrapper === caller) return undefined;
      const bound = boundBy(node, wrapper, scope, types, source);
      const sets = found.get(wrapper.name) ?? new Map<string, Bound>();
      sets.set([...bound].map(([parameter, { text }]) => `${parameter}=${text}`).join(), bound);
      found.set(wrapper.name, sets);
      return undefined;
    });
  }
  return found;
}

/** The launch with values put in; nothing is put in for names that it does not need. */
function withBound(launch: Launch, bound: Bound): Launch {
  return {
    ...launch,
    templateArguments: launch.templateArguments.map((argument) => (argument.kind === 'name' && bound.get(argument.name)) || argument),
    constants: new Map([...launch.constants, ...bound]),
  };
}

/** Whether a launch depends on what its function is given: one of the names stands in it, or in a local it is made of. */
function needs({ grid, block, dynamicShared, templateArguments, constants }: Launch, names: readonly string[]): boolean {
  const texts = [...grid, ...block, ...templateArguments, ...(dynamicShared ? [dynamicShared.expression] : []), ...constants.values()];
  const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`);
  return texts.some(({ text }) => pattern.test(text));
}

/** Every launch, those of wrappers once for each set of values that calls give. */
export function launchesThrough(hosts: readonly HostFunction[], file: FileConstants, source: string): readonly Launch[] {
  const namesOf = ({ parameters, template }: HostFunction): readonly string[] =>
    [...parameters, ...template.map(({ name }) => name)].filter((name) => /^\w+$/.test(name));
  const dependent = hosts.filter((host) => {
    const names = namesOf(host);
    return /^\w+$/.test(host.name) && names.length > 0 && host.launches.some((launch) => needs(launch, names));
  });
  // Overloads cannot be told apart by what they are given.
  const wrappers = new Map(
    dependent.filter(({ name }) => hosts.filter((one) => one.name === name).length === 1).map((one) => [one.name, one]),
  );
  if (wrappers.size === 0) return hosts.flatMap(({ launches }) => launches);
  const sets = setsGiven(hosts, wrappers, file, source);
  return hosts.flatMap((host) => {
    const own = wrappers.has(host.name) ? [...(sets.get(host.name)?.values() ?? [])].filter((bound) => bound.size > 0) : [];
    if (own.length === 0) return host.launches;
    const names = namesOf(host);
    return host.launches.flatMap((launch) =>
      needs(launch, names) ? own.slice(0, mostSets).map((bound) => withBound(launch, bound)) : [launch],
    );
  });
}

/** `__global__` functions: bounds, parameters, template, shared arrays and constants. */

import type { KernelParameter, SharedArray, TemplateParameter } from '../../core/kernels/declarations.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import type { DeviceCall, DeviceFunction, Kernel, PlacedExpression } from '../../core/kernels/facts.ts';
import type { Range } from '../../core/origin.ts';
import { bodyOf, type CastMacros } from './body.ts';
import { toExpression } from './expressions.ts';
import { constantLocals, definitionsOf, reassigned } from './locals.ts';
import { fieldOf, fieldsOf, fileDefinitions, type Node, namedKids, textOf, walk } from './tree.ts';
import { typeNames } from './type-names.ts';

const rangeOf = ({ start, end }: Node): Range => ({ start, end });

const placed = (node: Node, source: string): PlacedExpression => ({ expression: toExpression(node, source), range: rangeOf(node) });

/** Whether a function runs on the device when the host launches it. */
export function isKernel(definition: Node): boolean {
  return definition.kids.some((kid) => kid.type === '__global__');
}

export function templateOf(list: Node | undefined, source: string): readonly TemplateParameter[] {
  if (!list) return [];
  return namedKids(list).map((parameter) => {
    const isType = /type_parameter/.test(parameter.type);
    const name = fieldOf(parameter, 'name') ?? fieldOf(parameter, 'declarator') ?? namedKids(parameter).at(-1);
    const fallback = fieldOf(parameter, 'default_type') ?? fieldOf(parameter, 'default_value');
    return {
      name: name ? textOf(name, source) : '',
      isType,
      ...(fallback ? { fallback: toExpression(fallback, source) } : {}),
    };
  });
}

/** Names of a function's parameters, in order; one without a name keeps its place. */
export function parameterNames(definition: Node, source: string): readonly string[] {
  const declarator = fieldOf(definition, 'declarator');
  const list = declarator && fieldOf(declarator, 'parameters');
  return (list ? namedKids(list) : []).map((node) => parameterOf(node, source)?.name ?? '');
}

/** The parameters of a function or lambda by its declarator. */
export function parametersOf(declarator: Node | undefined, source: string): readonly KernelParameter[] {
  const list = declarator && fieldOf(declarator, 'parameters');
  return (list ? namedKids(list) : []).flatMap((node) => parameterOf(node, source) ?? []);
}

/** The name inside `*const __restrict__ name[]`. */
function nameIn(declarator: Node): Node | undefined {
  if (declarator.type === 'identifier') return declarator;
  const inner = fieldOf(declarator, 'declarator') ?? namedKids(declarator).at(-1);
  return inner && inner !== declarator ? nameIn(inner) : undefined;
}

function parameterOf(node: Node, source: string): KernelParameter | undefined {
  const declarator = fieldOf(node, 'declarator');
  const name = declarator && nameIn(declarator);
  if (!declarator || !name) return undefined;
  const type = `${source.slice(node.start, name.start)}${source.slice(name.end, node.end)}`.replace(/\s+/g, ' ').trim();
  const pointed = type.split('*')[0] ?? type;
  return {
    name: textOf(name, source),
    type,
    isPointer: /\*|\[/.test(type),
    isConst: /\bconst\b/.test(pointed),
    isRestrict: /\b__restrict(?:__)?\b/.test(type),
    range: rangeOf(node),
  };
}

/** Name and factors of `As[2][BM * BK]`, outermost first. */
function arrayOf(declarator: Node, source: string): Pick<SharedArray, 'name' | 'dimensions' | 'lastDimension'> | undefined {
  const dimensions: Expression[] = [];
  let lastDimension: Range | undefined;
  let node: Node | undefined = declarator;
  while (node && node.type !== 'identifier') {
    if (node.type === 'array_declarator') {
      const size = fieldOf(node, 'size');
      if (size) dimensions.unshift(toExpression(size, source));
      if (size) lastDimension ??= rangeOf(size);
    }
    node = fieldOf(node, 'declarator');
  }
  return node && { name: textOf(node, source), dimensions, ...(lastDimension ? { lastDimension } : {}) };
}

const alignments = /\b(?:__align__|alignas)\s*\(([^)]*)\)/;

function sharedOf(declaration: Node, source: string): readonly SharedArray[] {
  const written = textOf(declaration, source).replace(/^\s*\[\[[^\]]*\]\]/, '');
  if (!/\b__shared__\b/.test(written.slice(0, 200))) return [];
  const isDynamic = /\bextern\b/.test(written.split('[')[0] ?? written);
  const type = fieldOf(declaration, 'type');
  const aligned = alignments.exec(written)?.[1]?.trim();
  const alignment: Expression | undefined =
    aligned === undefined
      ? undefined
      : /^\d+$/.test(aligned)
        ? { kind: 'number', value: Number(aligned), text: aligned }
        : { kind: 'name', name: aligned, text: aligned };
  return fieldsOf(declaration, 'declarator').flatMap((declarator) => {
    const array = arrayOf(declarator, source);
    if (!array) return [];
    return [
      {
        ...array,
        type: type ? textOf(type, source) : '',
        isDynamic,
        ...(alignment ? { alignment } : {}),
        range: rangeOf(declaration),
      },
    ];
  });
}

/** Calls of functions by name: those of objects and of the standard library hold no shared memory of ours. */
function callsIn(body: Node, source: string): readonly DeviceCall[] {
  const found = new Map<string, DeviceCall>();
  walk(body, (node) => {
    const callee = node.type === 'call_expression' ? fieldOf(node, 'function') : undefined;
    if (!callee || (callee.type !== 'identifier' && callee.type !== 'template_function')) return undefined;
    const name = callee.type === 'identifier' ? callee : fieldOf(callee, 'name');
    const list = fieldOf(callee, 'arguments');
    const templateArguments = list ? namedKids(list).map((argument) => toExpression(argument, source)) : [];
    if (name) found.set(textOf(callee, source), { callee: textOf(name, source), templateArguments });
    return undefined;
  });
  return [...found.values()];
}

function sharedIn(body: Node, source: string): readonly SharedArray[] {
  const shared: SharedArray[] = [];
  walk(body, (node) => {
    if (node.type !== 'declaration') return undefined;
    shared.push(...sharedOf(node, source));
    return false;
  });
  return shared;
}

/** @param list the template parameters in front of it. */
export function deviceFunctionOf(definition: Node, list: Node | undefined, source: string): DeviceFunction | undefined {
  const declarator = fieldOf(definition, 'declarator');
  const body = fieldOf(definition, 'body');
  const name = declarator && nameIn(declarator);
  if (!body || !name) return undefined;
  return {
    name: textOf(name, source),
    template: templateOf(list, source),
    shared: sharedIn(body, source),
    constants: definitionsOf(constantLocals(body, source), source),
    types: typeNames(fileDefinitions(body), source),
    calls: callsIn(body, source),
  };
}

const clusterAttribute = /\b__cluster_dims__\s*\(([^()]*)\)/;

/** `__cluster_dims__(2, 1, 1)`, which the grammar does not know. */
function clusterOf(header: string): readonly Expression[] {
  const factors = clusterAttribute.exec(header)?.[1];
  return (factors?.split(',') ?? []).map((factor): Expression => {
    const text = factor.trim();
    return /^\d+$/.test(text) ? { kind: 'number', value: Number(text), text } : { kind: 'name', name: text, text };
  });
}

/** @param list the template parameters in front of it. */
export function kernelOf(definition: Node, list: Node | undefined, source: string, macros: CastMacros): Kernel | undefined {
  const declarator = fieldOf(definition, 'declarator');
  const body = fieldOf(definition, 'body');
  const name = declarator && fieldOf(declarator, 'declarator');
  if (!declarator || !body || !name) return undefined;
  const bounds = definition.kids.find((kid) => kid.type === 'launch_bounds');
  const [threads, blocks] = bounds ? namedKids(bounds) : [];
  const common = deviceFunctionOf(definition, list, source);
  if (!common) return undefined;
  return {
    ...common,
    name: textOf(name, source).replace(/<.*$/s, ''),
    nameRange: rangeOf(name),
    range: rangeOf(definition),
    body: rangeOf(body),
    parameters: parametersOf(declarator, source),
    ...(bounds && threads
      ? {
          launchBounds: { threads: placed(threads, source), ...(blocks ? { blocks: placed(blocks, source) } : {}), range: rangeOf(bounds) },
        }
      : {}),
    cluster: clusterOf(source.slice(definition.start, body.start)),
    statements: bodyOf(body, source, macros),
    changing: reassigned(body, source),
  };
}

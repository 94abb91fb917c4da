/** Triton kernels of a Python module, and where they are launched. Nothing is run. */
import type { Expression, Scope } from '../../core/kernels/expression.ts';
import type { TritonFile, TritonKernel, TritonLaunch } from '../../core/kernels/triton/facts.ts';
import { givenSizes } from '../cuda/given-sizes.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import type { Module } from './configs.ts';
import { textOf, toExpression } from './expressions.ts';
import { isTritonKernel, tritonKernelOf } from './kernels.ts';

/** Whether a module may hold kernels; most do not, and are not looked at again. */
export const mayHoldTriton = (text: string): boolean => /@\s*(?:(?:triton|gluon)\.)?jit\b/.test(text) && /\btriton\b/.test(text);

interface Names {
  readonly assigned: Map<string, Node>;
  readonly functions: Map<string, Node>;
  readonly constants: Map<string, Expression>;
}

/** Assignments and functions of the outermost level; a name that is set twice has no value. */
function namesOf(root: Node, source: string): Names {
  const names: Names = { assigned: new Map(), functions: new Map(), constants: new Map() };
  const twice = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === 'function_definition') {
      const name = fieldOf(node, 'name');
      if (name) names.functions.set(textOf(name, source), node);
      return;
    }
    if (node.type === 'assignment') {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      if (left?.type !== 'identifier' || !right) return;
      const name = textOf(left, source);
      if (names.assigned.has(name)) twice.add(name);
      names.assigned.set(name, right);
      names.constants.set(name, constantOf(right, source));
      return;
    }
    if (node.type !== 'class_definition') for (const kid of node.kids) visit(kid);
  };
  visit(root);
  for (const name of twice) {
    names.assigned.delete(name);
    names.constants.delete(name);
  }
  return names;
}

/** `tl.constexpr(4)` is the 4. */
function constantOf(node: Node, source: string): Expression {
  const value = toExpression(node, source);
  const [only] = value.kind === 'call' && /(?:^|\.)constexpr$/.test(value.callee) ? value.values : [];
  return only ?? value;
}

/** `(a, b)`, or what a `lambda META: (a, b)` gives. */
function gridOf(node: Node | undefined, assigned: ReadonlyMap<string, Node>, source: string, depth = 0): readonly Expression[] | undefined {
  if (!node || depth > 4) return undefined;
  if (node.type === 'identifier') return gridOf(assigned.get(textOf(node, source)), assigned, source, depth + 1);
  if (node.type === 'lambda') return gridOf(fieldOf(node, 'body'), assigned, source, depth + 1);
  if (node.type === 'parenthesized_expression') return gridOf(namedKids(node)[0], assigned, source, depth + 1);
  if (node.type === 'tuple' || node.type === 'list') return namedKids(node).map((part) => toExpression(part, source));
  return undefined;
}

/** `kernel[grid](...)`, anywhere in the module. */
function launchesOf(root: Node, source: string, kernels: ReadonlySet<string>): readonly TritonLaunch[] {
  const launches: TritonLaunch[] = [];
  const visit = (node: Node, locals: ReadonlyMap<string, Node>): void => {
    const inner =
      node.type === 'function_definition' ? new Map([...locals, ...namesOf(fieldOf(node, 'body') ?? node, source).assigned]) : locals;
    const launch = node.type === 'call' ? launchOf(node, inner, source, kernels) : undefined;
    if (launch) launches.push(launch);
    for (const kid of node.kids) visit(kid, inner);
  };
  visit(root, namesOf(root, source).assigned);
  return launches;
}

function launchOf(call: Node, locals: ReadonlyMap<string, Node>, source: string, kernels: ReadonlySet<string>): TritonLaunch | undefined {
  const target = fieldOf(call, 'function');
  const list = fieldOf(call, 'arguments');
  const kernel = target?.type === 'subscript' ? fieldOf(target, 'value') : undefined;
  if (!target || !kernel || !list || !kernels.has(textOf(kernel, source))) return undefined;
  const written = target.kids.filter((kid) => kid.field === 'subscript');
  const [only] = written;
  const grid = written.length > 1 ? written.map((part) => toExpression(part, source)) : gridOf(only, locals, source);
  const named = namedKids(list).flatMap((argument) => {
    const [name, value] = argument.type === 'keyword_argument' ? [fieldOf(argument, 'name'), fieldOf(argument, 'value')] : [];
    return name && value ? [[textOf(name, source), toExpression(value, source)] as const] : [];
  });
  return {
    kernel: textOf(kernel, source),
    grid,
    values: namedKids(list)
      .filter(({ type }) => type !== 'keyword_argument')
      .map((value) => toExpression(value, source)),
    named: new Map(named),
    range: { start: call.start, end: call.end },
    constants: new Map([...locals].map(([name, node]): [string, Expression] => [name, constantOf(node, source)])),
  };
}

/** @param root the plain copy of the module's tree. Never throws. */
export function readTriton(root: Node, source: string): TritonFile {
  const { assigned, functions, constants } = namesOf(root, source);
  const scope: Scope = { lookUp: (name) => constants.get(name), functionOf: () => undefined, sizeOf: () => undefined };
  const module: Module = { source, assigned, functions, scope };
  const kernels: TritonKernel[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'decorated_definition' && isTritonKernel(node, source)) {
      const kernel = tritonKernelOf(node, module);
      if (kernel) kernels.push(kernel);
      return;
    }
    for (const kid of node.kids) visit(kid);
  };
  visit(root);
  return {
    kernels,
    launches: launchesOf(root, source, new Set(kernels.map(({ name }) => name))),
    constants,
    functions: new Map(),
    given: givenSizes(source, '#'),
  };
}

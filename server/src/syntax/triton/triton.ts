/** Triton kernels of a Python module, and where they are launched. Nothing is run. */
import type { Expression, Scope } from '../../core/kernels/expression.ts';
import type { TritonFile, TritonKernel, TritonLaunch } from '../../core/kernels/triton/facts.ts';
import { givenSizes } from '../cuda/given-sizes.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import type { Module } from './configs.ts';
import { textOf, toExpression } from './expressions.ts';
import { isTritonKernel, tritonKernelOf } from './kernels.ts';
import { constantOf, type Names, namesOf } from './names.ts';

/** Whether a module may hold kernels; most do not, and are not looked at again. */
export const mayHoldTriton = (text: string): boolean => /@\s*(?:(?:triton|gluon)\.)?jit\b/.test(text) && /\btriton\b/.test(text);

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
function launchesOf(root: Node, source: string, kernels: ReadonlySet<string>, module: Names): readonly TritonLaunch[] {
  const launches: TritonLaunch[] = [];
  const visit = (node: Node, locals: Locals): void => {
    const inner = node.type === 'function_definition' ? within(locals, namesOf(fieldOf(node, 'body') ?? node, source)) : locals;
    const launch = node.type === 'call' ? launchOf(node, inner, source, kernels) : undefined;
    if (launch) launches.push(launch);
    for (const kid of node.kids) visit(kid, inner);
  };
  visit(root, { ...module, imported: importsOf(root, source) });
  return launches;
}

/** What names stand for in the function around a launch. */
interface Locals extends Pick<Names, 'assigned' | 'alternatives' | 'unpacked'> {
  /** Modules, as paths, by the names that are taken from them. */
  readonly imported: ReadonlyMap<string, string>;
}

function within(outer: Locals, names: Names): Locals {
  return {
    assigned: new Map([...outer.assigned, ...names.assigned]),
    alternatives: new Map([...outer.alternatives, ...names.alternatives]),
    unpacked: new Map([...outer.unpacked, ...names.unpacked]),
    imported: outer.imported,
  };
}

/** `from pkg.utils import settings`: the name, and the file it comes from. */
function importsOf(root: Node, source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of root.kids) {
    const module = node.type === 'import_from_statement' ? fieldOf(node, 'module_name') : undefined;
    if (!module) continue;
    const path = `${textOf(module, source).replace(/^\.+/, '').replaceAll('.', '/')}.py`;
    for (const kid of node.kids) if (kid.field === 'name') found.set(textOf(kid, source), path);
  }
  return found;
}

/** Modules whose functions give the arguments of a launch. */
function helpersOf(launch: Node, { assigned, unpacked, imported }: Locals, source: string): readonly string[] {
  const found = new Set<string>();
  const callee = (node: Node | undefined): void => {
    const name = node?.type === 'call' ? fieldOf(node, 'function') : undefined;
    const path = name && imported.get(textOf(name, source));
    if (path !== undefined) found.add(path);
  };
  for (const argument of namedKids(fieldOf(launch, 'arguments') ?? launch)) {
    const value = argument.type === 'keyword_argument' ? fieldOf(argument, 'value') : argument;
    if (value?.type !== 'identifier') continue;
    const name = textOf(value, source);
    callee(unpacked.get(name) ?? assigned.get(name));
  }
  return [...found];
}

function launchOf(call: Node, locals: Locals, source: string, kernels: ReadonlySet<string>): TritonLaunch | undefined {
  const target = fieldOf(call, 'function');
  const list = fieldOf(call, 'arguments');
  const kernel = target?.type === 'subscript' ? fieldOf(target, 'value') : undefined;
  if (!target || !kernel || !list || !kernels.has(textOf(kernel, source))) return undefined;
  const written = target.kids.filter((kid) => kid.field === 'subscript');
  const [only] = written;
  const grid = written.length > 1 ? written.map((part) => toExpression(part, source)) : gridOf(only, locals.assigned, source);
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
    constants: new Map([...locals.assigned].map(([name, node]): [string, Expression] => [name, constantOf(node, source)])),
    alternatives: locals.alternatives,
    helpers: helpersOf(call, locals, source),
  };
}

/** @param root the plain copy of the module's tree. Never throws. */
export function readTriton(root: Node, source: string): TritonFile {
  const names = namesOf(root, source);
  const { assigned, functions, constants, alternatives } = names;
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
    launches: launchesOf(root, source, new Set(kernels.map(({ name }) => name)), names),
    constants,
    alternatives,
    functions: new Map(),
    given: givenSizes(source, '#'),
  };
}

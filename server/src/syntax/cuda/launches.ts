/** Where kernels are launched: `<<<>>>`, the runtime's functions, HIP's macro; and where they may use more shared memory. */
import type { Expression } from '../../core/kernels/expression.ts';
import type { Launch, SharedOptIn } from '../../core/kernels/facts.ts';
import type { Range } from '../../core/origin.ts';
import { toExpression } from './expressions.ts';
import { declared, definitionsOf, factorsOf, type Locals, reassigned } from './locals.ts';
import { fieldOf, type Node, namedKids, textOf } from './tree.ts';

const rangeOf = ({ start, end }: Node): Range => ({ start, end });

interface KernelName {
  readonly kernel: string;
  readonly templateArguments: readonly Expression[];
}

/** The kernel an expression names: itself, its address, or a local that holds it. */
function kernelNamed(node: Node, locals: Locals, source: string, depth = 0): KernelName {
  const nothing: KernelName = { kernel: textOf(node, source), templateArguments: [] };
  if (depth > 6) return nothing;
  if (node.type === 'identifier') {
    const held = locals.get(textOf(node, source));
    return held ? kernelNamed(held, locals, source, depth + 1) : nothing;
  }
  if (node.type === 'template_function') {
    const name = fieldOf(node, 'name');
    const list = fieldOf(node, 'arguments');
    return {
      kernel: name ? textOf(name, source) : '',
      templateArguments: list ? namedKids(list).map((argument) => toExpression(argument, source)) : [],
    };
  }
  if (node.type === 'qualified_identifier') {
    const name = fieldOf(node, 'name');
    return name ? kernelNamed(name, new Map(), source, depth + 1) : nothing;
  }
  const inner =
    fieldOf(node, 'argument') ?? fieldOf(node, 'value') ?? (node.type === 'parenthesized_expression' ? namedKids(node)[0] : undefined);
  return inner ? kernelNamed(inner, locals, source, depth + 1) : nothing;
}

interface Found {
  readonly launches: Launch[];
  readonly optIns: SharedOptIn[];
}

interface Placed {
  readonly grid: Node;
  readonly block: Node;
  readonly shared?: Node | undefined;
}

function launchOf(call: Node, name: Node, { grid, block, shared }: Placed, locals: Locals, source: string): Launch {
  return {
    ...kernelNamed(name, locals, source),
    grid: factorsOf(grid, locals, source),
    block: factorsOf(block, locals, source),
    ...(shared ? { dynamicShared: { expression: toExpression(shared, source), range: rangeOf(shared) } } : {}),
    gridRange: rangeOf(grid),
    blockRange: rangeOf(block),
    range: rangeOf(call),
    constants: definitionsOf(locals, source),
  };
}

/** Functions of the runtime that launch, with where kernel, grid, block and shared memory stand among their arguments. */
const launchers: { readonly [name: string]: readonly [kernel: number, grid: number, block: number, shared: number] | undefined } = {
  cudaLaunchKernel: [0, 1, 2, 4],
  cudaLaunchCooperativeKernel: [0, 1, 2, 4],
  hipLaunchKernel: [0, 1, 2, 4],
  hipLaunchKernelGGL: [0, 1, 2, 3],
};

const optInNames = /^(?:cuda|hip)FuncSetAttribute$/;
const optInAttribute = /MaxDynamicSharedMemorySize$/;

function visitCall(call: Node, locals: Locals, source: string, found: Found): void {
  const callee = fieldOf(call, 'function');
  const list = fieldOf(call, 'arguments');
  if (!callee) return;
  const given = call.kids.find((kid) => kid.type === 'kernel_call_syntax');
  if (given) {
    const [grid, block, shared] = namedKids(given);
    const values = (list ? namedKids(list) : []).map((value) => toExpression(value, source));
    if (grid && block) found.launches.push({ ...launchOf(call, callee, { grid, block, shared }, locals, source), values });
    return;
  }
  const name = textOf(callee, source).replace(/<.*$/s, '');
  const values = list ? namedKids(list) : [];
  const positions = launchers[name];
  if (positions) {
    const [kernel, grid, block, shared] = positions.map((at) => values[at]);
    if (kernel && grid && block) found.launches.push(launchOf(call, kernel, { grid, block, shared }, locals, source));
  }
  const [kernel, attribute, bytes] = values;
  if (optInNames.test(name) && kernel && attribute && bytes && optInAttribute.test(textOf(attribute, source))) {
    found.optIns.push({
      kernel: kernelNamed(kernel, locals, source).kernel,
      bytes: { expression: toExpression(bytes, source), range: rangeOf(bytes) },
      range: rangeOf(call),
    });
  }
}

/** Walks a function in the order of its text, with the locals that are in force. */
function visit(node: Node, locals: Map<string, Node>, changed: ReadonlySet<string>, source: string, found: Found): void {
  if (node.type === 'declaration') {
    for (const [name, value] of declared(node, source)) if (!changed.has(name)) locals.set(name, value);
  }
  if (node.type === 'call_expression') visitCall(node, locals, source, found);
  const inner = node.type === 'compound_statement' ? new Map(locals) : locals;
  for (const kid of node.kids) visit(kid, inner, changed, source, found);
}

/** Launches and opt-ins of one function. */
export function launchesIn(body: Node, source: string): Found {
  const found: Found = { launches: [], optIns: [] };
  visit(body, new Map(), reassigned(body, source), source, found);
  return found;
}

/** Where kernels are launched: `<<<>>>`, the runtime's functions, HIP's macro; and where they may use more shared memory. */
import type { Expression } from '../../core/kernels/expression.ts';
import type { Launch, SharedOptIn } from '../../core/kernels/facts.ts';
import type { Range } from '../../core/origin.ts';
import { toExpression } from './expressions.ts';
import { type LaunchMacro, type LaunchMacros, macroArguments } from './launch-macros.ts';
import { declared, definitionsOf, factorsOf, type Locals, reassigned } from './locals.ts';
import { fieldOf, type Node, namedKids, textOf, walk } from './tree.ts';

const rangeOf = ({ start, end }: Node): Range => ({ start, end });

interface KernelName {
  readonly kernel: string;
  readonly templateArguments: readonly Expression[];
}

/** A macro that keeps commas together, `HIP_KERNEL_NAME(k<float, 4>)`; the grammar takes its template for comparisons. */
const hipName = /^HIP_KERNEL_NAME\s*\(\s*(?:\w+\s*::\s*)*(\w+)\s*(?:<([^<>]*)>)?\s*\)$/;

function plainArgument(written: string): readonly Expression[] {
  const text = written.trim();
  if (text === '') return [];
  return [/^\d+$/.test(text) ? { kind: 'number', value: Number(text), text } : { kind: 'name', name: text, text }];
}

/** The kernel an expression names: itself, its address, or a local that holds it. */
function kernelNamed(node: Node, locals: Locals, source: string, depth = 0): KernelName {
  const nothing: KernelName = { kernel: textOf(node, source), templateArguments: [] };
  if (depth > 6) return nothing;
  const [, wrapped, list] = hipName.exec(nothing.kernel) ?? [];
  if (wrapped !== undefined) return { kernel: wrapped, templateArguments: (list ?? '').split(',').flatMap(plainArgument) };
  if (node.type === 'identifier') {
    const held = locals.get(textOf(node, source));
    return held ? kernelNamed(held, locals, source, depth + 1) : nothing;
  }
  if (node.type === 'template_function') {
    const name = fieldOf(node, 'name');
    const list = fieldOf(node, 'arguments');
    return {
      kernel: name ? kernelNamed(name, locals, source, depth + 1).kernel : '',
      templateArguments: list ? namedKids(list).map((argument) => opened(toExpression(argument, source), locals, source)) : [],
    };
  }
  if (node.type === 'qualified_identifier') {
    const name = fieldOf(node, 'name');
    return name ? kernelNamed(name, withoutKernels(name, locals), source, depth + 1) : nothing;
  }
  const inner =
    fieldOf(node, 'argument') ?? fieldOf(node, 'value') ?? (node.type === 'parenthesized_expression' ? namedKids(node)[0] : undefined);
  return inner ? kernelNamed(inner, locals, source, depth + 1) : nothing;
}

/** Behind a scope stands a name of that scope, but the arguments of a template are still names of the place. */
const withoutKernels = (name: Node, locals: Locals): Locals => (name.type === 'template_function' ? locals : new Map());

/** What a name stands for where a macro or a function was given it. */
function opened(expression: Expression, locals: Locals, source: string): Expression {
  const value = expression.kind === 'name' ? locals.get(expression.name) : undefined;
  return value ? toExpression(value, source) : expression;
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
  hipExtLaunchKernelGGL: [0, 1, 2, 3],
  hipLaunchCooperativeKernel: [0, 1, 2, 4],
  cudaLaunchCooperativeKernel: [0, 1, 2, 4],
  hipLaunchKernel: [0, 1, 2, 4],
  hipLaunchKernelGGL: [0, 1, 2, 3],
};

const optInNames = /^(?:cuda|hip)FuncSetAttribute$/;
const optInAttribute = /MaxDynamicSharedMemorySize$/;

interface Reading {
  readonly source: string;
  readonly macros: LaunchMacros['macros'];
  readonly changed: ReadonlySet<string>;
  readonly found: Found;
  /** Fields set one by one: `config.gridDim = ...`. */
  readonly fields: ReadonlyMap<string, Node>;
}

/** `cudaLaunchKernelEx(&config, kernel, ...)`: sizes are fields of the configuration. */
function visitLaunchEx(call: Node, [config, kernel]: readonly Node[], locals: Locals, { source, fields, found }: Reading): void {
  if (!config || !kernel) return;
  const name = textOf(config, source).replace(/^&\s*/, '');
  const [grid, block] = ['gridDim', 'blockDim'].map((field) => fields.get(`${name}.${field}`));
  if (grid && block)
    found.launches.push(launchOf(call, kernel, { grid, block, shared: fields.get(`${name}.dynamicSmemBytes`) }, locals, source));
}

function visitCall(call: Node, locals: Locals, reading: Reading): void {
  const { source, found } = reading;
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
  if (/^cudaLaunchKernelEx(?:C)?$/.test(name)) visitLaunchEx(call, values, locals, reading);
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

/** Deeper nesting of macros is generated code. */
const deepestMacro = 3;

/** An argument of a macro as a node: a number, else a name or type, whose text is enough. */
function argumentNode({ start, end }: Range, source: string): Node {
  const type = /^\d+$/.test(source.slice(start, end)) ? 'number_literal' : 'type_descriptor';
  return { type, start, end, named: true, missing: false, field: undefined, kids: [] };
}

/** What a macro launches where it is used: its own sizes, with the locals of the place. */
function visitMacro(name: Node, { parameters, body }: LaunchMacro, locals: Locals, reading: Reading, depth: number): void {
  const inner = new Map(locals);
  const values = macroArguments(reading.source, name.end);
  for (const [index, parameter] of parameters.entries()) {
    const value = values[index];
    if (value && value.end > value.start) inner.set(parameter, argumentNode(value, reading.source));
  }
  const found: Found = { launches: [], optIns: [] };
  visit(body, inner, { ...reading, found }, depth + 1);
  const last = values.at(-1);
  // The place people look at is where the macro is used; its sizes stand where they are written.
  const range = { start: name.start, end: last ? last.end + 1 : name.end };
  reading.found.launches.push(...found.launches.map((launch) => ({ ...launch, range })));
  reading.found.optIns.push(...found.optIns.map((optIn) => ({ ...optIn, range })));
}

/** Walks a function in the order of its text, with the locals that are in force. */
function visit(node: Node, locals: Map<string, Node>, reading: Reading, depth: number): void {
  const { source, changed, macros } = reading;
  if (node.type === 'declaration') {
    for (const [name, value] of declared(node, source)) if (!changed.has(name)) locals.set(name, value);
  }
  if (node.type === 'call_expression') visitCall(node, locals, reading);
  if (macros.size > 0 && depth < deepestMacro && (node.type === 'identifier' || node.type === 'type_identifier')) {
    const macro = macros.get(textOf(node, source));
    if (macro) visitMacro(node, macro, locals, reading, depth);
  }
  const inner = node.type === 'compound_statement' ? new Map(locals) : locals;
  for (const kid of node.kids) visit(kid, inner, reading, depth);
}

/** Fields that are set once in a function. */
function fieldsSet(body: Node, source: string): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  if (!/LaunchKernelEx/.test(source.slice(body.start, body.end))) return found;
  walk(body, (node) => {
    const [left, right] = node.type === 'assignment_expression' ? [fieldOf(node, 'left'), fieldOf(node, 'right')] : [];
    if (left?.type === 'field_expression' && right) found.set(textOf(left, source), right);
    // cudaLaunchConfig_t config{grid, block, bytes, stream};
    const [name, list] = node.type === 'init_declarator' ? [fieldOf(node, 'declarator'), fieldOf(node, 'value')] : [];
    if (name && list?.type === 'initializer_list') {
      for (const [index, field] of ['gridDim', 'blockDim', 'dynamicSmemBytes'].entries()) {
        const value = namedKids(list)[index];
        const designated = value?.type === 'initializer_pair' ? fieldOf(value, 'value') : value;
        const written = value?.type === 'initializer_pair' ? textOf(fieldOf(value, 'designator') ?? value, source).replace('.', '') : field;
        if (designated) found.set(`${textOf(name, source)}.${written}`, designated);
      }
    }
    return undefined;
  });
  return found;
}

/** Launches and opt-ins of one function. */
export function launchesIn(body: Node, source: string, { macros }: LaunchMacros): Found {
  const found: Found = { launches: [], optIns: [] };
  visit(body, new Map(), { source, macros, changed: reassigned(body, source), found, fields: fieldsSet(body, source) }, 0);
  return found;
}

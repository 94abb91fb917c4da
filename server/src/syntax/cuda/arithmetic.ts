/**
 * A kernel's text read for what it computes. Diagnostics do not need it, so it is not read on the way from a keystroke to
 * them: the text of the one kernel that somebody looks at is parsed again, and kept until it changes.
 */
import type { CalledFunction, KernelArithmetic } from '../../core/kernels/arithmetic.ts';
import type { Operation } from '../../core/kernels/body.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import { parseText } from '../parsers.ts';
import { bodyOf, type CastMacros } from './body.ts';
import { toExpression } from './expressions.ts';
import { deviceFunctionOf, parametersOf } from './kernels.ts';
import { constantLocals, definitionsOf, reassigned } from './locals.ts';
import { maskAttributes } from './mask.ts';
import { copyCudaTree, fieldOf, fieldsOf, type Node, namedKids, textOf, walk } from './tree.ts';

interface Names {
  readonly types: Map<string, string>;
  readonly initial: Map<string, Expression>;
}

/** The name a declarator gives, and whether it is a pointer. */
function nameOf(declarator: Node): { readonly name: Node | undefined; readonly isPointer: boolean } {
  let isPointer = false;
  let node: Node | undefined = declarator;
  while (node && node.type !== 'identifier') {
    if (/pointer|reference/.test(node.type)) isPointer ||= node.type.startsWith('pointer');
    node = fieldOf(node, 'declarator') ?? namedKids(node).findLast(({ type }) => /declarator|identifier/.test(type));
  }
  return { name: node, isPointer };
}

function noteDeclaration(node: Node, source: string, { types, initial }: Names): void {
  const type = fieldOf(node, 'type');
  for (const declarator of fieldsOf(node, 'declarator')) {
    const { name, isPointer } = nameOf(declarator);
    if (!name) continue;
    const written = textOf(name, source);
    types.set(written, `${type ? textOf(type, source) : ''}${isPointer ? ' *' : ''}`);
    const value = declarator.type === 'init_declarator' ? fieldOf(declarator, 'value') : undefined;
    if (value) initial.set(written, toExpression(value, source));
  }
}

/** What was read, by its text and the macros around it. */
const kept = new Map<string, Definition | undefined>();
const mostKept = 600;

interface Definition {
  readonly arithmetic: KernelArithmetic;
  readonly called: CalledFunction | undefined;
}

/**
 * @param text a kernel from its first word to its closing brace.
 * @param macros those of its file that take elements as another type.
 */
export const arithmeticOf = (text: string, macros: CastMacros): KernelArithmetic | undefined => definitionOf(text, macros)?.arithmetic;

/** A function that kernels call, from its template to its closing brace. */
export const calledFunctionOf = (text: string, macros: CastMacros): CalledFunction | undefined => definitionOf(text, macros)?.called;

function definitionOf(text: string, macros: CastMacros): Definition | undefined {
  const key = `${[...macros].join(' ')}\n${text}`;
  if (kept.has(key)) return kept.get(key);
  const found = read(text, macros);
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, found);
  return found;
}

function read(source: string, macros: CastMacros): Definition | undefined {
  const tree = parseText('cuda', maskAttributes(source));
  if (!tree) return undefined;
  try {
    const root = copyCudaTree(tree, source);
    let definition: Node | undefined;
    let template: Node | undefined;
    walk(root, (node) => {
      if (node.type === 'template_declaration') template ??= fieldOf(node, 'parameters');
      if (node.type === 'function_definition') definition ??= node;
      return definition === undefined ? undefined : false;
    });
    const body = definition && fieldOf(definition, 'body');
    if (!definition || !body) return undefined;
    const arithmetic = arithmeticIn(definition, body, source, macros);
    const common = deviceFunctionOf(definition, template, source);
    const parameters = parametersOf(fieldOf(definition, 'declarator'), source);
    const called = common && { ...common, aliases: common.types, parameters, changing: reassigned(body, source), arithmetic, text: source };
    return { arithmetic, called };
  } finally {
    tree.delete();
  }
}

/** @param around the definition, whose parameters and locals get their types. */
function arithmeticIn(around: Node, body: Node, source: string, macros: CastMacros): KernelArithmetic {
  const names: Names = { types: new Map(), initial: new Map() };
  const lambdas = new Map<string, CalledFunction>();
  walk(around, (node) => {
    if (node.type === 'declaration' || node.type === 'parameter_declaration' || node.type === 'optional_parameter_declaration')
      noteDeclaration(node, source, names);
    if (node.type === 'init_declarator') noteLambda(node, source, macros, lambdas);
    return undefined;
  });
  const operations: Operation[] = [];
  return { statements: bodyOf(body, source, macros, operations), operations, ...names, lambdas };
}

/** `auto step = [&](int i) { ... };`, whose names are those of the kernel but for its own. */
function noteLambda(node: Node, source: string, macros: CastMacros, lambdas: Map<string, CalledFunction>): void {
  const [name, value] = [fieldOf(node, 'declarator'), fieldOf(node, 'value')];
  const body = value?.type === 'lambda_expression' ? fieldOf(value, 'body') : undefined;
  if (!name || !value || !body) return;
  const written = textOf(name, source);
  lambdas.set(written, {
    name: written,
    template: [],
    parameters: parametersOf(fieldOf(value, 'declarator'), source),
    shared: [],
    constants: definitionsOf(constantLocals(body, source), source),
    aliases: new Map(),
    changing: reassigned(body, source),
    arithmetic: arithmeticIn(value, body, source, macros),
    text: textOf(value, source),
  });
}

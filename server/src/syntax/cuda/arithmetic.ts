/**
 * A kernel's text read for what it computes. Diagnostics do not need it, so it is not read on the way from a keystroke to
 * them: the text of the one kernel that somebody looks at is parsed again, and kept until it changes.
 */
import type { KernelArithmetic, Operation } from '../../core/kernels/body.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import { parseText } from '../parsers.ts';
import { bodyOf, castMacrosOf } from './body.ts';
import { toExpression } from './expressions.ts';
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

/** Kernels as they were last read, by their text. */
const kept = new Map<string, KernelArithmetic | undefined>();
const mostKept = 400;

/**
 * @param text a kernel from its first word to its closing brace.
 * @param file the text of its file, for macros that take elements as another type.
 */
export function arithmeticOf(text: string, file: string): KernelArithmetic | undefined {
  if (kept.has(text)) return kept.get(text);
  const found = read(text, file);
  if (kept.size >= mostKept) kept.clear();
  kept.set(text, found);
  return found;
}

function read(text: string, file: string): KernelArithmetic | undefined {
  const source = text;
  const tree = parseText('cuda', maskAttributes(source));
  if (!tree) return undefined;
  try {
    const root = copyCudaTree(tree, source);
    let definition: Node | undefined;
    walk(root, (node) => {
      if (node.type === 'function_definition') definition ??= node;
      return definition === undefined ? undefined : false;
    });
    const body = definition && fieldOf(definition, 'body');
    if (!definition || !body) return undefined;
    const names: Names = { types: new Map(), initial: new Map() };
    walk(definition, (node) => {
      if (node.type === 'declaration' || node.type === 'parameter_declaration') noteDeclaration(node, source, names);
      return undefined;
    });
    const operations: Operation[] = [];
    return { statements: bodyOf(body, source, castMacrosOf(file), operations), operations, ...names };
  } finally {
    tree.delete();
  }
}

/** The plain copy of a kernel file's tree, and the steps in it that every part of the reader takes. */
import type { Tree } from 'web-tree-sitter';
import { type CopiedStatements, copyTreeBy, type Node } from '../tree-copy.ts';

export type { Node } from '../tree-copy.ts';

/** Types whose children no part of the reader looks at: their text is enough. */
const leaves = new Set([
  'identifier',
  'number_literal',
  'comment',
  'string_literal',
  'raw_string_literal',
  'char_literal',
  'preproc_include',
  'system_lib_string',
]);

/** What whole files stand in. */
const containers = new Set([
  'namespace_definition',
  'declaration_list',
  'linkage_specification',
  'preproc_ifdef',
  'preproc_if',
  'preproc_else',
  // Behind a brace that is not closed yet the rest of the file stands in one.
  'ERROR',
]);

export function copyCudaTree(tree: Tree, text: string, remembered?: CopiedStatements): Node {
  return copyTreeBy({ leaves, containers, toleratesErrors: true }, tree, text, remembered);
}

export function fieldOf(node: Node, field: string): Node | undefined {
  return node.kids.find((kid) => kid.field === field);
}

export function fieldsOf(node: Node, field: string): readonly Node[] {
  return node.kids.filter((kid) => kid.field === field);
}

/** The kids that mean something: no punctuation and no comments. */
export function namedKids(node: Node): readonly Node[] {
  return node.kids.filter((kid) => kid.named && kid.type !== 'comment');
}

export function textOf(node: Node, text: string): string {
  return text.slice(node.start, node.end);
}

/** Visits a node and everything beneath it; `visit` says false where it wants nothing beneath. */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const kid of node.kids) walk(kid, visit);
}

/** Definitions that may stand at any depth and count for the whole file. */
const definitionTypes = new Set(['preproc_def', 'preproc_function_def', 'alias_declaration', 'type_definition', 'struct_specifier']);

/** Those beneath a statement. Its copy stays the same object from one keystroke to the next, so they are looked for once. */
const definitionsBeneath = new WeakMap<Node, readonly Node[]>();

function definitionsIn(statement: Node): readonly Node[] {
  const known = definitionsBeneath.get(statement);
  if (known) return known;
  const found: Node[] = [];
  walk(statement, (node) => {
    if (definitionTypes.has(node.type)) found.push(node);
    return undefined;
  });
  definitionsBeneath.set(statement, found);
  return found;
}

/** Macros, names of types and structures of a whole file, in order. */
export function fileDefinitions(root: Node): readonly Node[] {
  return root.kids.flatMap((kid) => (containers.has(kid.type) ? fileDefinitions(kid) : definitionsIn(kid)));
}

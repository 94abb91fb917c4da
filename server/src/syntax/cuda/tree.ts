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

export function copyCudaTree(tree: Tree, text: string, remembered?: CopiedStatements): Node {
  return copyTreeBy({ leaves }, tree, text, remembered);
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

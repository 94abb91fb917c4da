/** The plain copy of a module's tree, and the steps in it that every part of the reader takes. */
import type { Tree } from 'web-tree-sitter';
import { copyTreeBy, type Node } from '../tree-copy.ts';

export type { Node } from '../tree-copy.ts';

/** Types whose children no part of the reader looks at: their text is enough. */
const leaves = new Set([
  'identifier',
  'integer',
  'float',
  'comment',
  'string_start',
  'string_content',
  'string_end',
  'type_conversion',
  'format_specifier',
  'true',
  'false',
  'none',
  'type',
  'dotted_name',
  'relative_import',
]);

export function copyPythonTree(tree: Tree, text: string): Node {
  return copyTreeBy({ leaves }, tree, text);
}

export function fieldOf(node: Node, field: string): Node | undefined {
  return node.kids.find((kid) => kid.field === field);
}

/** The kids that mean something: no punctuation and no comments. */
export function namedKids(node: Node): readonly Node[] {
  return node.kids.filter((kid) => kid.named && kid.type !== 'comment');
}

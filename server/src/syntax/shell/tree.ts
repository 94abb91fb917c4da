/**
 * A plain copy of a syntax tree. Each step over a tree-sitter node crosses from wasm to JavaScript, and loops and
 * functions visit a node many times, so the tree is copied once with a cursor and interpreted from the copy.
 */
import type { Tree, TreeCursor } from 'web-tree-sitter';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  readonly missing: boolean;
  readonly field: string | undefined;
  readonly kids: readonly Node[];
}

/** Deeper nodes are left out, so that no text can exhaust the stack; no real script comes near. */
const maxDepth = 150;

/** Names by the grammar's ids; asking for an id is much cheaper than asking for a name. */
interface Names {
  readonly types: readonly string[];
  readonly fields: readonly (string | null)[];
}

function copyNode(cursor: TreeCursor, names: Names, depth: number): Node {
  const kids: Node[] = [];
  const node: Node = {
    type: names.types[cursor.nodeTypeId] ?? 'ERROR',
    start: cursor.startIndex,
    end: cursor.endIndex,
    named: cursor.nodeIsNamed,
    missing: cursor.nodeIsMissing,
    field: names.fields[cursor.currentFieldId] ?? undefined,
    kids,
  };
  if (depth < maxDepth && cursor.gotoFirstChild()) {
    do kids.push(copyNode(cursor, names, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** Copies the whole tree. */
export function copyTree(tree: Tree): Node {
  const cursor = tree.walk();
  try {
    return copyNode(cursor, tree.language, 0);
  } finally {
    cursor.delete();
  }
}

export function kidOf(node: Node, type: string): Node | undefined {
  return node.kids.find((kid) => kid.type === type);
}

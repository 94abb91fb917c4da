/**
 * Trees of whole modules: the index of a workspace reads a file once for itself and again for those that import it, and an
 * imported module seldom changes while the one that imports it is edited.
 */
import { parsePythonText } from '../parsers.ts';
import { moved } from '../tree-copy.ts';
import { LeastUsed } from './least-used.ts';
import { maskMagics } from './mask.ts';
import { copyPythonTree, type Node } from './tree.ts';

interface Kept {
  readonly text: string;
  readonly offset: number;
  readonly root: Node;
}

/** Characters of text whose trees are kept, and of one text; a tree takes some tens of bytes for each. */
const keptText = 2 ** 19;
const longest = 48 * 1024;

const trees = new LeastUsed<Kept>(keptText);

/** The tree of a text that begins at an offset; undefined while the grammar is not loaded. */
export function treeOf(uri: string, text: string, offset: number): Node | undefined {
  const known = trees.get(uri);
  if (known?.text === text && known.offset === offset) return known.root;
  const root = known?.text === text ? moved(known.root, offset - known.offset) : parsed(text, offset);
  if (root && text.length <= longest) trees.set(uri, { text, offset, root }, text.length);
  return root;
}

function parsed(text: string, offset: number): Node | undefined {
  const tree = parsePythonText(maskMagics(text));
  if (!tree) return undefined;
  try {
    const root = copyPythonTree(tree, text);
    return offset === 0 ? root : moved(root, offset);
  } finally {
    tree.delete();
  }
}

export function forgetTrees(): void {
  trees.clear();
}

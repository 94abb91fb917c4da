/**
 * A plain copy of a syntax tree. Each step over a tree-sitter node crosses from wasm to JavaScript, and loops and
 * functions visit a node many times, so the tree is copied once with a cursor and interpreted from the copy.
 */
import type { Language, Tree, TreeCursor } from 'web-tree-sitter';

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
  readonly isNamed: readonly boolean[];
}

let namesOfLanguage: { readonly language: Language; readonly names: Names } | undefined;

function namesOf(language: Language): Names {
  if (namesOfLanguage?.language !== language) {
    const { types, fields } = language;
    const isNamed = types.map((_, id) => language.nodeTypeIsNamed(id));
    namesOfLanguage = { language, names: { types, fields, isNamed } };
  }
  return namesOfLanguage.names;
}

/** Inside strings the grammar lets these begin at the line continuation before them. */
const startsLate = new Set(['simple_expansion', 'expansion', 'command_substitution', 'arithmetic_expansion', '$', '${', '$(', '$((', '`']);
const beforeExpansion = /[\s\\]*/y;

/** The commonest nodes without children; not asking for them saves a call into wasm. */
const leaves = new Set(['word', 'number', 'variable_name', 'string_content', 'comment', 'raw_string', 'file_descriptor']);

interface Copying extends Names {
  readonly cursor: TreeCursor;
  readonly text: string;
}

function startOf({ cursor, text }: Copying, type: string, start: number): number {
  if (!startsLate.has(type) || text[start] === '$' || text[start] === '`') return start;
  beforeExpansion.lastIndex = start;
  const skipped = beforeExpansion.exec(text)?.[0].length ?? 0;
  return Math.min(start + skipped, cursor.endIndex);
}

function copyNode(copying: Copying, depth: number): Node {
  const { cursor } = copying;
  const kids: Node[] = [];
  const id = cursor.nodeTypeId;
  const type = copying.types[id] ?? 'ERROR';
  const named = copying.isNamed[id] ?? true;
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  const node: Node = {
    type,
    start: startOf(copying, type, start),
    end,
    named,
    missing: start === end && cursor.nodeIsMissing,
    field: copying.fields[cursor.currentFieldId] ?? undefined,
    kids,
  };
  if (named && depth < maxDepth && !leaves.has(type) && cursor.gotoFirstChild()) {
    do kids.push(copyNode(copying, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** Copies the whole tree of `text`. */
export function copyTree(tree: Tree, text: string): Node {
  const cursor = tree.walk();
  try {
    return copyNode({ cursor, text, ...namesOf(tree.language) }, 0);
  } finally {
    cursor.delete();
  }
}

export function kidOf(node: Node, type: string): Node | undefined {
  return node.kids.find((kid) => kid.type === type);
}

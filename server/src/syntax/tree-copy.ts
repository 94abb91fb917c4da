/**
 * A plain copy of a syntax tree. Each step over a tree-sitter node crosses from wasm to JavaScript, and interpreting
 * visits a node many times, so the tree is copied once with a cursor and interpreted from the copy.
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

/** What a grammar asks of the copy. */
export interface CopyRules {
  /** Types of nodes whose children are never wanted; not asking for them saves calls into wasm. */
  readonly leaves: ReadonlySet<string>;
  /** Types whose children are statements of the outermost level too, as those of a namespace. */
  readonly containers?: ReadonlySet<string>;
  /** True for a grammar whose trees of correct texts hold errors: its statements without one are remembered all the same. */
  readonly toleratesErrors?: boolean;
  /** Where a node starts when the grammar's own start is not meant. */
  readonly startOf?: (type: string, start: number, end: number, text: string) => number;
}

/** Deeper nodes are left out, so that no text can exhaust the stack; no real file comes near. */
const maxDepth = 150;

/** Names by the grammar's ids; asking for an id is much cheaper than asking for a name. */
interface Names {
  readonly types: readonly string[];
  readonly fields: readonly (string | null)[];
  readonly isNamed: readonly boolean[];
}

const namesOfLanguage = new WeakMap<Language, Names>();

function namesOf(language: Language): Names {
  const known = namesOfLanguage.get(language);
  if (known) return known;
  const { types, fields } = language;
  const names = { types, fields, isNamed: types.map((_, id) => language.nodeTypeIsNamed(id)) };
  namesOfLanguage.set(language, names);
  return names;
}

interface Copying extends Names, CopyRules {
  readonly cursor: TreeCursor;
  readonly text: string;
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
    start: copying.startOf?.(type, start, end, copying.text) ?? start,
    end,
    named,
    missing: start === end && cursor.nodeIsMissing,
    field: copying.fields[cursor.currentFieldId] ?? undefined,
    kids,
  };
  if (named && depth < maxDepth && !copying.leaves.has(type) && cursor.gotoFirstChild()) {
    do kids.push(copyNode(copying, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/**
 * Statements of the outermost level as they were last copied, by type and text. A keystroke changes one of them; the
 * others are taken from here, moved to where they stand now.
 */
export type CopiedStatements = Map<string, Node>;

/** Moves a statement of the last tree, which nobody else holds any more; a copy of every node behind an edit takes many times longer. */
function move(node: Movable, by: number): Node {
  node.start += by;
  node.end += by;
  for (const kid of node.kids) move(kid, by);
  return node;
}

const noKids: readonly Node[] = [];

/** A copy at other offsets, where the tree itself stays in use. A spread would be shorter and several times slower. */
export function moved({ type, start, end, named, missing, field, kids }: Node, by: number): Node {
  const copies = kids.length === 0 ? noKids : kids.map((kid) => moved(kid, by));
  return { type, start: start + by, end: end + by, named, missing, field, kids: copies };
}

type Movable = { -readonly [K in keyof Node]: Node[K] };

/** The statement under the cursor, which is worth remembering when it has parts. */
function copyStatement(copying: Copying, before: CopiedStatements, after: CopiedStatements): Node {
  const { cursor, text, types } = copying;
  const type = types[cursor.nodeTypeId] ?? 'ERROR';
  if (copying.containers?.has(type)) return copyStatements(copying, before, after);
  const start = cursor.startIndex;
  // How a broken statement is recovered may depend on what stands around it, so its text alone does not tell it.
  const whole = copying.toleratesErrors ? cursor.currentNode : undefined;
  const broken = whole?.hasError ? whole.descendantCount : '';
  const key = `${type} ${broken} ${text.slice(start, cursor.endIndex)}`;
  const known = before.get(key);
  // Of two statements with the same text the second is copied.
  before.delete(key);
  const node = known ? (known.start === start ? known : move(known, start - known.start)) : copyNode(copying, 1);
  if (node.kids.length > 0) after.set(key, node);
  return node;
}

/** The node under the cursor, the root or a container, statement by statement. */
function copyStatements(copying: Copying, before: CopiedStatements, after: CopiedStatements): Node {
  const { cursor, types, fields } = copying;
  const kids: Node[] = [];
  const type = types[cursor.nodeTypeId] ?? 'ERROR';
  const field = fields[cursor.currentFieldId] ?? undefined;
  const node = { type, start: cursor.startIndex, end: cursor.endIndex, named: true, missing: false, field, kids };
  if (cursor.gotoFirstChild()) {
    do kids.push(copyStatement(copying, before, after));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** Copies a tree statement by statement. What is remembered is replaced by what this text holds. */
function copyRoot(copying: Copying, remembered: CopiedStatements): Node {
  const before: CopiedStatements = new Map(remembered);
  remembered.clear();
  return copyStatements(copying, before, remembered);
}

/** Copies the whole tree of `text`; with `remembered` what is as it was is not copied again. */
export function copyTreeBy(rules: CopyRules, tree: Tree, text: string, remembered?: CopiedStatements): Node {
  const cursor = tree.walk();
  try {
    const copying = { cursor, text, ...rules, ...namesOf(tree.language) };
    return remembered && (rules.toleratesErrors || !tree.rootNode.hasError) ? copyRoot(copying, remembered) : copyNode(copying, 0);
  } finally {
    cursor.delete();
  }
}

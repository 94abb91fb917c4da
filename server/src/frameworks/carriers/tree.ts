/**
 * A file of keys as a tree, for formats whose meaning lies in how blocks stand inside each other: Kubernetes, Compose,
 * SkyPilot. The reader of entries lists them flat, and the further documents of a file under `---1`, `---2` and so on.
 */
import type { Range } from '../../core/origin.ts';
import type { ConfigDocument, ConfigEntry } from '../../syntax/document.ts';
import { remember } from '../remember.ts';
import type { Setting } from '../setting.ts';
import { entrySetting } from '../setting.ts';

export interface TreeNode {
  /** The key's own name; a number in a list; '' for a document. */
  readonly name: string | number;
  /** Absent for a document. */
  readonly entry: ConfigEntry | undefined;
  /** In the order of the text. */
  readonly children: ReadonlyMap<string | number, TreeNode>;
}

interface GrowingNode extends TreeNode {
  entry: ConfigEntry | undefined;
  readonly children: Map<string | number, GrowingNode>;
}

const growing = (name: string | number): GrowingNode => ({ name, entry: undefined, children: new Map() });

/** The documents of a file as trees. */
export const treesOf = remember(({ entries }: ConfigDocument): readonly TreeNode[] => {
  const first = growing('');
  const others = new Map<string, GrowingNode>();
  for (const entry of entries) {
    const [head] = entry.path;
    const isOther = typeof head === 'string' && /^---\d+$/.test(head);
    let node = first;
    if (isOther) {
      node = others.get(head) ?? growing('');
      others.set(head, node);
    }
    for (const part of isOther ? entry.path.slice(1) : entry.path) node = childOf(node, part);
    node.entry = entry;
  }
  return [first, ...others.values()];
});

function childOf(node: GrowingNode, part: string | number): GrowingNode {
  const known = node.children.get(part);
  if (known) return known;
  const child = growing(part);
  node.children.set(part, child);
  return child;
}

/** The node below, one name for each level; undefined when any of them is absent. */
export function nodeAt(node: TreeNode | undefined, ...path: readonly (string | number)[]): TreeNode | undefined {
  let at = node;
  for (const part of path) at = at?.children.get(part);
  return at;
}

/** Items of a list or keys of a block, in the order of the text. */
export function childrenOf(node: TreeNode | undefined): readonly TreeNode[] {
  return node ? [...node.children.values()] : [];
}

/** A block that stands in no file, of nodes that do: what a controller puts together. */
export function assembled(name: string, entries: readonly (readonly [string | number, TreeNode | undefined])[]): TreeNode {
  return { name, entry: undefined, children: new Map(entries.flatMap(([key, node]) => (node ? [[key, node] as const] : []))) };
}

/** Entries of the items of a list. */
export function itemEntries(node: TreeNode | undefined): readonly ConfigEntry[] {
  return childrenOf(node).flatMap(({ entry }) => entry ?? []);
}

/** The value as text; undefined for a block, for nothing and for what is not known. */
export function textOf(node: TreeNode | undefined): string | undefined {
  const scalar = node?.entry?.scalar;
  return scalar === undefined || scalar === null ? undefined : String(scalar);
}

/** A key as a setting under the name the tables of keys know it by. */
export function settingOf(node: TreeNode | undefined, name?: string): Setting | undefined {
  const entry = node?.entry;
  if (!entry) return undefined;
  const setting = entrySetting(entry);
  return { ...setting, name: name ?? setting.spelling };
}

/** From the first key of a block to the end of its last value. */
export function rangeOf(node: TreeNode): Range {
  const own = node.entry;
  if (own) return { start: own.key.start, end: own.value.end };
  const ranges = childrenOf(node).map(rangeOf);
  if (ranges.length === 0) return { start: 0, end: 0 };
  return { start: Math.min(...ranges.map(({ start }) => start)), end: Math.max(...ranges.map(({ end }) => end)) };
}

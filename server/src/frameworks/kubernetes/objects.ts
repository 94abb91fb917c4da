/** The objects of a file: one for each document, the items of a List and the objects of an OpenShift Template. */
import type { ConfigDocument } from '../../syntax/document.ts';
import { childrenOf, nodeAt, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';

export function objectsOf(document: ConfigDocument): readonly TreeNode[] {
  return treesOf(document).flatMap((tree) => {
    const kind = textOf(nodeAt(tree, 'kind')) ?? '';
    if (/List$/.test(kind)) return childrenOf(nodeAt(tree, 'items'));
    return kind === 'Template' ? childrenOf(nodeAt(tree, 'objects')) : [tree];
  });
}

export const isObject = (object: TreeNode): boolean => nodeAt(object, 'apiVersion') !== undefined && nodeAt(object, 'kind') !== undefined;

/** KubeAI: Model objects, and the values of its chart of models, which list them in a catalog. */
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { childrenOf, nodeAt, rangeOf, type TreeNode, treesOf } from '../carriers/tree.ts';
import { objectsOf } from '../kubernetes/objects.ts';
import { readObjects } from '../kubernetes/read-objects.ts';
import { kubeaiKeys } from './keys.ts';
import { isKubeai, readModel } from './objects.ts';

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  if (objectsOf(document).some(isKubeai)) return 0.98;
  return catalogOf(document).length > 0 ? 0.96 : 0;
}

/** Entries of a catalog that say an engine and where the model is. */
function catalogOf(document: ConfigDocument): readonly TreeNode[] {
  const entries = treesOf(document).flatMap((tree) => childrenOf(nodeAt(tree, 'catalog')));
  return entries.filter((one) => nodeAt(one, 'engine') !== undefined && nodeAt(one, 'url') !== undefined);
}

function read(document: ConfigDocument, context: ReadContext = noContext): readonly Reading[] {
  const catalog = catalogOf(document);
  if (catalog.length === 0) return readObjects(document, context);
  return catalog.flatMap((one) => readModel(document, one, one.entry?.key ?? rangeOf(one), context.readInner));
}

export const adapter: Adapter = { id: 'kubeai', label: 'KubeAI', detect, read, keys: kubeaiKeys };

/** The trees of a TreeEnsembleRegressor (ai.onnx.ml version 3) as flat arrays, for walking from the roots down. */
import type { Node } from './model.ts';

export interface Trees {
  readonly roots: Int32Array;
  /** The input a node looks at; -1 at a leaf. */
  readonly features: Int16Array;
  readonly thresholds: Float32Array;
  readonly whenTrue: Int32Array;
  readonly whenFalse: Int32Array;
  /** What a leaf adds. */
  readonly weights: Float32Array;
}

/** Throws on branches other than `<=` and on nodes that point nowhere. */
export function readTrees(node: Node): Trees {
  const list = (name: string): readonly number[] => node.lists.get(name) ?? [];
  const [trees, ids] = [list('nodes_treeids'), list('nodes_nodeids')];
  const modes = node.words.get('nodes_modes') ?? [];
  const places = new Map<number, number>();
  const key = (tree: number | undefined, id: number | undefined): number => (tree ?? 0) * 1e6 + (id ?? 0);
  for (let at = 0; at < ids.length; at++) places.set(key(trees[at], ids[at]), at);
  const place = (at: number, ends: readonly number[]): number => {
    const found = places.get(key(trees[at], ends[at]));
    if (found === undefined) throw new Error('a tree of the model is broken');
    return found;
  };
  const count = ids.length;
  const result: Trees = {
    roots: Int32Array.from([...ids.keys()].filter((at) => ids[at] === 0)),
    features: new Int16Array(count).fill(-1),
    thresholds: Float32Array.from(list('nodes_values')),
    whenTrue: new Int32Array(count),
    whenFalse: new Int32Array(count),
    weights: new Float32Array(count),
  };
  const [features, yes, no] = [list('nodes_featureids'), list('nodes_truenodeids'), list('nodes_falsenodeids')];
  for (let at = 0; at < count; at++) {
    if (modes[at] === 'LEAF') continue;
    if (modes[at] !== 'BRANCH_LEQ') throw new Error(`branches of the kind ${modes[at]} are not read`);
    result.features[at] = features[at] ?? 0;
    result.whenTrue[at] = place(at, yes);
    result.whenFalse[at] = place(at, no);
  }
  const [targetTrees, targetIds, weights] = [list('target_treeids'), list('target_nodeids'), list('target_weights')];
  for (const [index, weight] of weights.entries()) {
    const at = places.get(key(targetTrees[index], targetIds[index]));
    if (at !== undefined) result.weights[at] = weight;
  }
  return result;
}

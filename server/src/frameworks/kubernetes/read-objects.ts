/**
 * All objects of a file, whichever adapter the file belongs to: what starts pods itself, Ray, and the objects of serving
 * operators. A ConfigMap on its own is read for the files it holds.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import { noContext, type ReadContext, type ReadInner, type Reading } from '../adapter.ts';
import { readFile } from '../carriers/mounted.ts';
import type { TreeNode } from '../carriers/tree.ts';
import { readDynamo } from '../dynamo/objects.ts';
import { readKserve } from '../kserve/objects.ts';
import { readKubeai } from '../kubeai/objects.ts';
import { type ConfigMaps, configMapsOf } from './config-maps.ts';
import { isObject, objectsOf } from './objects.ts';
import { readPods } from './pods.ts';
import { readRay } from './ray.ts';
import { roleGroupsOf } from './role-groups.ts';
import { podGroupOf } from './roles.ts';
import { trainJob } from './train-job.ts';

/** The objects of operators that serve; undefined for an object of another kind. */
type ReadObject = (
  document: ConfigDocument,
  object: TreeNode,
  objects: readonly TreeNode[],
  maps: ConfigMaps,
  readInner: ReadInner,
) => readonly Reading[] | undefined;

const operators: readonly ReadObject[] = [readKserve, readKubeai, readDynamo];

export function readObjects(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  const objects = objectsOf(document).filter(isObject);
  const maps = configMapsOf(objects);
  const readings = objects.flatMap((object) => {
    for (const read of operators) {
      const found = read(document, object, objects, maps, readInner);
      if (found) return found;
    }
    const ray = readRay(document, object, maps, readInner);
    if (ray) return ray;
    const group = trainJob(object, objects) ?? podGroupOf(object);
    const groups = group ? [group] : roleGroupsOf(object);
    return groups.flatMap((one) => readPods(document, one, maps, readInner));
  });
  return readings.length > 0 ? readings : readLoose(document, [...maps.values()].flat(), readInner);
}

/** Files of ConfigMaps that nothing here runs. */
function readLoose(document: ConfigDocument, data: readonly TreeNode[], readInner: ReadInner): readonly Reading[] {
  return data.flatMap(({ name, entry }) => (entry ? readFile(document, { path: String(name), entry }, readInner) : []));
}

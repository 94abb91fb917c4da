/**
 * Kubernetes objects that start pods: Pod, Deployment, Job and the like, the training jobs of Kubeflow, JobSet,
 * LeaderWorkerSet, Volcano, Ray on Kubernetes, and what starts pods by role. What the containers run is read by the other adapters; the objects add how
 * many nodes and accelerators there are. A ConfigMap on its own is read for the files it holds.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter } from '../adapter.ts';
import { isTelling } from '../carriers/telling.ts';
import { nodeAt, textOf } from '../carriers/tree.ts';
import { kubernetesKeys } from './keys.ts';
import { isObject, objectsOf } from './objects.ts';
import { framework } from './pods.ts';
import { readObjects } from './read-objects.ts';
import { roleGroupsOf } from './role-groups.ts';
import { podGroupOf } from './roles.ts';

/** Objects that are jobs whatever they run. */
const trainers =
  /^(?:ElasticJob|(?:HyperPod)?PyTorchJob|TFJob|MPIJob|MXJob|PaddleJob|JAXJob|XGBoostJob|TrainJob|(?:Cluster)?TrainingRuntime|Ray(?:Job|Cluster(?:Fleet|ReplicaSet)?|Service))$/;

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  if (!document.entries.some(({ path }) => path.at(-1) === 'apiVersion')) return 0;
  const objects = objectsOf(document).filter(isObject);
  const kinds = objects.map((object) => textOf(nodeAt(object, 'kind')) ?? '');
  if (kinds.some((kind) => trainers.test(kind))) return 0.97;
  const starts = objects.some(
    (object) => podGroupOf(object) !== undefined || textOf(nodeAt(object, 'kind')) === 'ConfigMap' || roleGroupsOf(object).length > 0,
  );
  return starts && isTelling(document.text) ? 0.97 : 0;
}

export const adapter: Adapter = { id: framework, label: 'Kubernetes', detect, read: readObjects, keys: kubernetesKeys };

/**
 * RayJob, RayCluster and RayService (KubeRay v1), and AIBrix's RayClusterFleet: the entry point runs on a cluster of a head and groups of workers, each pod
 * with the GPUs of `num-gpus` or of its container. A service of Ray Serve LLM holds engine arguments in YAML text.
 */
import type { ConfigDocument, ShellVariable } from '../../syntax/document.ts';
import { embeddedDocument, entryVariable } from '../../syntax/embedded.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import { readInside } from '../carriers/workload.ts';
import { readApplications } from '../ray-serve/applications.ts';
import type { Setting } from '../setting.ts';
import { acceleratorCount } from './accelerators.ts';
import { type ConfigMaps, mountedFiles } from './config-maps.ts';
import { containerEnvironment } from './environment.ts';
import { jobsOf, type ReadRole } from './pods.ts';
import { countOf, type PodGroup, type Role } from './roles.ts';

/** Where in its spec an object has the cluster. */
const clusterKeys: Readonly<Record<string, readonly string[]>> = {
  RayJob: ['rayClusterSpec'],
  RayService: ['rayClusterConfig'],
  RayCluster: [],
  RayClusterFleet: ['template', 'spec'],
  RayClusterReplicaSet: ['template', 'spec'],
};

export function readRay(
  document: ConfigDocument,
  object: TreeNode,
  maps: ConfigMaps,
  readInner: ReadInner,
): readonly Reading[] | undefined {
  const kind = textOf(nodeAt(object, 'kind')) ?? '';
  const key = Object.hasOwn(clusterKeys, kind) ? clusterKeys[kind] : undefined;
  if (key === undefined) return undefined;
  const spec = nodeAt(object, 'spec');
  const cluster = nodeAt(spec, ...key);
  const found = groupsOf(cluster);
  const roles: readonly Role[] = found.map(({ role }) => role);
  const name = textOf(nodeAt(object, 'metadata', 'name')) ?? kind;
  const copies = kind.startsWith('RayCluster') && key.length > 0 ? { copies: countOf(nodeAt(spec, 'replicas')) } : {};
  const group: PodGroup = { kind, name, object, roles, trains: kind === 'RayJob', ...copies };
  const served = servedModels(document, spec, found, readInner);
  if (served.length > 0) return served;
  const entry = entryPoint(document, spec, cluster, maps, readInner);
  const inside = entry.length > 0 ? entry : headProgram(document, cluster, maps, readInner);
  const empty = found.map((one): ReadRole => ({ ...one, inside: [] }));
  if (inside.length === 0) return jobsOf(document, group, empty);
  // The entry point runs on the head, but its job takes the GPUs of the whole cluster.
  const head: Role = { name: 'entrypoint', pod: nodeAt(cluster, 'headGroupSpec', 'template', 'spec') ?? object, count: countOf(undefined) };
  return jobsOf(document, group, [{ role: head, accelerators: undefined, inside }, ...empty]);
}

/** The head and the groups of workers. */
function groupsOf(cluster: TreeNode | undefined): readonly Omit<ReadRole, 'inside'>[] {
  const head = nodeAt(cluster, 'headGroupSpec');
  const workers = childrenOf(nodeAt(cluster, 'workerGroupSpecs'));
  return [...(head ? [head] : []), ...workers].flatMap((group) => {
    const pod = nodeAt(group, 'template', 'spec');
    if (!pod) return [];
    const isHead = group === head;
    const name = isHead ? 'head' : (textOf(nodeAt(group, 'groupName')) ?? 'workers');
    const count = isHead ? countOf(undefined) : countOf(nodeAt(group, 'replicas') ?? nodeAt(group, 'minReplicas'));
    return [{ role: { name, pod, count }, accelerators: acceleratorsOf(group, pod) }];
  });
}

/** `num-gpus` of `ray start` is what Ray believes; without it Ray counts what the container got. */
function acceleratorsOf(group: TreeNode, pod: TreeNode): Setting | undefined {
  const told = settingOf(nodeAt(group, 'rayStartParams', 'num-gpus'));
  if (told) return String(told.scalar) === '0' ? undefined : told;
  for (const container of childrenOf(nodeAt(pod, 'containers'))) {
    const found = acceleratorCount(container);
    if (found) return found;
  }
  return undefined;
}

function entryPoint(
  document: ConfigDocument,
  spec: TreeNode | undefined,
  cluster: TreeNode | undefined,
  maps: ConfigMaps,
  readInner: ReadInner,
): readonly Reading[] {
  const entry = nodeAt(spec, 'entrypoint')?.entry;
  if (!entry) return [];
  const pod = nodeAt(cluster, 'headGroupSpec', 'template', 'spec');
  const container = childrenOf(nodeAt(pod, 'containers'))[0];
  const outer = container ? containerEnvironment(container, maps, []) : [];
  const environment = [...outer, ...runtimeVariables(document, nodeAt(spec, 'runtimeEnvYAML'))];
  const files = pod && container ? mountedFiles(pod, container, maps) : [];
  return readInside(document, [embeddedDocument(document, entry, 'shell', environment)], files, readInner);
}

/** What the container of the head starts itself once Ray is up. */
function headProgram(document: ConfigDocument, cluster: TreeNode | undefined, maps: ConfigMaps, readInner: ReadInner): readonly Reading[] {
  const pod = nodeAt(cluster, 'headGroupSpec', 'template', 'spec');
  return childrenOf(nodeAt(pod, 'containers')).flatMap((container) => {
    const environment = containerEnvironment(container, maps, []);
    const [program, rest] = [nodeAt(container, 'command'), nodeAt(container, 'args')];
    const inner = startedDocument(document, {
      program,
      arguments: rest,
      image: nodeAt(container, 'image'),
      environment,
      references: environment,
    });
    return inner && pod ? readInside(document, [inner], mountedFiles(pod, container, maps), readInner) : [];
  });
}

/** `env_vars` of the runtime environment, which is YAML in a block of text. */
function runtimeVariables(document: ConfigDocument, node: TreeNode | undefined): readonly ShellVariable[] {
  if (!node?.entry) return [];
  const [tree] = treesOf(embeddedDocument(document, node.entry, 'yaml'));
  return childrenOf(nodeAt(tree, 'env_vars')).flatMap(({ name, entry }) => (entry ? [entryVariable(String(name), entry)] : []));
}

/** The models of Ray Serve, on the workers that have GPUs. */
function servedModels(
  document: ConfigDocument,
  spec: TreeNode | undefined,
  groups: readonly Omit<ReadRole, 'inside'>[],
  readInner: ReadInner,
): readonly Reading[] {
  const text = nodeAt(spec, 'serveConfigV2')?.entry;
  if (!text) return [];
  const config = embeddedDocument(document, text, 'yaml');
  const equipped = groups.find(({ accelerators }) => accelerators !== undefined);
  return readApplications(config, readInner, { accelerators: equipped?.accelerators, pod: equipped?.role.pod });
}

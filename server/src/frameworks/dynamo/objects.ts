/**
 * DynamoGraphDeployment: one server for each worker among `spec.services` (v1alpha1) or `spec.components` (v1beta1), with the
 * nodes of `multinode` and the GPUs its pod gets. Fields: deploy/operator/api of Dynamo 0.8 to 1.3.
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { DeployedRole, Deployment } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { joinRoles } from '../deployments/roles.ts';
import { acceleratorCount } from '../kubernetes/accelerators.ts';
import { type ConfigMaps, mountedFiles } from '../kubernetes/config-maps.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import { isDynamoKey } from './keys.ts';

export const isDynamo = (object: TreeNode): boolean =>
  /^Dynamo(?:Graph|Component)Deployment$/.test(textOf(nodeAt(object, 'kind')) ?? '') &&
  /^nvidia\.com\//.test(textOf(nodeAt(object, 'apiVersion')) ?? '');

/** The jobs of a graph; undefined for an object of others. */
export function readDynamo(
  document: ConfigDocument,
  object: TreeNode,
  _objects: unknown,
  maps: ConfigMaps,
  readInner: ReadInner,
): readonly Reading[] | undefined {
  if (!isDynamo(object)) return undefined;
  const deployment: Deployment = { document, framework: 'dynamo', release: 'NVIDIA Dynamo 1.x', isKnown: isDynamoKey, readInner };
  const spec = nodeAt(object, 'spec');
  const readings = componentsOf(object, spec).flatMap((component) => readComponent(deployment, spec, component, maps));
  return joinRoles(document, readings);
}

interface Component {
  readonly name: string;
  readonly node: TreeNode;
  readonly role: ServingRole | undefined;
}

/** Everything that may run an engine; a frontend, a planner or a router does not. */
function componentsOf(object: TreeNode, spec: TreeNode | undefined): readonly Component[] {
  const services = childrenOf(nodeAt(spec, 'services')).map((node) => ({ name: String(node.name), node }));
  const listed = childrenOf(nodeAt(spec, 'components')).map((node) => ({ name: textOf(nodeAt(node, 'name')) ?? '', node }));
  const single = nodeAt(spec, 'extraPodSpec') && spec ? [{ name: textOf(nodeAt(object, 'metadata', 'name')) ?? '', node: spec }] : [];
  return [...services, ...listed, ...single].flatMap(({ name, node }) => {
    const type = textOf(nodeAt(node, 'componentType') ?? nodeAt(node, 'type'));
    if (type !== undefined && /^(?:frontend|planner|router|epp|main|processor)$/i.test(type)) return [];
    return [{ name, node, role: roleOf(type, textOf(nodeAt(node, 'subComponentType')), name) }];
  });
}

/** What the component says of itself; the name tells only where the type leaves it open. */
function roleOf(type: string | undefined, sub: string | undefined, name: string): ServingRole | undefined {
  const said = [sub, type].find((word) => word === 'prefill' || word === 'decode');
  if (said !== undefined) return said as ServingRole;
  if (sub !== undefined) return undefined;
  return /prefill/i.test(name) ? 'prefill' : /decode/i.test(name) ? 'decode' : undefined;
}

function readComponent(
  deployment: Deployment,
  spec: TreeNode | undefined,
  { node, role }: Component,
  maps: ConfigMaps,
): readonly Reading[] {
  const pod = nodeAt(node, 'extraPodSpec') ?? nodeAt(node, 'podTemplate', 'spec');
  const containers = childrenOf(nodeAt(pod, 'containers'));
  const container = nodeAt(pod, 'mainContainer') ?? containers.find((one) => textOf(nodeAt(one, 'name')) === 'main') ?? containers[0];
  if (!container) return [];
  const inner = commandOf(deployment.document, spec, node, container, maps);
  return readDeployed(deployment, {
    launch: node.entry?.key ?? rangeOf(node),
    role,
    inner: inner ? [inner] : [],
    files: pod ? mountedFiles(pod, container, maps) : [],
    replicas: countOf(nodeAt(node, 'replicas')),
    nodes: settingOf(nodeAt(node, 'multinode', 'nodeCount')) ?? { value: 1, how: 'a replica is one pod without multinode' },
    accelerators: gpusOf(node) ?? acceleratorCount(container),
    pod,
  });
}

/** `resources.limits.gpu` is short for the resource of the device plugin, which `gpuType` may name. */
function gpusOf(node: TreeNode): DeployedRole['accelerators'] {
  const resources = nodeAt(node, 'resources');
  for (const part of ['limits', 'requests']) {
    const setting = settingOf(nodeAt(resources, part, 'gpu'));
    if (!setting || String(setting.scalar) === '0') continue;
    const type = textOf(nodeAt(resources, part, 'gpuType'));
    return type === undefined ? setting : { ...setting, spelling: type };
  }
  return acceleratorCount(node);
}

function commandOf(
  document: ConfigDocument,
  spec: TreeNode | undefined,
  node: TreeNode,
  container: TreeNode,
  maps: ConfigMaps,
): ConfigDocument | undefined {
  const outer = [nodeAt(spec, 'envs'), nodeAt(spec, 'env'), nodeAt(node, 'envs')].flatMap((list) =>
    list ? containerEnvironment({ name: '', entry: undefined, children: new Map([['env', list]]) }, maps, []) : [],
  );
  const environment = containerEnvironment(container, maps, outer);
  return startedDocument(document, {
    program: nodeAt(container, 'command'),
    arguments: nodeAt(container, 'args'),
    image: nodeAt(container, 'image'),
    environment,
    references: environment,
  });
}

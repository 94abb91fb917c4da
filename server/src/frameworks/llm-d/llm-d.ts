/**
 * Values of llm-d's modelservice chart: decode and prefill, each with its parallelism and containers. What the chart makes of
 * them: charts/llm-d-modelservice/templates/_helpers.tpl at 3051935 (2026).
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { ConfigDocument, ShellVariable, Word } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { assembled, childrenOf, nodeAt, settingOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import { variableAt } from '../carriers/variables.ts';
import type { DeployedRole, Deployment, Worked } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { joinRoles } from '../deployments/roles.ts';
import { commandDocument, flagOf, itemWords, valueWord, wordsAt } from '../deployments/words.ts';
import { acceleratorCount } from '../kubernetes/accelerators.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import type { Setting } from '../setting.ts';
import { isLlmdKey, llmdKeys } from './keys.ts';
import { chartModel } from './model.ts';

const roles: readonly ServingRole[] = ['decode', 'prefill'];

function detect(document: ConfigDocument): number {
  return document.format === 'yaml' && treesOf(document).some(isValues) ? 0.96 : 0;
}

/** The model and at least one of the roles with containers; the chart may also stand inside another's values. */
function isValues(tree: TreeNode): boolean {
  if (nodeAt(tree, 'modelArtifacts') === undefined) return false;
  return roles.some((role) => nodeAt(tree, role, 'containers') !== undefined || nodeAt(tree, role, 'parallelism') !== undefined);
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  const deployment: Deployment = { document, framework: 'llm-d', release: 'llm-d modelservice 0.4', isKnown: isLlmdKey, readInner };
  return treesOf(document)
    .filter(isValues)
    .flatMap((values) => readValues(deployment, values));
}

/** A role is created unless the values say otherwise. */
const isCreated = (values: TreeNode, role: ServingRole): boolean => {
  const block = nodeAt(values, role);
  return block !== undefined && nodeAt(block, 'create')?.entry?.scalar !== false && childrenOf(nodeAt(block, 'containers')).length > 0;
};

function readValues(deployment: Deployment, values: TreeNode): readonly Reading[] {
  const present = roles.filter((role) => isCreated(values, role));
  const readings = present.flatMap((role) => readDeployed(deployment, roleOf(deployment.document, values, role, present.length > 1)));
  return joinRoles(deployment.document, readings);
}

function roleOf(document: ConfigDocument, values: TreeNode, role: ServingRole, isSplit: boolean): DeployedRole {
  const block = nodeAt(values, role);
  const containers = childrenOf(nodeAt(block, 'containers'));
  const container = containers.find((one) => nodeAt(one, 'modelCommand') !== undefined) ?? containers[0];
  const sizes = sizesOf(nodeAt(block, 'parallelism'));
  const type = textOf(nodeAt(block, 'accelerator', 'type') ?? nodeAt(values, 'accelerator', 'type')) ?? 'nvidia';
  return {
    launch: block?.entry?.key ?? { start: 0, end: 0 },
    role: isSplit ? role : undefined,
    inner: container ? [serverOf(document, values, block, container, sizes)] : [],
    replicas: countOf(nodeAt(block, 'replicas')),
    nodes: nodeAt(values, 'multinode')?.entry?.scalar === true ? sizes.workers : { value: 1, how: 'multinode is off' },
    accelerators: acceleratorCount(container) ?? (type === 'cpu' ? undefined : sizes.accelerators),
    pod: podOf(block),
    facts: { accelerator: type, ...(sizes.local === undefined ? {} : { dp_local: sizes.local }) },
  };
}

/** Where pods may run: `nodeSelector`, and the labels the chart makes an affinity of. */
function podOf(block: TreeNode | undefined): TreeNode | undefined {
  const key = textOf(nodeAt(block, 'acceleratorTypes', 'labelKey'));
  const values = nodeAt(block, 'acceleratorTypes', 'labelValues');
  const [only, ...more] = childrenOf(values);
  if (key === undefined || !only || more.length > 0) return block;
  return assembled('pod', [['nodeSelector', assembled('nodeSelector', [[key, { ...only, name: key }]])]]);
}

interface Sizes {
  readonly data: number | undefined;
  readonly local: number | undefined;
  readonly workers: Setting | Worked | undefined;
  readonly accelerators: Worked | undefined;
}

/** What the chart works out of `tensor`, `data`, `dataLocal` and `workers` where one of them is not written. */
function sizesOf(block: TreeNode | undefined): Sizes {
  const number = (key: string): number | undefined => {
    const value = settingOf(nodeAt(block, key))?.scalar;
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const [tensor = 1, data, local, workers] = [number('tensor'), number('data'), number('dataLocal'), number('workers')];
  const written = settingOf(nodeAt(block, 'workers'));
  const ranks = local ?? (data !== undefined ? data / (workers ?? 1) : undefined);
  const pods = data !== undefined && local !== undefined ? data / local : 1;
  return {
    data: data ?? (local === undefined ? undefined : local * (workers ?? 1)),
    local: ranks,
    workers: workers !== undefined && written ? written : { value: Math.max(1, Math.floor(pods)), how: 'data / dataLocal' },
    accelerators: { value: tensor * Math.max(1, Math.floor(ranks ?? 1)), how: 'tensor * dataLocal, as the chart asks for them' },
  };
}

function serverOf(
  document: ConfigDocument,
  values: TreeNode,
  block: TreeNode | undefined,
  container: TreeNode,
  { data, local }: Sizes,
): ConfigDocument {
  const parallelism = nodeAt(block, 'parallelism');
  const place = parallelism?.entry?.key ?? block?.entry?.key ?? { start: 0, end: 0 };
  const environment = [...containerEnvironment(container, new Map(), []), ...sizeVariables(parallelism, data, local, place)];
  const image = nodeAt(container, 'image');
  const args = nodeAt(container, 'args');
  const command = nodeAt(container, 'modelCommand');
  const served = nodeAt(values, 'modelArtifacts', 'name');
  const how = textOf(command) ?? 'custom';
  if (how === 'custom') {
    const program = nodeAt(container, 'command');
    const own = startedDocument(document, { program, arguments: args, image, environment, references: environment });
    if (own) return own;
  }
  const at = command?.entry?.value ?? place;
  const split = (key: string, value: number | undefined, flag: string): readonly Word[] => {
    const node = nodeAt(parallelism, key);
    if (node) return flagOf(node, flag);
    return value !== undefined && value > 1 ? wordsAt(place, flag, String(value)) : [];
  };
  const words: readonly Word[] = [
    ...wordsAt(at, 'vllm', 'serve'),
    ...chartModel(nodeAt(values, 'modelArtifacts', 'uri'), served, place),
    ...flagOf(nodeAt(parallelism, 'tensor'), '--tensor-parallel-size'),
    ...split('data', data, '--data-parallel-size'),
    ...split('dataLocal', local, '--data-parallel-size-local'),
    ...(served ? servedWords(served) : []),
    ...itemWords(args, environment),
  ];
  return commandDocument(document, words, environment, image);
}

function servedWords(node: TreeNode): readonly Word[] {
  const word = valueWord(node);
  return node.entry && word ? [...wordsAt(node.entry.key, '--served-model-name'), word] : [];
}

/** Variables the chart sets, which commands of one's own refer to. */
function sizeVariables(
  block: TreeNode | undefined,
  data: number | undefined,
  local: number | undefined,
  place: DeployedRole['launch'],
): readonly ShellVariable[] {
  const one = (name: string, key: string, value: number): ShellVariable => {
    const entry = nodeAt(block, key)?.entry;
    return variableAt(name, String(value), entry?.value ?? place, entry !== undefined);
  };
  const tensor = settingOf(nodeAt(block, 'tensor'))?.scalar;
  return [
    one('TP_SIZE', 'tensor', typeof tensor === 'number' ? tensor : 1),
    one('DP_SIZE', 'data', data ?? 1),
    one('DP_SIZE_LOCAL', 'dataLocal', local ?? 1),
  ];
}

export const adapter: Adapter = { id: 'llm-d', label: 'llm-d', detect, read, keys: llmdKeys };

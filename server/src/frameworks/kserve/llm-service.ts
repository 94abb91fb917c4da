/** LLMInferenceService: one vLLM server for decode or for everything, and one for prefill where that block stands. */
import type { ServingRole } from '../../core/job-fields.ts';
import type { Range } from '../../core/origin.ts';
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { DeployedRole, Deployment, Worked } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { modelOfUri, servedName } from '../deployments/model-uri.ts';
import { joinRoles } from '../deployments/roles.ts';
import { commandDocument, flagOf, splitWords, wordsAt } from '../deployments/words.ts';
import { acceleratorCount } from '../kubernetes/accelerators.ts';
import { type ConfigMaps, mountedFiles } from '../kubernetes/config-maps.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';

/** Keys of the block for parallelism, and what they become. */
const parallelism = {
  tensor: '--tensor-parallel-size',
  pipeline: '--pipeline-parallel-size',
  data: '--data-parallel-size',
  dataLocal: '--data-parallel-size-local',
  expert: '--enable-expert-parallel',
} as const;

export function readLlmService(deployment: Deployment, object: TreeNode, maps: ConfigMaps): readonly Reading[] {
  const spec = nodeAt(object, 'spec');
  const prefill = nodeAt(spec, 'prefill');
  const main = roleOf(deployment, object, spec, prefill ? 'decode' : undefined, maps);
  const roles = prefill ? [main, roleOf(deployment, object, prefill, 'prefill', maps)] : [main];
  return joinRoles(
    deployment.document,
    roles.flatMap((role) => readDeployed(deployment, role)),
  );
}

function roleOf(
  deployment: Deployment,
  object: TreeNode,
  workload: TreeNode | undefined,
  role: ServingRole | undefined,
  maps: ConfigMaps,
): DeployedRole {
  const { document } = deployment;
  const pod = nodeAt(workload, 'template');
  const container = mainOf(pod);
  const model = nodeAt(object, 'spec', 'model');
  return {
    launch: launchOf(object, workload, role),
    role,
    inner: [serverOf(document, object, workload, container, maps)],
    files: pod && container ? mountedFiles(pod, container, maps) : [],
    replicas: countOf(nodeAt(workload, 'replicas') ?? nodeAt(workload, 'scaling', 'minReplicas')),
    nodes: nodesOf(workload),
    accelerators: acceleratorCount(container),
    pod,
    facts: { ...loraFacts(nodeAt(model, 'lora')), ...localFact(workload), ...sendersFact(container) },
  };
}

const mainOf = (pod: TreeNode | undefined): TreeNode | undefined => {
  const containers = childrenOf(nodeAt(pod, 'containers'));
  return containers.find((one) => textOf(nodeAt(one, 'name')) === 'main') ?? containers[0];
};

/** The line of the kind, or of the block the role stands in. */
function launchOf(object: TreeNode, workload: TreeNode | undefined, role: ServingRole | undefined): Range {
  const block = role === 'prefill' ? workload?.entry?.key : undefined;
  return block ?? rangeOf(nodeAt(object, 'kind') ?? object);
}

/** A container with a command of its own starts that; otherwise the controller starts vLLM with what the object says. */
function serverOf(
  document: ConfigDocument,
  object: TreeNode,
  workload: TreeNode | undefined,
  container: TreeNode | undefined,
  maps: ConfigMaps,
): ConfigDocument {
  const environment = container ? containerEnvironment(container, maps, []) : [];
  const program = nodeAt(container, 'command');
  const image = nodeAt(container, 'image');
  const own =
    program && startedDocument(document, { program, arguments: nodeAt(container, 'args'), image, environment, references: environment });
  if (own) return own;
  const place = rangeOf(nodeAt(object, 'kind') ?? object);
  const model = nodeAt(object, 'spec', 'model');
  const additional = childrenOf(nodeAt(container, 'env')).find((one) => textOf(nodeAt(one, 'name')) === 'VLLM_ADDITIONAL_ARGS');
  const words: readonly Word[] = [
    ...wordsAt(place, 'vllm', 'serve'),
    ...modelOfUri(nodeAt(model, 'uri'), nodeAt(model, 'name'), place),
    ...servedName(nodeAt(model, 'name')),
    ...parallelWords(nodeAt(workload, 'parallelism')),
    ...loraWords(nodeAt(model, 'lora')),
    ...splitWords(document, nodeAt(additional, 'value'), environment),
    ...splitWords(document, nodeAt(container, 'args'), environment),
  ];
  return commandDocument(document, words, environment, image);
}

function parallelWords(block: TreeNode | undefined): readonly Word[] {
  return Object.entries(parallelism).flatMap(([key, flag]) => flagOf(nodeAt(block, key), flag));
}

/** The block for adapters switches LoRA on; as many adapters fit at once as are listed, unless it says how many. */
function loraWords(block: TreeNode | undefined): readonly Word[] {
  const place = block?.entry?.key;
  const adapters = nodeAt(block, 'adapters');
  const listed = childrenOf(adapters);
  if (!place || listed.length === 0) return [];
  const most = nodeAt(block, 'maxAdapters');
  return [
    ...wordsAt(place, '--enable-lora'),
    ...flagOf(nodeAt(block, 'maxRank'), '--max-lora-rank'),
    ...(most ? flagOf(most, '--max-loras') : wordsAt(adapters?.entry?.key ?? place, '--max-loras', String(listed.length))),
    ...flagOf(nodeAt(block, 'maxCpuAdapters'), '--max-cpu-loras'),
  ];
}

function loraFacts(block: TreeNode | undefined): Readonly<Record<string, unknown>> {
  const adapters = childrenOf(nodeAt(block, 'adapters')).length;
  if (adapters === 0) return {};
  const named = { 'lora.max_rank': 'maxRank', 'lora.max_loras': 'maxAdapters', 'lora.max_cpu_loras': 'maxCpuAdapters' };
  const sizes = Object.entries(named).flatMap(([fact, key]) => {
    const value = nodeAt(block, key)?.entry?.scalar;
    return typeof value === 'number' ? [[fact, value] as const] : [];
  });
  return { 'lora.enabled': true, 'lora.adapters': adapters, ...Object.fromEntries(sizes) };
}

const localFact = (workload: TreeNode | undefined): Readonly<Record<string, unknown>> => {
  const value = nodeAt(workload, 'parallelism', 'dataLocal')?.entry?.scalar;
  return typeof value === 'number' ? { dp_local: value } : {};
};

/** The way tokens reach their experts, which older releases of vLLM take from the environment. */
function sendersFact(container: TreeNode | undefined): Readonly<Record<string, unknown>> {
  const variable = childrenOf(nodeAt(container, 'env')).find((one) => textOf(nodeAt(one, 'name')) === 'VLLM_ALL2ALL_BACKEND');
  const written = textOf(nodeAt(variable, 'value'));
  return written === undefined ? {} : { all2all: written };
}

/** Without a worker a replica is one pod; with one it has as many as the data-parallel ranks need, or one for each stage. */
function nodesOf(workload: TreeNode | undefined): Worked | undefined {
  if (!nodeAt(workload, 'worker')) return { value: 1, how: 'a replica without workers is one pod' };
  const block = nodeAt(workload, 'parallelism');
  const [data, local, pipeline] = ['data', 'dataLocal', 'pipeline'].map((key) =>
    Number(settingOf(nodeAt(block, key))?.scalar ?? Number.NaN),
  );
  const ranks = (data ?? Number.NaN) / (local ?? Number.NaN);
  if (Number.isInteger(ranks) && ranks > 0) return { value: ranks, how: 'data / dataLocal' };
  return Number.isInteger(pipeline) ? { value: pipeline ?? 1, how: 'one pod for each pipeline stage' } : undefined;
}

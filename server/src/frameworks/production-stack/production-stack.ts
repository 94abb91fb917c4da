/**
 * Values of vLLM's production-stack chart: one server for each entry of `servingEngineSpec.modelSpec`. What the chart makes of
 * them: helm/templates/deployment-vllm-multi.yaml, and ray-cluster.yaml for models over several pods, at a6c01db0 (2026).
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { ConfigDocument, Problem } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { assembled, childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import type { DeployedRole, Deployment, Worked } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { joinRoles } from '../deployments/roles.ts';
import { commandDocument } from '../deployments/words.ts';
import { acceleratorCount } from '../kubernetes/accelerators.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import type { Setting } from '../setting.ts';
import { isProductionStackKey, productionStackKeys } from './keys.ts';
import { serverWords } from './words.ts';

function modelsOf(document: ConfigDocument): readonly TreeNode[] {
  const models = treesOf(document).flatMap((tree) => childrenOf(nodeAt(tree, 'servingEngineSpec', 'modelSpec')));
  return models.filter((model) => nodeAt(model, 'modelURL') !== undefined && nodeAt(model, 'enabled')?.entry?.scalar !== false);
}

function detect(document: ConfigDocument): number {
  return document.format === 'yaml' && modelsOf(document).length > 0 ? 0.96 : 0;
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  const deployment: Deployment = {
    document,
    framework: 'production-stack',
    release: 'vLLM production-stack 0.1',
    isKnown: isProductionStackKey,
    readInner,
  };
  const models = modelsOf(document);
  const readings = models.flatMap((model) =>
    readDeployed(deployment, roleOf(document, model)).map((reading) => withProblems(reading, model)),
  );
  return joinRoles(document, readings);
}

const isOn = (node: TreeNode | undefined): boolean => node?.entry?.scalar === true || node?.entry?.scalar === 'true';

function roleOf(document: ConfigDocument, model: TreeNode): DeployedRole {
  const ray = nodeAt(model, 'raySpec');
  const isRay = isOn(nodeAt(ray, 'enabled'));
  const copies = nodeAt(model, 'replicaCount');
  const image = nodeAt(model, 'repository');
  const tag = nodeAt(model, 'tag');
  const environment = containerEnvironment(model, new Map(), []);
  const words = serverWords(model, isRay);
  return {
    launch: nodeAt(model, 'name')?.entry?.value ?? rangeOf(model),
    role: kvRole(model),
    inner: [commandDocument(document, words, environment, imageOf(image, tag))],
    replicas: isRay ? { value: 1, setting: undefined } : countOf(copies),
    nodes: isRay ? rayNodes(nodeAt(ray, 'headNode'), copies) : { value: 1, how: 'a replica is one pod' },
    accelerators: acceleratorsOf(model),
    pod: podOf(model),
    facts: offloadFact(nodeAt(model, 'lmcacheConfig')),
  };
}

/** Repository and tag together name the image, which pins the release. */
function imageOf(repository: TreeNode | undefined, tag: TreeNode | undefined): TreeNode | undefined {
  const [name, version] = [textOf(repository), textOf(tag)];
  if (!tag?.entry || name === undefined || version === undefined) return repository;
  return { ...tag, entry: { ...tag.entry, scalar: `${name}:${version}` } };
}

function kvRole(model: TreeNode): ServingRole | undefined {
  const written = textOf(nodeAt(model, 'lmcacheConfig', 'kvRole'));
  return written === 'kv_producer' ? 'prefill' : written === 'kv_consumer' ? 'decode' : undefined;
}

/** The head takes part when it has GPUs itself; `replicaCount` counts the workers. */
function rayNodes(head: TreeNode | undefined, copies: TreeNode | undefined): Worked | undefined {
  const { value: workers } = countOf(copies);
  const own = Number(textOf(nodeAt(head, 'requestGPU')) ?? 0);
  if (workers === undefined || Number.isNaN(own)) return undefined;
  const value = workers + (own > 0 ? 1 : 0);
  return { value, how: own > 0 ? `the head and replicaCount ${workers} workers` : `replicaCount ${workers} workers` };
}

/** `resources` goes before `requestGPU`, whose resource `requestGPUType` may name. */
function acceleratorsOf(model: TreeNode): Setting | undefined {
  const written = acceleratorCount(model);
  if (written) return written;
  const setting = settingOf(nodeAt(model, 'requestGPU'));
  if (!setting || String(setting.scalar) === '0') return undefined;
  const type = textOf(nodeAt(model, 'requestGPUType'));
  return type === undefined || type === 'nvidia.com/gpu' ? setting : { ...setting, spelling: type };
}

/** The chart's own names for where a pod may run, as a pod says it. */
function podOf(model: TreeNode): TreeNode {
  const terms = nodeAt(model, 'nodeSelectorTerms');
  const required = assembled('nodeAffinity', [
    ['requiredDuringSchedulingIgnoredDuringExecution', assembled('required', [['nodeSelectorTerms', terms]])],
  ]);
  const affinity = nodeAt(model, 'affinity') ?? assembled('affinity', [['nodeAffinity', required]]);
  return assembled('pod', [
    ['nodeSelector', nodeAt(model, 'nodeSelector')],
    ['affinity', affinity],
  ]);
}

/** LMCache keeps cache in the memory of the host, in GB; the number is often a string. */
function offloadFact(block: TreeNode | undefined): Readonly<Record<string, unknown>> {
  const size = Number(textOf(nodeAt(block, 'cpuOffloadingBufferSize')) ?? Number.NaN);
  return isOn(nodeAt(block, 'enabled')) && size > 0 ? { cpu_kv_offload_gb: size } : {};
}

/** Keys the chart leaves out without a word. */
function withProblems(reading: Reading, model: TreeNode): Reading {
  const stages = nodeAt(model, 'vllmConfig', 'pipelineParallelSize')?.entry;
  if (!stages || isOn(nodeAt(model, 'raySpec', 'enabled')) || stages.scalar === 1) return reading;
  const message = 'The chart makes a flag of pipelineParallelSize only where raySpec.enabled is true; here one pod is started without it';
  const problem: Problem = { range: stages.value, severity: 'warning', code: 'key-ignored', message };
  return { ...reading, problems: [...reading.problems, problem] };
}

export const adapter: Adapter = { id: 'production-stack', label: 'vLLM production-stack', detect, read, keys: productionStackKeys };

/**
 * Models of Ray Serve LLM: an LLMConfig in YAML or in Python says the model, the engine's arguments, the accelerator and the copies.
 * Fields: python/ray/llm/_internal/serve/core/configs/llm_config.py of Ray 2.44 to 2.56.
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { Range } from '../../core/origin.ts';
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { childrenOf, settingOf, type TreeNode } from '../carriers/tree.ts';
import { wordAt } from '../carriers/variables.ts';
import type { DeployedRole, Deployment } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { commandDocument, wordsAt } from '../deployments/words.ts';
import type { Count } from '../kubernetes/roles.ts';
import type { Setting } from '../setting.ts';
import { settingNumber, settingText } from '../setting.ts';
import { isRayServeKey } from './keys.ts';

/** A block's keys, at every depth, named from the block on. */
export function settingsOf(node: TreeNode, above = ''): readonly Setting[] {
  return childrenOf(node).flatMap((child) => {
    const name = above === '' ? String(child.name) : `${above}.${child.name}`;
    const inner = settingsOf(child, name);
    const own = settingOf(child, name);
    return inner.length > 0 || !own ? inner : [own];
  });
}

export interface RayModel {
  readonly launch: Range;
  readonly settings: readonly Setting[];
  readonly role?: ServingRole | undefined;
  /** An application of one's own code, which takes its sizes from the environment. */
  readonly isOwnCode?: boolean;
}

/** The GPUs of one node of the cluster, and the pod that has them, where the file says it. */
export interface RayNode {
  readonly accelerators: Setting | undefined;
  readonly pod: TreeNode | undefined;
}

type Find = (name: string) => Setting | undefined;

export function readModel(
  document: ConfigDocument,
  { launch, settings, role, isOwnCode }: RayModel,
  readInner: ReadInner,
  node?: RayNode,
): readonly Reading[] {
  const deployment: Deployment = {
    document,
    framework: isOwnCode === true ? 'ray-serve' : 'ray-serve-llm',
    release: 'Ray 2.x',
    isKnown: isRayServeKey,
    readInner,
  };
  const find: Find = (name) => settings.findLast((setting) => setting.name === name);
  const inner = commandDocument(document, wordsOf(settings, find, launch), []);
  return readDeployed(deployment, {
    launch,
    role,
    inner: [inner],
    replicas: replicasOf(find),
    ...placeOf(find, node),
    gpu: find('accelerator_type'),
    pod: node?.pod,
    facts: loraFacts(find),
  });
}

/** `tensor_parallel_size: 2` as a flag of vLLM; a key inside a block by its path, as vLLM reads it too. */
function wordsOf(settings: readonly Setting[], find: Find, place: Range): readonly Word[] {
  const loading = 'model_loading_config.';
  const model = find('engine_kwargs.model') ?? find(`${loading}model_source`) ?? find(`${loading}model_id`) ?? find('model_id');
  const served = find(`${loading}model_id`);
  const options = settings.filter(({ name }) => name.startsWith('engine_kwargs.') && name !== 'engine_kwargs.model');
  return [
    ...wordsAt(place, 'vllm', 'serve'),
    ...(model ? [wordOf(model)] : []),
    ...(served && served !== model ? [wordAt('--served-model-name', served.key), wordOf(served)] : []),
    ...options.flatMap((setting) => flagWords(setting)),
  ];
}

function wordOf({ value, scalar, unknown }: Setting): Word {
  if (scalar === undefined || scalar === null)
    return { ...wordAt('', value), text: undefined, unknown: unknown.length > 0 ? unknown : ['the value'] };
  return wordAt(String(scalar), value, true);
}

function flagWords(setting: Setting): readonly Word[] {
  const [head = '', ...inside] = setting.name.replace(/^engine_kwargs\./, '').split('.');
  const name = [head.replaceAll('_', '-'), ...inside].join('.');
  if (setting.scalar === null || setting.container === true) return [];
  if (setting.scalar === true) return [wordAt(`--${name}`, setting.key)];
  if (setting.scalar === false) return inside.length > 0 ? [] : [wordAt(`--no-${name}`, setting.key)];
  return [wordAt(`--${name}`, setting.key), wordOf(setting)];
}

function replicasOf(find: Find): Count | undefined {
  const setting =
    find('deployment_config.num_replicas') ??
    find('deployment_config.autoscaling_config.min_replicas') ??
    find('deployment_config.autoscaling_config.initial_replicas');
  if (!setting) return { value: 1, setting: undefined };
  const value = settingNumber(setting);
  return value === undefined
    ? { value, setting, why: `${settingText(setting) ?? setting.spelling}: Ray Serve decides by the load` }
    : { value, setting };
}

/** A replica takes one GPU for each of its workers; over how many nodes, those of the cluster say. */
function placeOf(find: Find, node: RayNode | undefined): Pick<DeployedRole, 'nodes' | 'accelerators'> {
  const sizes = ['tensor_parallel_size', 'pipeline_parallel_size', 'data_parallel_size'].map((name) => {
    const setting = find(`engine_kwargs.${name}`);
    return setting ? (settingNumber(setting) ?? Number.NaN) : 1;
  });
  const workers = sizes.reduce((product, one) => product * one, 1);
  const each = settingNumber(node?.accelerators);
  if (!Number.isInteger(workers)) return {};
  if (each === undefined) return {};
  if (workers <= each)
    return { nodes: { value: 1, how: 'a replica fits into one node' }, accelerators: { value: workers, how: 'one GPU for each worker' } };
  const nodes = workers / each;
  return Number.isInteger(nodes) && node?.accelerators
    ? { nodes: { value: nodes, how: `${workers} workers on nodes of ${each} GPUs` }, accelerators: node.accelerators }
    : {};
}

function loraFacts(find: Find): Readonly<Record<string, unknown>> {
  const most = settingNumber(find('lora_config.max_num_adapters_per_replica'));
  const path = find('lora_config.dynamic_lora_loading_path');
  return most === undefined && !path ? {} : { 'lora.enabled': true, ...(most === undefined ? {} : { 'lora.max_cpu_loras': most }) };
}

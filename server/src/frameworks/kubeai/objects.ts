/**
 * Models of KubeAI: the object, and the catalog of its chart's values, whose entries are such objects by name. Fields:
 * api/k8s/v1/model_types.go; what starts: internal/modelcontroller/engine_vllm.go and engine_ollama.go at f442a2cd (2025).
 */
import type { ConfigDocument, ConfigEntry, ShellVariable, Word } from '../../syntax/document.ts';
import { entryVariable } from '../../syntax/embedded.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { childrenOf, nodeAt, rangeOf, type TreeNode, textOf } from '../carriers/tree.ts';
import { partRange } from '../carriers/variables.ts';
import type { DeployedRole, Deployment } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { modelOfUri } from '../deployments/model-uri.ts';
import { commandDocument, itemWords, wordsAt } from '../deployments/words.ts';
import { countOf } from '../kubernetes/roles.ts';
import type { Setting } from '../setting.ts';
import { entrySetting } from '../setting.ts';
import { isKubeaiKey } from './keys.ts';

export const isKubeai = (object: TreeNode): boolean =>
  textOf(nodeAt(object, 'kind')) === 'Model' && /^kubeai\.org\//.test(textOf(nodeAt(object, 'apiVersion')) ?? '');

/** The job of a Model; undefined for an object of others. */
export function readKubeai(
  document: ConfigDocument,
  object: TreeNode,
  _objects: unknown,
  _maps: unknown,
  readInner: ReadInner,
): readonly Reading[] | undefined {
  if (!isKubeai(object)) return undefined;
  const spec = nodeAt(object, 'spec');
  return spec ? readModel(document, spec, rangeOf(nodeAt(object, 'kind') ?? object), readInner) : [];
}

/** One model, of an object or of a catalog. */
export function readModel(
  document: ConfigDocument,
  spec: TreeNode,
  launch: DeployedRole['launch'],
  readInner: ReadInner,
): readonly Reading[] {
  const deployment: Deployment = { document, framework: 'kubeai', release: 'KubeAI 0.23', isKnown: isKubeaiKey, readInner };
  const environment = childrenOf(nodeAt(spec, 'env')).flatMap(({ name, entry }): readonly ShellVariable[] =>
    entry && entry.scalar !== null ? [entryVariable(String(name), entry)] : [],
  );
  const words = commandOf(spec, launch, environment);
  const replicas = nodeAt(spec, 'replicas') ?? nodeAt(spec, 'minReplicas');
  return readDeployed(deployment, {
    launch,
    inner: words.length === 0 ? [] : [commandDocument(document, words, environment, nodeAt(spec, 'image'))],
    replicas: countOf(replicas),
    nodes: { value: 1, how: 'a replica is one pod' },
    ...resourcesOf(nodeAt(spec, 'resourceProfile')?.entry),
    ...adapterFacts(nodeAt(spec, 'adapters')),
  });
}

function commandOf(spec: TreeNode, place: DeployedRole['launch'], environment: readonly ShellVariable[]): readonly Word[] {
  const adapters = nodeAt(spec, 'adapters');
  const engine = textOf(nodeAt(spec, 'engine'))?.toLowerCase();
  const model = modelOfUri(nodeAt(spec, 'url'), undefined, place);
  const at = nodeAt(spec, 'engine')?.entry?.value ?? place;
  if (engine === 'ollama') return [...wordsAt(at, 'ollama', 'run'), ...model];
  if (engine !== 'vllm') return [];
  const lora = adapters?.entry && childrenOf(adapters).length > 0 ? wordsAt(adapters.entry.key, '--enable-lora') : [];
  return [...wordsAt(at, 'vllm', 'serve'), ...model, ...itemWords(nodeAt(spec, 'args'), environment), ...lora];
}

function adapterFacts(adapters: TreeNode | undefined): Pick<DeployedRole, 'facts'> {
  const number = childrenOf(adapters).length;
  return number === 0 ? {} : { facts: { 'lora.enabled': true, 'lora.adapters': number } };
}

/** `nvidia-gpu-l4:2`: a profile of the cluster, named by its GPU as a rule, and how many of it. */
function resourcesOf(entry: ConfigEntry | undefined): Pick<DeployedRole, 'accelerators' | 'gpu'> {
  const written = entry?.scalar;
  if (!entry || typeof written !== 'string') return {};
  const [, front = '', name = '', number] = /^((?:nvidia|amd|intel|google)-(?:gpu-|tpu-)?)?([^:]+?)(?::(\d+))?$/.exec(written) ?? [];
  if (front === '' && /^cpu/.test(name)) return {};
  const part = (from: number, scalar: string): Setting => {
    const value = partRange(entry, written, from, from + scalar.length) ?? entry.value;
    return { ...entrySetting(entry), name: 'resourceProfile', spelling: 'resourceProfile', value, scalar, quoted: false };
  };
  const accelerators =
    number === undefined ? { value: 1, how: 'a profile without a number is taken once' } : part(written.length - number.length, number);
  const isNamed = /^(?:nvidia-gpu-|amd-gpu-|intel-gpu-)$/.test(front) && name !== '';
  return isNamed ? { accelerators, gpu: part(front.length, name) } : { accelerators };
}

/**
 * What a pod asks of accelerators: how many a container gets (device plugin resources), and of which kind the node must be
 * (node labels). Names: the device plugins of NVIDIA, AMD, Google, AWS and Habana, GPU feature discovery, and the labels of
 * GKE, EKS, AKS and CoreWeave as their manuals list them (2025).
 */
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { Setting } from '../setting.ts';

const resources: ReadonlySet<string> = new Set([
  'nvidia.com/gpu',
  'amd.com/gpu',
  'gpu.intel.com/i915',
  'gpu.intel.com/xe',
  'google.com/tpu',
  'aws.amazon.com/neuron',
  'aws.amazon.com/neurondevice',
  'aws.amazon.com/neuroncore',
  'habana.ai/gaudi',
  'huawei.com/Ascend910',
  'nvidia.com/pgpu',
]);

/** A slice of a GPU: `nvidia.com/mig-1g.10gb`. */
const slice = /^nvidia\.com\/mig-/;

/** A resource renamed by the model of the GPU, as clusters of many kinds do: `nvidia.com/a100`. */
const model = /^nvidia\.com\/((?:rtx)?-?[abhlvt]?\d{1,4}\w*)$/i;

/** How many accelerators a container gets: its limit, or the request where no limit is written. */
export function acceleratorCount(container: TreeNode | undefined): Setting | undefined {
  return countIn(nodeAt(container, 'resources'));
}

/** The same for a block with `limits` and `requests`, or for one that lists resources itself. */
export function countIn(block: TreeNode | undefined): Setting | undefined {
  for (const part of [nodeAt(block, 'limits'), nodeAt(block, 'requests'), block]) {
    for (const node of childrenOf(part)) {
      const name = String(node.name);
      if ((resources.has(name) || slice.test(name) || model.test(name)) && textOf(node) !== '0') return settingOf(node);
    }
  }
  return undefined;
}

/** Devices of which programs see several parts: Neuron devices have cores, and a chip of TPU v7x is two devices. */
export function partsOf({ spelling }: Setting, names: readonly Setting[]): string | undefined {
  if (/^aws\.amazon\.com\/neuron(?:device)?$/.test(spelling))
    return `${spelling} counts devices of several cores, and programs count the cores`;
  const isTwo = spelling === 'google.com/tpu' && names.some(({ scalar }) => /tpu-?v?7x/i.test(String(scalar)));
  return isTwo ? `${spelling} counts chips of two devices, and programs count the devices` : undefined;
}

/** The kind of GPU that the resource itself names. */
export function modelIn(setting: Setting): Setting | undefined {
  const name = model.exec(setting.spelling)?.[1];
  return name === undefined ? undefined : { ...setting, scalar: name, written: name };
}

export const isSlice = ({ spelling }: Setting): boolean => slice.test(spelling);

/** Labels that name the accelerator, the most telling first; the machine's type tells it too. */
const labels: readonly string[] = [
  'cloud.google.com/gke-accelerator',
  'cloud.google.com/gke-tpu-accelerator',
  'nvidia.com/gpu.product',
  'amd.com/gpu.product-name',
  'beta.amd.com/gpu.product-name',
  'gpu.nvidia.com/class',
  'gpu.nvidia.com/model',
  'karpenter.k8s.aws/instance-gpu-name',
  'eks.amazonaws.com/instance-gpu-name',
  'karpenter.azure.com/sku-gpu-name',
  'k8s.amazonaws.com/accelerator',
  'accelerator',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'karpenter.k8s.aws/instance-family',
];

/** The kind of accelerator a pod must get; several allowed values are several settings. */
export function acceleratorNames(pod: TreeNode | undefined): readonly Setting[] {
  const wanted = new Map<string, readonly Setting[]>();
  for (const node of childrenOf(nodeAt(pod, 'nodeSelector'))) add(wanted, String(node.name), [node]);
  const required = nodeAt(pod, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  for (const term of childrenOf(required)) {
    for (const expression of childrenOf(nodeAt(term, 'matchExpressions'))) {
      const key = textOf(nodeAt(expression, 'key'));
      if (key !== undefined && textOf(nodeAt(expression, 'operator')) === 'In') add(wanted, key, childrenOf(nodeAt(expression, 'values')));
    }
  }
  const name = labels.find((label) => wanted.has(label));
  return name === undefined ? [] : (wanted.get(name) ?? []);
}

/** A label that only says that there is some GPU names none. */
function add(wanted: Map<string, readonly Setting[]>, label: string, values: readonly TreeNode[]): void {
  if (!labels.includes(label) || wanted.has(label)) return;
  if (values.some((node) => /^(?:(?:nvidia|amd)(?:[-_.]?gpu)?|gpu|true|yes)$/i.test(textOf(node) ?? ''))) return;
  const settings = values.flatMap((node) => settingOf(node, label) ?? []).map((setting) => ({ ...setting, spelling: label }));
  if (settings.length > 0) wanted.set(label, settings);
}

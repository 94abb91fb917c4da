/**
 * TrainJob of the Kubeflow trainer (v1alpha1, trainer 2.0): the trainer's command and size; what it leaves out is said by the
 * runtime it refers to, which may stand in the same file.
 */
import { assembled, childrenOf, nodeAt, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import { type Count, countOf, type PodGroup } from './roles.ts';

/** The TrainJob as one role whose pod has the trainer as its container. */
export function trainJob(object: TreeNode, objects: readonly TreeNode[]): PodGroup | undefined {
  if (textOf(nodeAt(object, 'kind')) !== 'TrainJob') return undefined;
  const trainer = nodeAt(object, 'spec', 'trainer');
  const reference = nodeAt(object, 'spec', 'runtimeRef', 'name');
  const runtime = objects.find(
    (one) => /TrainingRuntime$/.test(textOf(nodeAt(one, 'kind')) ?? '') && textOf(nodeAt(one, 'metadata', 'name')) === textOf(reference),
  );
  const policy = nodeAt(runtime, 'spec', 'mlPolicy');
  const own = childrenOf(trainer).map((node) => [node.name, node] as const);
  const container = assembled('trainer', [...own, ['resources', nodeAt(trainer, 'resourcesPerNode')]]);
  const overrides = childrenOf(nodeAt(object, 'spec', 'podTemplateOverrides')).map((one) => nodeAt(one, 'spec'));
  const selector = overrides.map((one) => nodeAt(one, 'nodeSelector')).find((one) => one !== undefined);
  const pod = assembled('pod', [
    ['containers', assembled('containers', [[0, container]])],
    ['nodeSelector', selector],
  ]);
  const nodes = nodeAt(trainer, 'numNodes') ?? nodeAt(policy, 'numNodes');
  return {
    kind: 'TrainJob',
    name: textOf(nodeAt(object, 'metadata', 'name')) ?? 'TrainJob',
    object,
    roles: [{ name: 'trainer', pod, count: nodes || runtime ? countOf(nodes) : countInRuntime(reference) }],
    processes: settingOf(
      nodeAt(trainer, 'numProcPerNode') ?? nodeAt(policy, 'torch', 'numProcPerNode') ?? nodeAt(policy, 'mpi', 'numProcPerNode'),
    ),
    trains: true,
  };
}

function countInRuntime(reference: TreeNode | undefined): Count {
  const setting = settingOf(reference);
  return { value: undefined, setting, why: `the runtime ${textOf(reference) ?? ''} says it, and that is not in this file` };
}

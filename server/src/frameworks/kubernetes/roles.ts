/**
 * The objects that start pods, and how many pods of which role each starts. Fields: Kubernetes 1.33, Kubeflow training
 * operator 1.9 and trainer 2.0, MPI operator v2beta1, JobSet v1alpha2, LeaderWorkerSet v1, Volcano v1alpha1.
 */
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { Setting } from '../setting.ts';

/** A number with the key that says it; without the key it is what Kubernetes takes. */
export interface Count {
  /** Undefined when it is written and cannot be known. */
  readonly value: number | undefined;
  readonly setting: Setting | undefined;
  /** Why it cannot be known, when the key that stands for it is about something else. */
  readonly why?: string;
  /** How it follows from several keys. */
  readonly how?: string;
}

export interface Role {
  readonly name: string;
  /** The PodSpec. */
  readonly pod: TreeNode;
  readonly count: Count;
}

export interface PodGroup {
  readonly kind: string;
  readonly name: string;
  readonly object: TreeNode;
  readonly roles: readonly Role[];
  /** What the role of a server is called, where the object deals them out. */
  readonly role?: Setting | undefined;
  /** Copies of the whole that know nothing of each other. */
  readonly copies?: Count;
  /** True when replicas of a server are copies, while those of a training job work together. */
  readonly servesCopies?: boolean;
  /** The number of pods in one key, where the object has one. */
  readonly size?: Setting | undefined;
  /** Processes that are started in each pod, one for each GPU. */
  readonly processes?: Setting | undefined;
  /** True for objects that exist to train, so that they are jobs whatever runs in them. */
  readonly trains?: boolean;
}

/** What an object says in one key, or the number Kubernetes takes without it. */
export function countOf(node: TreeNode | undefined, otherwise = 1): Count {
  const setting = settingOf(node);
  if (!setting || setting.scalar === null) return { value: otherwise, setting: undefined };
  const written = textOf(node) ?? '';
  return { value: /^\d+$/.test(written) ? Number(written) : undefined, setting };
}

type Kind = (object: TreeNode) => Omit<PodGroup, 'kind' | 'name' | 'object'>;

const role = (name: string, pod: TreeNode | undefined, count: Count): readonly Role[] => (pod ? [{ name, pod, count }] : []);

const replicated: Kind = (object) => ({
  roles: role('pod', nodeAt(object, 'spec', 'template', 'spec'), countOf(nodeAt(object, 'spec', 'replicas'))),
  servesCopies: true,
});

const jobRoles = (spec: TreeNode | undefined): readonly Role[] =>
  role('pod', nodeAt(spec, 'template', 'spec'), countOf(nodeAt(spec, 'parallelism')));

/** `pytorchReplicaSpecs: {Master: ..., Worker: ...}` of the Kubeflow operators. */
function replicaSpecs(object: TreeNode): readonly Role[] {
  const block = childrenOf(nodeAt(object, 'spec')).find(({ name }) => /replicaSpecs$/i.test(String(name)));
  return childrenOf(block).flatMap((one) =>
    role(textOf(nodeAt(one, 'name')) ?? String(one.name), nodeAt(one, 'template', 'spec'), countOf(nodeAt(one, 'replicas'))),
  );
}

const kubeflow: Kind = (object) => ({
  roles: replicaSpecs(object),
  processes: settingOf(nodeAt(object, 'spec', 'nprocPerNode')) ?? settingOf(nodeAt(object, 'spec', 'slotsPerWorker')),
  trains: true,
});

/** The jobs of a JobSet, each with `replicas` copies of a Job of `parallelism` pods. */
function replicatedJobs(list: TreeNode | undefined): readonly Role[] {
  return childrenOf(list).flatMap((one) => {
    const spec = nodeAt(one, 'template', 'spec');
    const [jobs, pods] = [countOf(nodeAt(one, 'replicas')), countOf(nodeAt(spec, 'parallelism'))];
    const value = jobs.value === undefined || pods.value === undefined ? undefined : jobs.value * pods.value;
    const count =
      jobs.value === 1
        ? pods
        : pods.value === 1
          ? jobs
          : { value, setting: value === undefined ? (jobs.setting ?? pods.setting) : undefined };
    return role(textOf(nodeAt(one, 'name')) ?? 'job', nodeAt(spec, 'template', 'spec'), count);
  });
}

function leaderWorker(object: TreeNode): ReturnType<Kind> {
  const template = nodeAt(object, 'spec', 'leaderWorkerTemplate');
  const size = countOf(nodeAt(template, 'size'));
  const worker = nodeAt(template, 'workerTemplate', 'spec');
  const leader = nodeAt(template, 'leaderTemplate', 'spec') ?? worker;
  const rest = size.value === undefined ? size : { value: size.value - 1, setting: undefined };
  return {
    roles: [...role('leader', leader, { value: 1, setting: undefined }), ...(rest.value === 0 ? [] : role('worker', worker, rest))],
    copies: countOf(nodeAt(object, 'spec', 'replicas')),
    size: size.setting,
  };
}

/** A runtime of the Kubeflow trainer: the node count of its policy holds for its jobs together. */
function trainingRuntime(object: TreeNode): ReturnType<Kind> {
  const policy = nodeAt(object, 'spec', 'mlPolicy');
  const nodes = countOf(nodeAt(policy, 'numNodes'));
  const jobs = replicatedJobs(nodeAt(object, 'spec', 'template', 'spec', 'replicatedJobs'));
  const node = jobs.filter(({ name }) => name !== 'launcher' && !/initializer$/.test(name));
  const isMpi = nodeAt(policy, 'mpi') !== undefined;
  return {
    roles: [...node.map((one) => ({ ...one, count: nodes })), ...jobs.filter(({ name }) => name === 'launcher' && isMpi)],
    size: nodes.setting,
    processes: settingOf(nodeAt(policy, 'torch', 'numProcPerNode')) ?? settingOf(nodeAt(policy, 'mpi', 'numProcPerNode')),
    trains: true,
  };
}

function volcano(object: TreeNode): ReturnType<Kind> {
  const tasks = childrenOf(nodeAt(object, 'spec', 'tasks'));
  return {
    roles: tasks.flatMap((task) =>
      role(textOf(nodeAt(task, 'name')) ?? 'task', nodeAt(task, 'template', 'spec'), countOf(nodeAt(task, 'replicas'))),
    ),
  };
}

const kinds: Readonly<Record<string, Kind>> = {
  Pod: (object) => ({ roles: role('pod', nodeAt(object, 'spec'), { value: 1, setting: undefined }) }),
  Deployment: replicated,
  StatefulSet: replicated,
  ReplicaSet: replicated,
  Job: (object) => (nodeAt(object, 'spec', 'tasks') ? volcano(object) : { roles: jobRoles(nodeAt(object, 'spec')) }),
  CronJob: (object) => ({ roles: jobRoles(nodeAt(object, 'spec', 'jobTemplate', 'spec')) }),
  PyTorchJob: kubeflow,
  TFJob: kubeflow,
  MPIJob: kubeflow,
  MXJob: kubeflow,
  XGBoostJob: kubeflow,
  PaddleJob: kubeflow,
  JAXJob: kubeflow,
  ElasticJob: kubeflow,
  HyperPodPyTorchJob: kubeflow,
  JobSet: (object) => ({ roles: replicatedJobs(nodeAt(object, 'spec', 'replicatedJobs')) }),
  LeaderWorkerSet: leaderWorker,
  TrainingRuntime: trainingRuntime,
  ClusterTrainingRuntime: trainingRuntime,
};

/** The pods an object starts, or undefined for an object of another kind. */
export function podGroupOf(object: TreeNode): PodGroup | undefined {
  const kind = textOf(nodeAt(object, 'kind')) ?? '';
  if (!Object.hasOwn(kinds, kind)) return undefined;
  const name = textOf(nodeAt(object, 'metadata', 'name')) ?? kind;
  const found = kinds[kind]?.(object);
  return found && { kind, name, object, ...found };
}

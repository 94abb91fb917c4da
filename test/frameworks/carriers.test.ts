// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text and templates of other tools, not ours.
/** Carriers of jobs: what they say about the cluster, how it joins what stands inside, and that every place is in the outer text. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { JobAnalysis } from '../../server/src/engine/analysis.ts';
import { createEngine, type Engine } from '../../server/src/engine/engine.ts';
import type { Reading } from '../../server/src/frameworks/adapter.ts';
import { recognise } from '../../server/src/frameworks/detect.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';
import { readDocument } from '../../server/src/syntax/read.ts';

const repository = join(import.meta.dirname, '..', '..');
beforeAll(() => initParsers(join(repository, 'node_modules/web-tree-sitter'), join(repository, 'grammars')));

const fault = (what: string, error: unknown): void => {
  throw new Error(what, { cause: error });
};
const jobs = (text: string, name = 'job.yaml'): readonly Reading[] =>
  recognise(readDocument(`file:///${name}`, text), fault).jobs.map(({ reading }) => reading);
const job = (text: string, name?: string): Reading => {
  const [first] = jobs(text, name);
  if (!first) throw new Error('no job is read');
  return first;
};
const cluster = ({ job: fields }: Reading): unknown => [fields['cluster.nodes'], fields['cluster.gpusPerNode'], fields['cluster.gpus']];
const why = ({ sources }: Reading, field: JobField): string => {
  const origin = sources[field];
  return origin?.kind === 'unresolved' ? origin.why : `${origin?.kind}`;
};

const shape =
  '--num-layers 24 --hidden-size 1024 --num-attention-heads 16 --seq-length 1024 --max-position-embeddings 1024 --micro-batch-size 4 --bf16';
const words = (line: string): string =>
  line
    .split(' ')
    .map((word) => `'${word}'`)
    .join(', ');

interface PodParts {
  readonly command: string;
  readonly resources?: string;
  readonly more?: string;
  readonly spec?: string;
}
const pod = ({ command, resources = 'nvidia.com/gpu: 8', more = '', spec = '' }: PodParts): string =>
  `{containers: [{name: t, image: ours, command: [${words(command)}], resources: {limits: {${resources}}}${more}}]${spec}}`;
const kubernetes = (kind: string, spec: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}\nspec: ${spec}\n`;
const jobOf = (parts: PodParts, spec = ''): string => kubernetes('Job', `{${spec}template: {spec: ${pod(parts)}}}`);
const plain = `pretrain_gpt.py ${shape}`;

describe('nodes and GPUs of Kubernetes objects', () => {
  const torchrun = pod({ command: `torchrun ${plain}` });
  const roles = (key: string, counts: string, more = ''): string =>
    `{${more}${key}: {${counts.replaceAll('POD', `template: {spec: ${torchrun}}`)}}}`;

  test.each<[string, string, unknown]>([
    ['Pod', torchrun, [1, 8, undefined]],
    ['Job', `{parallelism: 4, template: {spec: ${torchrun}}}`, [4, 8, undefined]],
    ['CronJob', `{jobTemplate: {spec: {parallelism: 2, template: {spec: ${torchrun}}}}}`, [2, 8, undefined]],
    ['StatefulSet', `{replicas: 2, template: {spec: ${torchrun}}}`, [2, 8, undefined]],
    ['PyTorchJob', roles('pytorchReplicaSpecs', 'Master: {replicas: 1, POD}, Worker: {replicas: 3, POD}'), [4, 8, undefined]],
    ['PyTorchJob', roles('pytorchReplicaSpecs', 'Worker: {replicas: 2, POD}'), [2, 8, undefined]],
    ['PaddleJob', roles('paddleReplicaSpecs', 'Worker: {replicas: 3, POD}'), [3, 8, undefined]],
    [
      'JobSet',
      `{replicatedJobs: [{name: a, replicas: 2, template: {spec: {parallelism: 3, template: {spec: ${torchrun}}}}}]}`,
      [6, 8, undefined],
    ],
    [
      'Job',
      `{tasks: [{name: a, replicas: 1, template: {spec: ${torchrun}}}, {name: b, replicas: 1, template: {spec: ${torchrun}}}]}`,
      [2, 8, undefined],
    ],
    ['TrainJob', `{trainer: {numNodes: 2, numProcPerNode: 4, command: [${words(`torchrun ${plain}`)}]}}`, [2, 4, undefined]],
    ['LeaderWorkerSet', `{leaderWorkerTemplate: {size: 2, workerTemplate: {spec: ${torchrun}}}}`, [2, 8, undefined]],
  ])('%s %#', (kind, spec, expected) => {
    expect(jobs(kubernetes(kind, spec)).map(cluster)).toEqual([expected]);
  });

  test.each([
    ['amd.com/gpu: 4', 4],
    ['google.com/tpu: "4"', 4],
    ['habana.ai/gaudi: 8', 8],
    ['cpu: 4', undefined],
  ])('%s', (resources, expected) => {
    const { job: fields } = job(jobOf({ command: plain.replace('pretrain', './pretrain'), resources }));
    expect(fields['cluster.gpusPerNode']).toBe(expected);
  });

  test.each([
    ['aws.amazon.com/neuron: 16', 'cluster.gpusPerNode', 'cores'],
    ['nvidia.com/mig-1g.10gb: 2', 'cluster.gpu', 'slice'],
    ['nvidia.com/gpu: "{{ .Values.gpus }}"', 'cluster.gpusPerNode', '{{ .Values.gpus }}'],
  ] as const)('%s is not known', (resources, field, word) => {
    expect(why(job(jobOf({ command: `python ${plain}`, resources })), field)).toContain(word);
  });

  test.each([
    ['nodeSelector: {cloud.google.com/gke-accelerator: nvidia-h100-80gb}', 'nvidia-h100-80gb'],
    ['nodeSelector: {node.kubernetes.io/instance-type: p5.48xlarge, nvidia.com/gpu.product: NVIDIA-H200}', 'NVIDIA-H200'],
    ['nodeSelector: {accelerator: nvidia-gpu}', undefined],
    [
      'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: nvidia.com/gpu.product, operator: In, values: [A, B]}]}]}}}',
      undefined,
    ],
  ])('%s', (spec, expected) => {
    expect(job(jobOf({ command: `torchrun ${plain}`, spec: `, ${spec}` })).job['cluster.gpu']).toBe(expected);
  });

  test('a List holds objects, and a server beside an object is a job of its own', () => {
    const server = `{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 3, template: {spec: ${pod({ command: 'vllm serve m -tp 8' })}}}}`;
    const text = `apiVersion: v1\nkind: List\nitems: [${server}, {apiVersion: v1, kind: Pod, spec: ${torchrun}}]\n`;
    expect(jobs(text).map(({ framework, kind, facts }) => [framework, kind, facts.replicas])).toEqual([
      ['vllm', 'serving', 3],
      ['megatron-lm', 'training', undefined],
    ]);
  });

  test('two servers in one pod are two jobs; what runs before them is none', () => {
    const container = (size: number): string => `{image: vllm/vllm-openai, args: [m, --tensor-parallel-size, "${size}"]}`;
    const text = kubernetes('Pod', `{initContainers: [${container(8)}], containers: [${container(1)}, ${container(2)}]}`);
    expect(jobs(text).map((one) => one.job['parallel.tensor'])).toEqual([1, 2]);
  });

  test('without a job inside, pods with GPUs are a cluster, and others nothing', () => {
    expect(jobs(jobOf({ command: './run' })).map(({ framework, kind }) => [framework, kind])).toEqual([['kubernetes', 'cluster']]);
    expect(jobs(jobOf({ command: './run', resources: 'cpu: 1' }))).toEqual([]);
  });
});

describe('what the carrier says and what the launcher says', () => {
  test.each<[string, unknown, readonly string[]]>([
    [`torchrun ${plain}`, [2, 4, undefined], []],
    [`torchrun --nproc-per-node 4 --nnodes 2 ${plain}`, [2, 4, undefined], []],
    [`torchrun --nproc-per-node 8 ${plain}`, [2, 8, undefined], ['--nproc-per-node says 8 GPUs a node, and nvidia.com/gpu gives 4']],
    [`torchrun --nproc-per-node 4 --nnodes 1 ${plain}`, [1, 4, undefined], ['--nnodes says 1 nodes, and parallelism gives 2']],
    [`torchrun --nproc-per-node $N ${plain}`, [2, 4, undefined], []],
    [`mpirun -np 8 python ${plain}`, [2, 4, 8], []],
    [`mpirun -np 4 python ${plain}`, [undefined, 4, 4], ['-np starts 4 processes, and there are 2 nodes with 4 GPUs']],
    [`deepspeed ${plain}`, [2, 4, undefined], []],
    [`python ${plain}`, [2, 4, undefined], []],
  ])('%s', (command, expected, messages) => {
    const found = job(jobOf({ command, resources: 'nvidia.com/gpu: 4' }, 'parallelism: 2, '));
    expect(cluster(found)).toEqual(expected);
    expect(found.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual(
      messages.map((message) => `carrier-differs: ${message}`),
    );
  });

  test('processes of the operator that have no GPU each are told', () => {
    const text = kubernetes(
      'PyTorchJob',
      `{nprocPerNode: "8", pytorchReplicaSpecs: {Worker: {template: {spec: ${pod({ command: `torchrun ${plain}`, resources: 'nvidia.com/gpu: 4' })}}}}}`,
    );
    expect(job(text).problems.map(({ code }) => code)).toEqual(['carrier-differs']);
  });

  test('a node count that the cluster knows alone is named', () => {
    const text = kubernetes('TrainJob', `{runtimeRef: {name: shared}, trainer: {command: [${words(`torchrun ${plain}`)}]}}`);
    expect(why(job(text), 'cluster.nodes')).toContain('shared');
    const runtime = 'apiVersion: v1\nkind: ClusterTrainingRuntime\nmetadata: {name: shared}\nspec: {mlPolicy: {numNodes: 3}}\n';
    expect(jobs(`${text}---\n${runtime}`)[0]?.job['cluster.nodes']).toBe(3);
  });
});

describe('environment and files of a container', () => {
  const script = `apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data:
  TP: "2"
  run.sh: |
    #!/bin/bash
    torchrun --nproc-per-node 8 pretrain_gpt.py ${shape} --tensor-model-parallel-size $TP --deepspeed --deepspeed_config ds.json
  ds.json: '{"zero_optimization": {"stage": 1}, "train_batch_size": 64}'
---
`;
  const volumes = ', volumes: [{name: v, configMap: {name: files}}]';
  const more = ', volumeMounts: [{name: v, mountPath: /cfg}], envFrom: [{configMapRef: {name: files}}]';

  test('a mounted script is run with the environment, and reads the file beside it', () => {
    const found = job(script + jobOf({ command: 'bash /cfg/run.sh', more, spec: volumes }));
    expect([found.job['parallel.tensor'], found.job['zero.stage'], found.job['batch.global'], found.links]).toEqual([2, 1, 64, []]);
  });

  test('a ConfigMap alone is read for its files', () => {
    expect(jobs(script).map(({ framework }) => framework)).toEqual(['megatron-lm', 'deepspeed']);
  });

  test.each([
    ['{name: TP, value: "4"}', 4, ''],
    ['{name: A, value: "4"}, {name: TP, value: $(A)}', 4, ''],
    ['{name: TP, valueFrom: {secretKeyRef: {name: s, key: k}}}', undefined, '$TP'],
    ['{name: TP, valueFrom: {configMapKeyRef: {name: files, key: TP}}}', 2, ''],
  ])('%s', (env, expected, named) => {
    const text = script + jobOf({ command: `torchrun ${plain} --tensor-model-parallel-size $(TP)`, more: `, env: [${env}]` });
    const found = job(text);
    expect(found.job['parallel.tensor']).toBe(expected);
    if (named !== '') expect(why(found, 'parallel.tensor')).toContain(named);
  });
});

describe('Compose', () => {
  const service = (more: string): string => `services:\n  a:\n    image: vllm/vllm-openai:v0.6.3\n    ${more.replaceAll('\n', '\n    ')}\n`;

  test.each([
    ['command: -tp ${TP:-2} m\ngpus: 2', 2, 2],
    [
      'command: ["m", "--tensor-parallel-size", "${TP:-4}"]\ndeploy: {resources: {reservations: {devices: [{count: "${N:-4}", capabilities: [gpu]}]}}}',
      4,
      4,
    ],
    [
      'entrypoint: vllm serve\ncommand: m -tp 2\ndeploy: {resources: {reservations: {devices: [{device_ids: ["0", "3"], capabilities: [[gpu]]}]}}}',
      2,
      2,
    ],
    ['entrypoint: ["/bin/bash", "-c"]\ncommand: ["vllm serve m -tp 2"]', 2, undefined],
  ])('%s', (more, tensor, gpus) => {
    const found = job(service(more));
    expect([found.job['parallel.tensor'], found.job['cluster.gpusPerNode'], found.release]).toEqual([
      tensor,
      gpus,
      'vLLM 0.6.3, pinned in vllm/vllm-openai:v0.6.3',
    ]);
  });

  test('variables of the container are no variables of the file', () => {
    const found = job(service('command: m -tp ${TP}\nenvironment: {TP: 4, VLLM_ALLOW_LONG_MAX_MODEL_LEN: 1}'));
    expect(why(found, 'parallel.tensor')).toContain('$TP');
    expect(found.job['environment.allowLongMaxModelLen']).toBe(true);
  });
});

describe('SkyPilot', () => {
  const run = 'num_nodes: 2\nrun: |\n  vllm serve m -tp $SKYPILOT_NUM_GPUS_PER_NODE -pp $SKYPILOT_NUM_NODES\n';
  test.each([
    ['H100:8', 8, 'H100'],
    ['A100-80GB', 1, 'A100-80GB'],
    ['[L4:2, A10G:1]', 2, 'L4'],
    ['{H100: 8}', 8, 'H100'],
    ['{H100:8, H200:8}', 8, undefined],
    ['{H100: 8, H200: 4}', undefined, undefined],
  ])('%s', (accelerators, gpus, name) => {
    const found = job(`resources:\n  accelerators: ${accelerators}\n${run}`);
    const { job: fields } = found;
    expect([fields['cluster.gpusPerNode'], fields['cluster.gpu'], fields['parallel.tensor'], fields['parallel.pipeline']]).toEqual([
      gpus,
      name,
      gpus,
      2,
    ]);
  });
});

describe('places and fixes', () => {
  const text = jobOf({ command: 'unused' }).replace(
    /command: \[[^\]]*\]/,
    `command: [bash, -c, "export TP=3; torchrun --nproc-per-node 8 pretrain_gpt.py ${shape} --tensor-model-parallel-size $TP --global-batch-size 64"]`,
  );
  const engine = (): Engine =>
    createEngine({ files: { resolve: () => undefined, read: () => undefined } as never, settings: () => ({}) as never });
  const analysed = (one: string): JobAnalysis => {
    const found = engine().analyse('file:///job.yaml', one, 1).jobs[0];
    if (!found) throw new Error('no job');
    return found;
  };

  test('every written value stands in the outer text', () => {
    const { sources, job: fields } = job(text);
    for (const [field, origin] of Object.entries(sources)) {
      if (origin.kind !== 'key' || typeof fields[field as JobField] !== 'number') continue;
      expect(Number(text.slice(origin.value.start, origin.value.end).replaceAll('"', ''))).toBe(fields[field as JobField]);
    }
  });

  test('a fix replaces the literal inside the script and nothing else', () => {
    const edits = analysed(text).findings.flatMap((finding) => finding.edits.flatMap((edit) => edit ?? []));
    const literal = text.indexOf('TP=3') + 3;
    const own = edits.filter(({ range }) => range.start === literal);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ range, newText }) => range.end === literal + 1 && /^\d+$/.test(newText))).toBe(true);
  });

  test('flags are added inside a script, and not beside the items of a list', () => {
    const script =
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: vllm/vllm-openai:v0.8.5\n      resources: {limits: {nvidia.com/gpu: 2}}\n';
    const added = (command: string): readonly string[] =>
      analysed(script + command).findings.flatMap((finding) => finding.edits.flatMap((edit) => (edit ?? []).map(({ newText }) => newText)));
    expect(added('      command: [bash, -c, "vllm serve m --tensor-parallel-size 2"]\n')).toContain(' --gpu-memory-utilization 0.9');
    expect(added('      args: [m, --tensor-parallel-size, "2"]\n')).not.toContain(' --gpu-memory-utilization 0.9');
    expect(added('      args:\n        - m\n        - --tensor-parallel-size\n        - "2"\n')).not.toContain(
      ' --gpu-memory-utilization 0.9',
    );
  });
});

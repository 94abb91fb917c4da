/** Keys that the values of many charts have, and those of Google's GPU recipes. */
import { keyTable } from '../key-table.ts';

export const helmKeys = keyTable(
  'helm-values',
  'Helm 3 conventions; charts of AI-Hypercomputer/gpu-recipes (2e1fd5ef)',
  `
  replicaCount | integer | 1 | Copies of the pod
  replicas | integer | 1 | Copies of the pod
  image | block | - | The image the container runs
  image.repository | text | - | The image without its tag
  image.tag | text | - | Tag of the image, whose release often stands in it
  image.command | list | - | The program, in place of the entry point of the image
  command | list | - | The program, in place of the entry point of the image
  args | list | - | Arguments of the program
  extraArgs | list | - | Further arguments of the program
  env | list | - | Environment variables of the container
  resources | block | - | What the container asks for and may take at most
  nodeSelector | block | - | Labels a node must have
  model.name | text | - | The model by its name on the Hub
  model.tp_size | integer | 1 | Tensor-parallel size
  model.pp_size | integer | 1 | Pipeline-parallel size
  job.gpus | integer | - | GPUs of one replica; eight make a pod
  serverArgs | block | - | Flags of the server, without dashes in front
  workload.model.name | text | - | The model by its name on the Hub
  workload.gpus | integer | - | GPUs of the workload; eight make a pod
  workload.framework | vllm, sglang, trtllm | - | The engine
  workload.image | text | - | The image of the server
  workload.configFile | path | serving-args.yaml | A file with the flags of the server
  workload.configPath | path | - | Where that file is mounted
  workload.replicas | integer | 1 | Copies of the server
  workload.envs | list | - | Environment variables of the server
  workload.benchmarks.experiments | list | - | Sizes of requests that are measured
  `,
  { 'model.tp_size': 'parallel.tensor', 'model.pp_size': 'parallel.pipeline', replicaCount: 'serving.replicas' },
);

const names: ReadonlySet<string> = new Set(helmKeys.keys.flatMap(({ name }) => [name, name.split('.').at(-1) ?? name]));

export const isHelmKey = (name: string): boolean => names.has(name) || name.includes('/');

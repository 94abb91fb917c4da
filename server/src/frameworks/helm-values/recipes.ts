/**
 * Values of the charts of Google's GPU recipes. Two shapes: `workload` with the model, the number of GPUs, the engine and a file of
 * flags; and `model` with its sizes, `job.gpus` and the flags under the engine's name. A node of theirs has eight GPUs.
 */
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { Link, Reading } from '../adapter.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { Deployment, Worked } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { joinRoles } from '../deployments/roles.ts';
import { commandDocument, flagOf, valueWord, wordsAt } from '../deployments/words.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import { settingNumber } from '../setting.ts';

const engines: { readonly [word: string]: string } = {
  vllm: 'vllm',
  sglang: 'sglang',
  trtllm: 'tensorrt-llm',
  'tensorrt-llm': 'tensorrt-llm',
};
const commands: { readonly [engine: string]: readonly string[] } = {
  vllm: ['vllm', 'serve'],
  sglang: ['sglang', 'serve'],
  'tensorrt-llm': ['trtllm-serve'],
};

/** Names of sizes, as each engine's flags. */
const sizeFlags: { readonly [engine: string]: readonly [string, string] } = {
  vllm: ['--tensor-parallel-size', '--pipeline-parallel-size'],
  sglang: ['--tp-size', '--pp-size'],
  'tensorrt-llm': ['--tp_size', '--pp_size'],
};

export function isRecipe(values: TreeNode): boolean {
  if (workersOf(values).length > 0) return true;
  if (nodeAt(values, 'workload', 'gpus') && (nodeAt(values, 'workload', 'model') || nodeAt(values, 'workload', 'configFile'))) {
    return ['framework', 'configFile', 'benchmarks'].some((key) => nodeAt(values, 'workload', key) !== undefined) && servesIn(values);
  }
  return nodeAt(values, 'model', 'tp_size') !== undefined && engineBlock(values) !== undefined;
}

/** Training recipes have a `workload` too; a serving one has a service, or says its engine or a benchmark of requests. */
const servesIn = (values: TreeNode): boolean =>
  nodeAt(values, 'service') !== undefined ||
  nodeAt(values, 'dynamo') !== undefined ||
  engines[textOf(nodeAt(values, 'workload', 'framework')) ?? ''] !== undefined ||
  nodeAt(values, 'workload', 'benchmarks') !== undefined;

function engineBlock(values: TreeNode): { readonly engine: string; readonly block: TreeNode } | undefined {
  for (const [word, engine] of Object.entries(engines)) {
    const block = nodeAt(values, word);
    if (block && nodeAt(block, 'serverArgs')) return { engine, block };
  }
  return undefined;
}

export function readRecipe(deployment: Deployment, values: TreeNode): readonly Reading[] {
  if (workersOf(values).length > 0) return readWorkers(deployment, values);
  return nodeAt(values, 'workload', 'gpus') ? readWorkload(deployment, values) : readModel(deployment, values);
}

const workerKeys = [
  ['decodeWorker', 'decode'],
  ['prefillWorker', 'prefill'],
] as const;

interface DynamoWorker {
  readonly block: TreeNode;
  readonly role: 'decode' | 'prefill';
}

/** The workers of a Dynamo chart that counts them by role. */
function workersOf(values: TreeNode): readonly DynamoWorker[] {
  return workerKeys.flatMap(([key, role]) => {
    const block = nodeAt(values, 'dynamo', key);
    return block && nodeAt(block, 'nodeCount') && nodeAt(values, 'workload') ? [{ block, role }] : [];
  });
}

/** How many nodes and copies each role has; the flags stand in a file, and the chart alone knows the GPUs of a node. */
function readWorkers(deployment: Deployment, values: TreeNode): readonly Reading[] {
  const workload = nodeAt(values, 'workload');
  const engine = engines[textOf(nodeAt(workload, 'framework')) ?? ''];
  const model = nodeAt(workload, 'model', 'name') ?? nodeAt(workload, 'model');
  const place = workload?.entry?.key ?? { start: 0, end: 0 };
  const readings = workersOf(values).flatMap(({ block, role }) => {
    const words = [...wordsAt(place, ...(commands[engine ?? ''] ?? [])), ...modelWords(model)];
    return readDeployed(
      { ...deployment, framework: 'dynamo' },
      {
        launch: block.entry?.key ?? rangeOf(block),
        role,
        inner: engine && words.length > 1 ? [commandDocument(deployment.document, words, [], nodeAt(workload, 'image'))] : [],
        replicas: countOf(nodeAt(block, 'replicas')),
        nodes: settingOf(nodeAt(block, 'nodeCount')),
        pod: values,
        standsAlone: true,
        facts: engine === undefined ? {} : { engine },
      },
    ).map((reading) => withLink(reading, nodeAt(workload, 'configFile')));
  });
  return joinRoles(deployment.document, readings);
}

/** Nodes of eight GPUs, or a part of one. */
function placeOf(gpus: TreeNode | undefined): { readonly nodes: Worked; readonly accelerators: Worked } | undefined {
  const number = settingNumber(settingOf(gpus));
  if (number === undefined || number === 0) return undefined;
  const nodes = Math.max(1, Math.floor(number / 8));
  return {
    nodes: { value: nodes, how: 'gpus / 8, as the chart makes pods' },
    accelerators: { value: Math.min(8, number), how: 'gpus, at most 8 for each pod' },
  };
}

function readModel(deployment: Deployment, values: TreeNode): readonly Reading[] {
  const found = engineBlock(values);
  if (!found) return [];
  const { engine, block } = found;
  const model = nodeAt(values, 'model');
  const name = nodeAt(model, 'name');
  const [tensor = '', pipeline = ''] = sizeFlags[engine] ?? [];
  const words: readonly Word[] = [
    ...wordsAt(block.entry?.key ?? rangeOf(block), ...(commands[engine] ?? [])),
    ...modelWords(name),
    ...flagOf(nodeAt(model, 'tp_size'), tensor),
    ...flagOf(nodeAt(model, 'pp_size'), pipeline),
    ...childrenOf(nodeAt(block, 'serverArgs')).flatMap((node) => flagOf(node, `--${node.name}`)),
  ];
  return readDeployed(deployment, {
    launch: block.entry?.key ?? rangeOf(block),
    inner: [commandDocument(deployment.document, words, [], imageOf(nodeAt(values, 'job', 'image')))],
    replicas: countOf(nodeAt(block, 'replicaCount')),
    ...placeOf(nodeAt(values, 'job', 'gpus')),
    pod: values,
  });
}

function imageOf(image: TreeNode | undefined): TreeNode | undefined {
  const [name, tag] = [textOf(nodeAt(image, 'repository')), nodeAt(image, 'tag')];
  return name !== undefined && tag?.entry && textOf(tag) !== undefined
    ? { ...tag, entry: { ...tag.entry, scalar: `${name}:${textOf(tag)}` } }
    : undefined;
}

function modelWords(name: TreeNode | undefined): readonly Word[] {
  const word = name && textOf(name) !== undefined ? valueWord(name) : undefined;
  return word ? [word] : [];
}

function readWorkload(deployment: Deployment, values: TreeNode): readonly Reading[] {
  const workload = nodeAt(values, 'workload');
  const said = engines[textOf(nodeAt(workload, 'framework')) ?? ''];
  const isDynamo = nodeAt(values, 'dynamo') !== undefined;
  // Of these charts only the one for TensorRT-LLM runs a benchmark of requests by itself.
  const engine = said ?? (nodeAt(workload, 'benchmarks', 'experiments') ? 'tensorrt-llm' : undefined);
  const file = nodeAt(workload, 'configFile');
  const inner = engine && textOf(nodeAt(workload, 'model', 'name')) !== undefined ? [serverOf(deployment.document, workload, engine)] : [];
  const readings = readDeployed(
    { ...deployment, framework: isDynamo ? 'dynamo' : deployment.framework },
    {
      launch: workload?.entry?.key ?? { start: 0, end: 0 },
      inner,
      replicas: countOf(nodeAt(workload, 'replicas')),
      ...placeOf(nodeAt(workload, 'gpus')),
      pod: values,
      standsAlone: true,
      facts: { ...benchmarkFacts(workload), ...(engine === undefined ? {} : { engine, ...(isDynamo ? {} : { framework: engine }) }) },
    },
  );
  return readings.map((reading) => withLink(reading, file));
}

function serverOf(document: ConfigDocument, workload: TreeNode | undefined, engine: string): ConfigDocument {
  const environment = workload
    ? containerEnvironment({ ...workload, children: new Map([['env', nodeAt(workload, 'envs') ?? workload]]) }, new Map(), [])
    : [];
  const place = nodeAt(workload, 'framework')?.entry?.value ?? workload?.entry?.key ?? { start: 0, end: 0 };
  const words = [...wordsAt(place, ...(commands[engine] ?? [])), ...modelWords(nodeAt(workload, 'model', 'name'))];
  return commandDocument(document, words, environment, nodeAt(workload, 'image'));
}

/** The file with the flags lies beside the values as a rule. */
function withLink(reading: Reading, file: TreeNode | undefined): Reading {
  const target = textOf(file);
  if (target === undefined || !file?.entry) return reading;
  const link: Link = { range: file.entry.value, target, role: 'engine-config' };
  return { ...reading, links: [...reading.links, link] };
}

function benchmarkFacts(workload: TreeNode | undefined): Readonly<Record<string, unknown>> {
  const first = childrenOf(nodeAt(workload, 'benchmarks', 'experiments'))[0];
  const said = ['isl', 'osl', 'num_requests'].flatMap((key) => {
    const value = settingNumber(settingOf(nodeAt(first, key)));
    return value === undefined ? [] : [[`benchmark.${key}`, value] as const];
  });
  return Object.fromEntries(said);
}

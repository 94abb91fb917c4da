/**
 * InferenceService: the predictor's container, or the model block whose runtime is known by its format: `huggingface` runs
 * KServe's own server on top of vLLM, `vllm` runs vLLM itself. A runtime in the same file says its own command.
 */
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import type { Deployment, Worked } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { modelOfUri } from '../deployments/model-uri.ts';
import { commandDocument, flagOf, itemWords, wordsAt } from '../deployments/words.ts';
import { acceleratorCount } from '../kubernetes/accelerators.ts';
import { type ConfigMaps, mountedFiles } from '../kubernetes/config-maps.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import type { Setting } from '../setting.ts';

export function readInferenceService(
  deployment: Deployment,
  object: TreeNode,
  objects: readonly TreeNode[],
  maps: ConfigMaps,
): readonly Reading[] {
  const predictor = nodeAt(object, 'spec', 'predictor');
  const model = nodeAt(predictor, 'model') ?? nodeAt(predictor, 'huggingface') ?? nodeAt(predictor, 'triton');
  const runtime = runtimeOf(model, objects);
  const own = childrenOf(nodeAt(predictor, 'containers'));
  const container = own[0] ?? model;
  if (!predictor || !container) return [];
  const found = childrenOf(nodeAt(runtime, 'spec', 'containers'))[0];
  const server = serverOf(deployment.document, { predictor, model: own[0] ? undefined : model, container, runtime: found }, maps);
  const workers = nodeAt(predictor, 'workerSpec');
  return readDeployed(deployment, {
    launch: rangeOf(nodeAt(object, 'kind') ?? object),
    inner: server ? [server] : [],
    files: mountedFiles(predictor, container, maps),
    replicas: countOf(nodeAt(predictor, 'minReplicas')),
    nodes: workers ? nodesOf(workers) : { value: 1, how: 'a replica without workers is one pod' },
    accelerators: acceleratorCount(container) ?? acceleratorCount(found),
    pod: predictor,
  });
}

function runtimeOf(model: TreeNode | undefined, objects: readonly TreeNode[]): TreeNode | undefined {
  const wanted = textOf(nodeAt(model, 'runtime'));
  return objects.find(
    (one) => /ServingRuntime$/.test(textOf(nodeAt(one, 'kind')) ?? '') && textOf(nodeAt(one, 'metadata', 'name')) === wanted,
  );
}

/** The head is one pod; tensor- and pipeline-parallel sizes of the workers are pods of their own. */
function nodesOf(workers: TreeNode): Setting | Worked | undefined {
  const stages = settingOf(nodeAt(workers, 'pipelineParallelSize'));
  return stages ?? { value: 2, how: 'the head and one worker, where the number of stages is not written' };
}

interface Predictor {
  readonly predictor: TreeNode;
  readonly model: TreeNode | undefined;
  readonly container: TreeNode;
  readonly runtime: TreeNode | undefined;
}

function serverOf(
  document: ConfigDocument,
  { predictor, model, container, runtime }: Predictor,
  maps: ConfigMaps,
): ConfigDocument | undefined {
  const outer = runtime ? containerEnvironment(runtime, maps, []) : [];
  const environment = containerEnvironment(container, maps, outer);
  const program = nodeAt(container, 'command') ?? nodeAt(runtime, 'command');
  const image = nodeAt(container, 'image') ?? nodeAt(runtime, 'image');
  const words = [...itemWords(nodeAt(runtime, 'args'), environment), ...itemWords(nodeAt(container, 'args'), environment)];
  if (!model || runtime) {
    const started = startedDocument(document, {
      program,
      arguments: nodeAt(container, 'args') ?? nodeAt(runtime, 'args'),
      image,
      environment,
      references: environment,
    });
    const [command, ...rest] = started?.commands ?? [];
    if (!started || !command || !runtime || !nodeAt(container, 'args')) return started && withStored(started, model);
    return withStored({ ...started, commands: [{ ...command, words: [...itemWords(program, environment), ...words] }, ...rest] }, model);
  }
  const format = textOf(nodeAt(model, 'modelFormat', 'name')) ?? (nodeAt(predictor, 'huggingface') ? 'huggingface' : '');
  const place = model.entry?.key ?? rangeOf(predictor);
  if (!/^(?:huggingface|vllm)$/i.test(format)) return undefined;
  const front = wordsAt(place, 'vllm', 'serve');
  const named = hasFlag(words, /^--model(?:_id|-id)?$/)
    ? []
    : modelOfUri(nodeAt(model, 'storageUri') ?? nodeAt(model, 'storage', 'storageUri'), undefined, place);
  const workers = nodeAt(predictor, 'workerSpec');
  const parallel = [
    ...flagOf(nodeAt(workers, 'tensorParallelSize'), '--tensor-parallel-size'),
    ...flagOf(nodeAt(workers, 'pipelineParallelSize'), '--pipeline-parallel-size'),
  ];
  return commandDocument(document, [...front, ...named, ...parallel, ...engineWords(words)], environment, image);
}

/** A runtime finds the model in a folder that KServe fills from the place it is stored in. */
function withStored(started: ConfigDocument, model: TreeNode | undefined): ConfigDocument {
  const uri = nodeAt(model, 'storageUri');
  const [stored] = uri ? modelOfUri(uri, undefined, rangeOf(uri)) : [];
  if (stored?.text === undefined || !/^hf:\/\//.test(textOf(uri) ?? '')) return started;
  const commands = started.commands.map((command) => ({
    ...command,
    words: command.words.map((word) => {
      const flag = /^(--[\w-]+=)\/mnt\/models\/?$/.exec(word.text ?? '')?.[1];
      if (flag !== undefined) return { ...stored, text: flag + stored.text, replaceable: false };
      return /^\/mnt\/models\/?$/.test(word.text ?? '') ? stored : word;
    }),
  }));
  return { ...started, commands };
}

const hasFlag = (words: readonly Word[], flag: RegExp): boolean => words.some(({ text }) => flag.test((text ?? '').replace(/=.*$/s, '')));

/** KServe's own server: its flags that are not the engine's are left out, and the model goes by another name. */
const ownFlags =
  /^--(?:model_name|model-name|model_dir|backend|task|http_port|workers|max_threads|disable_lower_case|enable_docs_url|predictor_protocol|return_token_type_ids)(?:=|$)/;

function engineWords(words: readonly Word[]): readonly Word[] {
  const kept: Word[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    const text = word?.text;
    if (!word) continue;
    if (text !== undefined && ownFlags.test(text)) {
      const next = words[at + 1]?.text;
      if (!text.includes('=') && next !== undefined && !next.startsWith('--')) at += 1;
      continue;
    }
    kept.push(
      text === undefined ? word : { ...word, text: text.replace(/^--model_id(?==|$)/, '--model').replace(/^--model-id(?==|$)/, '--model') },
    );
  }
  return kept;
}

/** NVIDIA Dynamo: graphs of workers on Kubernetes, and the workers' commands in scripts and containers. */
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { withServedModel } from '../deployments/served-model.ts';
import { readFlags } from '../flags.ts';
import { objectsOf } from '../kubernetes/objects.ts';
import { readObjects } from '../kubernetes/read-objects.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import type { Setting } from '../setting.ts';
import { type Worker, workerOf } from './command.ts';
import { dynamoKeys } from './keys.ts';
import { isDynamo } from './objects.ts';

function workersOf(document: ConfigDocument): readonly Worker[] {
  return document.commands.flatMap((command) => workerOf(command) ?? []);
}

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return workersOf(document).length > 0 ? 0.95 : 0;
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  return objectsOf(document).some(isDynamo) ? 0.98 : 0;
}

function read(document: ConfigDocument, context: ReadContext = noContext): readonly Reading[] {
  if (!hasCommands(document)) return readObjects(document, context);
  return workersOf(document).flatMap((worker) => readWorker(document, worker, context));
}

/** The engine reads its own command; the worker's flags say the role. */
function readWorker(document: ConfigDocument, worker: Worker, { readInner }: ReadContext): readonly Reading[] {
  const inner: ConfigDocument = { ...document, commands: [worker.command] };
  return readInner(inner).map((reading) => withServedModel(withRole(document, reading, worker)));
}

function withRole(document: ConfigDocument, reading: Reading, { role, own, module, engine }: Worker): Reading {
  const settings: readonly Setting[] = own.flatMap((words) => readFlags(words, { oneValue: true }).settings);
  const written = [...reading.written, ...settings.map((setting) => ({ dialect: 'dynamo', setting }))];
  const facts = { ...reading.facts, framework: 'dynamo', engine: engine === 'trtllm' ? 'tensorrt-llm' : engine };
  if (role === undefined) return { ...reading, written, facts };
  const flag = own.find(([word]) => /disaggregation-mode|is-(?:prefill|decode)-worker/.test(word?.text ?? ''));
  const [key = module, value = key] = flag ?? [];
  const origin = { kind: 'key', uri: document.uri, key: key.range, value: value.value, spelling: key.text ?? '' } as const;
  return {
    ...reading,
    written,
    facts,
    job: { ...reading.job, 'serving.role': role },
    sources: { ...reading.sources, 'serving.role': origin },
  };
}

export const adapter: Adapter = { id: 'dynamo', label: 'NVIDIA Dynamo', detect, read, keys: dynamoKeys };

/**
 * PyTorch Lightning and Fabric in Python scripts: `Trainer(devices=, num_nodes=, strategy=, precision=)` and its strategy
 * objects. Names and defaults: lightning src/lightning/pytorch/trainer/trainer.py, src/lightning/fabric/fabric.py and
 * strategies/fsdp.py, strategies/deepspeed.py (2.5; from memory, not checked against a commit).
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { PythonCall, PythonModule, PythonValue } from '../../syntax/python-module.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setDerived, setField } from '../draft.ts';
import { allCalls } from '../python-calls.ts';
import { callSettings } from '../python-settings.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { lightningKeys } from './keys.ts';
import { constantRows, strategyRows, trainerRows } from './rows.ts';
import { readStrategy } from './strategy.ts';

const framework = 'lightning';
const release = 'Lightning 2.5';

/** `lightning.Trainer(...)`, `pl.Trainer(...)` and `L.Fabric(...)` by their imported names. */
function trainerCalls(module: PythonModule): readonly PythonCall[] {
  return allCalls(module).filter(({ callee }) => /^(?:lightning|pytorch_lightning|lightning_fabric)\b.*\.(?:Trainer|Fabric)$/.test(callee));
}

function detect({ python }: ConfigDocument): number {
  return python !== undefined && trainerCalls(python).length > 0 ? 0.85 : 0;
}

function read(document: ConfigDocument): readonly Reading[] {
  const { python } = document;
  if (python === undefined) return [];
  const constants = constantSettings(python);
  return trainerCalls(python).map((call) => readCall(document, call, constants));
}

function readCall(document: ConfigDocument, call: PythonCall, constants: readonly Setting[]): Reading {
  const own = callSettings(call);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: call.range });
  readRows(draft, constantRows, constants);
  readRows(draft, trainerRows, own);
  readPrecision(draft, own);
  readStrategy(draft, own);
  readRows(draft, strategyRows, own);
  applyDefaults(draft, trainerRows);
  nameDevices(draft);
  const top = own.filter(({ name }) => !name.includes('.'));
  return finishReading(draft, [...constants.filter((one) => draft.used.has(one)), ...top], () => true);
}

/** `bf16-mixed` keeps fp32 weights, `bf16-true` turns them into 16 bits. */
function readPrecision(draft: Draft, settings: readonly Setting[]): void {
  const setting = settings.findLast(({ name }) => name === 'precision');
  const word = /^(bf16|16|32|64|transformer-engine)(?:-(mixed|true|float16))?$/.exec(String(setting?.scalar ?? ''));
  if (setting === undefined || word === null) return;
  const compute = word[1] === '32' || word[1] === '64' ? 'fp32' : word[1] === '16' ? 'fp16' : 'bf16';
  setField(draft, 'precision.compute', compute, keyOrigin(draft, setting));
  const params = word[2] === 'true' ? compute : 'fp32';
  setDerived(draft, 'precision.params', params, ['precision.compute'], `precision ${word[0]} keeps ${params} weights`);
}

/** Scripts set sizes as constants of the module; Lightning itself has no batch size. */
function constantSettings(module: PythonModule): readonly Setting[] {
  return module.assignments.flatMap(({ target, key, value }) => {
    const scalar = scalarOf(value);
    if (scalar === undefined || target.includes('.')) return [];
    return [{ name: target, spelling: target, key, value: value.value, given: true, scalar, quoted: false, unknown: [], rest: [] }];
  });
}

const scalarOf = (value: PythonValue): Setting['scalar'] => (value.kind === 'scalar' ? value.scalar : undefined);

/** Global batch sizes of scripts count over a node or over all: with accumulation the two can be told apart, so none is made up. */
function nameDevices(draft: Draft): void {
  const perNode = draft.job['cluster.gpusPerNode'];
  if (perNode !== undefined) draft.facts.devices = perNode;
}

export const adapter: Adapter = { id: framework, label: 'PyTorch Lightning', detect, read, keys: lightningKeys };

/** Megatron-Bridge: recipe functions in Python, one reading each, and scripts that change one and train. */
import type { ConfigDocument } from '../../syntax/document.ts';
import { importedNames, type PythonCall, type PythonModule } from '../../syntax/python-module.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { type PythonJob, pythonJobs } from '../python-jobs.ts';
import { bridgeKeys } from './keys.ts';
import { bridgeNotModelled } from './not-modelled.ts';
import { readBridge } from './program.ts';

const framework = 'megatron-bridge';
const release = 'Megatron-Bridge 0.6 (067f987d)';

/** `ConfigContainer(...)`, `llama3_8b_pretrain_config()`, `_pretrain_common()`. */
const isStart = ({ callee }: PythonCall): boolean =>
  /(?:^|\.)(?:ConfigContainer|_(?:pretrain|sft|peft)_common|\w+_(?:pretrain|sft|peft|finetune)(?:_\w+)?_config)$/.test(callee);

const isOurs = (module: PythonModule): boolean => importedNames(module).some((name) => /^megatron\.bridge(?:\.|$)/.test(name));

const jobsOf = ({ python }: ConfigDocument): readonly PythonJob[] =>
  python === undefined || !isOurs(python) ? [] : pythonJobs(python, isStart);

function readJob(document: ConfigDocument, { name, launch, recipe }: PythonJob): Reading {
  const draft = createDraft({ document, framework, runsAs: 'megatron-core', kind: 'training', release, launch });
  if (name !== '') draft.facts.function = name;
  readBridge(draft, recipe, name);
  const keys = recipe.settings.filter((setting) => !/\.\d+(?:\.|$)/.test(setting.name));
  return finishReading(draft, keys, () => true, bridgeNotModelled);
}

export const adapter: Adapter = {
  id: framework,
  label: 'Megatron-Bridge',
  detect: (document) => (jobsOf(document).length > 0 ? 0.9 : 0),
  read: (document) => jobsOf(document).map((job) => readJob(document, job)),
  keys: bridgeKeys,
};

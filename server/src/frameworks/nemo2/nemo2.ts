/** NeMo 2: recipes in Python, of the user or of the package, and scripts that change and run them. One reading per recipe. */
import type { ConfigDocument } from '../../syntax/document.ts';
import { importedNames, type PythonCall } from '../../syntax/python-module.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import type { PythonJob } from '../python-jobs.ts';
import { nemo2Keys } from './keys.ts';
import { nemo2NotModelled } from './not-modelled.ts';
import { readNemo2 } from './program.ts';
import { executorOf, nemoJobs } from './recipes.ts';

const framework = 'nemo2';
const release = 'NeMo 2.5 (8cfedd72)';

function detect({ python }: ConfigDocument): number {
  if (python === undefined) return 0;
  const isOurs = importedNames(python).some((name) => /^nemo(?:\.|$|_run(?:\.|$))/.test(name));
  return isOurs && nemoJobs(python).length > 0 ? 0.9 : 0;
}

function read(document: ConfigDocument): readonly Reading[] {
  if (detect(document) === 0 || document.python === undefined) return [];
  const { python } = document;
  return nemoJobs(python).map((job) => readJob(document, job, executorOf(python, job.beside)));
}

function readJob(document: ConfigDocument, { name, launch, recipe, parameters }: PythonJob, executor: PythonCall | undefined): Reading {
  const draft = createDraft({ document, framework, runsAs: 'megatron-core', kind: 'training', release, launch });
  if (name !== '') draft.facts.function = name;
  const settings = readNemo2(draft, recipe, { executor, parameters });
  const keys = settings.filter((setting) => !/\.\d+(?:\.|$)/.test(setting.name));
  return finishReading(draft, keys, () => true, nemo2NotModelled);
}

export const adapter: Adapter = { id: framework, label: 'NeMo 2', detect, read, keys: nemo2Keys };

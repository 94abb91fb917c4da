/**
 * XTuner: Python configurations made of constants and `dict(type=...)` blocks, and `NPROC_PER_NODE=8 xtuner train x.py --deepspeed
 * deepspeed_zero2`, which starts torchrun itself. Sources: xtuner/tools/train.py and entry_point.py (0.1.x).
 */
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import { importedNames } from '../../syntax/python-module.ts';
import { spellWord } from '../../syntax/word.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading, noteWritten, setDefault } from '../draft.ts';
import { environmentSettings } from '../environment.ts';
import { readFlags } from '../flags.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { anyOf, entryPoint, type Launch, programsOf, readCluster, script } from '../launchers/launch.ts';
import { processEnvironmentRows } from '../launchers/visible.ts';
import { assignmentSettings } from '../python-settings.ts';
import { readRows } from '../row.ts';
import { firstLine, type Setting } from '../setting.ts';
import { xtunerKeys } from './keys.ts';
import { defaultXtuner, readStrategy, readXtuner } from './program.ts';

const framework = 'xtuner';
const release = 'XTuner 0.1';
const runsAs = 'huggingface';

const program = anyOf(entryPoint(/^xtuner$/, ['train']), script(/(?:^|\/)xtuner\/tools\/train\.py$/));
const launches = (document: ConfigDocument): readonly Launch[] => programsOf(document, program);

/** The constants and dicts of the module under their own names. */
function settingsOf({ python }: ConfigDocument): readonly Setting[] {
  if (python === undefined) return [];
  const assignments = python.assignments.map((one) => ({ ...one, target: `file.${one.target}` }));
  return assignmentSettings({ ...python, assignments }, 'file');
}

function detect(document: ConfigDocument): number {
  if (hasCommands(document)) return launches(document).length > 0 ? 0.95 : 0;
  const { python } = document;
  if (python === undefined || !importedNames(python).some((name) => /^(?:xtuner|mmengine)\b/.test(name))) return 0;
  const assigned = new Set(python.assignments.map(({ target }) => target));
  return assigned.has('model') && (assigned.has('optim_wrapper') || assigned.has('train_dataloader')) ? 0.9 : 0;
}

function readFile(document: ConfigDocument): Reading {
  const settings = settingsOf(document);
  const draft = createDraft({ document, framework, runsAs, kind: 'training', release, launch: firstLine(document) });
  readXtuner(draft, settings);
  defaultXtuner(draft);
  const known = new Set(xtunerKeys.keys.map(({ name }) => name));
  const keys = settings.filter(({ name }) => known.has(name) || /^(?:model|optim_wrapper)\./.test(name));
  return finishReading(draft, keys, () => true);
}

const isConfig = ({ text }: Word): boolean => text === undefined || !text.startsWith('-');

function readLaunch(document: ConfigDocument, launch: Launch): Reading {
  const draft = createDraft({ document, framework, runsAs, kind: 'training', release, launch: launch.command.range });
  readCluster(draft, launch);
  const environment = environmentSettings(launch.environment);
  noteWritten(draft, 'environment', environment);
  if (launch.name.startsWith('xtuner ')) {
    readRows(draft, processEnvironmentRows, environment);
    setDefault(draft, 'cluster.gpusPerNode', 1, 'torchrun starts one process without NPROC_PER_NODE');
    setDefault(draft, 'cluster.nodes', 1, 'torchrun starts on one node without NNODES');
  }
  const [first, ...rest] = launch.after;
  if (first !== undefined && isConfig(first)) {
    const target = spellWord(first);
    // A bare word is the name of a configuration that comes with XTuner.
    if (/\.py$/.test(target) || first.text === undefined) {
      draft.links.push({ range: first.value, target, role: 'config', framework, overridden: true });
    } else draft.facts.config = target;
  }
  const { settings } = readFlags(rest);
  const deepspeed = settings.findLast(({ name }) => name === 'deepspeed');
  if (deepspeed !== undefined) readStrategy(draft, deepspeed);
  else setDefault(draft, 'zero.stage', 0, 'no --deepspeed: DistributedDataParallel divides nothing');
  return finishReading(draft, settings, () => true);
}

export const adapter: Adapter = {
  id: framework,
  label: 'XTuner',
  detect,
  read: (document) => {
    if (detect(document) === 0) return [];
    return hasCommands(document) ? launches(document).map((launch) => readLaunch(document, launch)) : [readFile(document)];
  },
  keys: xtunerKeys,
};

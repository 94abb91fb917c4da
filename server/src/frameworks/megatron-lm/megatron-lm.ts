/**
 * Megatron-LM and its forks: launches of `pretrain_gpt.py` and its kin in shell scripts, and scripts that only hold
 * arguments for one. One reading per launch.
 */
import type { JobField } from '../../core/job-fields.ts';
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { createDraft } from '../draft.ts';
import { environmentSettings } from '../environment.ts';
import { type Flags, flagNames, readFlags } from '../flags.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import type { Launch } from '../launchers/launch.ts';
import { launchesOf, readCluster } from '../launchers/launch.ts';
import type { Pins } from '../pins.ts';
import { readRows } from '../row.ts';
import { type ArgumentList, argumentLists } from './argument-lists.ts';
import { megatronSwitches } from './flag-names.ts';
import { withoutIdle } from './idle-flags.ts';
import { megatronKeys } from './keys.ts';
import { readProgram } from './program.ts';
import { environmentRows } from './rows.ts';
import { spellMegatron } from './spell.ts';
import { releaseFor } from './versions.ts';

const framework = 'megatron-lm';
const pretrainScript = /(^|\/)pretrain_[\w-]+\.py$/;
const anyScript = /\.py$/;

/** Flags no other trainer has; three of them make a script of another name a Megatron launch. */
const telling = new Set([
  'tensor-model-parallel-size',
  'pipeline-model-parallel-size',
  'num-attention-heads',
  'hidden-size',
  'max-position-embeddings',
  'use-mcore-models',
  'micro-batch-size',
]);

/** Programs that take the same flags and train nothing. */
const noTraining =
  /(?:^|[/_.-])(?:\w*convert\w*|\w*eval\w*|generat\w*|inference|infer|export|preprocess\w*|merge|checkpoint\w*|quantize|server|\w+2\w+)(?=[/_.-])/i;
const trainingScript = /(^|\/)(pretrain|finetune|train)\w*[\w-]*\.py$/;

function launches(document: ConfigDocument): readonly Launch[] {
  return launchesOf(document, anyScript).filter(({ name, after }) => {
    if (pretrainScript.test(name)) return true;
    return countTelling(after) >= 3 && (trainingScript.test(name) || !noTraining.test(lastParts(name)));
  });
}

/** The file and its folder: `tools/checkpoint/convert.py` without the folders of the machine before it. */
const lastParts = (name: string): string => name.split('/').slice(-2).join('/');

function countTelling(words: readonly Word[]): number {
  const names = flagNames(words);
  return [...telling].filter((name) => names.has(name)).length;
}

function detect(document: ConfigDocument): number {
  if (!hasCommands(document)) return 0;
  if (launches(document).length > 0) return 0.95;
  return looseArguments(document) === undefined ? 0 : 0.6;
}

function read(document: ConfigDocument, { pins }: ReadContext = noContext): readonly Reading[] {
  if (!hasCommands(document)) return [];
  const found = launches(document);
  if (found.length > 0) return found.map((launch) => readLaunch(document, launch, pins));
  const reading = readArguments(document, pins);
  return reading === undefined ? [] : [reading];
}

function flagsOf(words: readonly Word[]): Flags {
  const flags = readFlags(words, { switches: megatronSwitches });
  return { ...flags, settings: withoutIdle(flags.settings) };
}

function readLaunch(document: ConfigDocument, launch: Launch, pins: Pins): Reading {
  const flags = flagsOf(launch.after);
  const release = releaseFor(new Set(flags.settings.map(({ name }) => name)), runsElsewhere(launch) ? withoutImages(pins) : pins);
  const range = launch.command.range;
  const draft = createDraft({ document, framework, kind: 'training', release: release.name, launch: range });
  readCluster(draft, launch);
  readRows(draft, environmentRows, environmentSettings(launch.environment));
  return readProgram(draft, flags, release, launch.name);
}

/** A script outside the image's own copy of Megatron-LM is a checkout of any release, whatever Megatron Core the image holds. */
const runsElsewhere = ({ name }: Launch): boolean => !/^\/opt\/megatron-lm\//i.test(name);

const withoutImages =
  (pins: Pins): Pins =>
  () =>
    pins().filter(({ where }) => !where.includes('nvidia/nemo:'));

/** Arguments that no program of this script takes; those of a converter or an evaluation are no training job. */
function looseArguments(document: ConfigDocument): ArgumentList | undefined {
  const list = argumentLists(document);
  // `--bf16`, `--lr` and `--data-path` are flags of many programs.
  if (list === undefined || countTelling(list.words) === 0) return undefined;
  return launchesOf(document, anyScript).some(({ after }) => countTelling(after) >= 3) ? undefined : list;
}

/** Arguments without a launch: a model's shape when they say nothing about how it is split, else a training job. */
function readArguments(document: ConfigDocument, pins: Pins): Reading | undefined {
  const list = looseArguments(document);
  if (list === undefined) return undefined;
  const flags = flagsOf(list.words);
  const names = new Set(flags.settings.map(({ name }) => name));
  const release = releaseFor(names, withoutImages(pins));
  const split = names.has('tensor-model-parallel-size') || names.has('global-batch-size');
  const kind = split ? 'training' : 'model';
  const draft = createDraft({ document, framework, kind, release: release.name, launch: list.range });
  return readProgram(draft, flags, release, undefined);
}

export const adapter: Adapter = {
  id: framework,
  label: 'Megatron-LM',
  detect,
  read,
  spell: (field: JobField, value) => spellMegatron(field, value),
  keys: megatronKeys,
};

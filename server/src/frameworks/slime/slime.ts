/**
 * slime: `python3 train.py` with Megatron-LM's own flags and those of reinforcement learning, usually behind `ray job submit --`
 * with the model's flags in a sourced script. The flags are read as Megatron-LM's; defaults that slime changes and its own
 * flags: slime/utils/arguments.py and slime/backends/megatron_utils/arguments.py at 624b824a.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { createDraft, noteWritten, setDefault, setDerived, setUnknown, setUnwritten, unresolvedOrigin } from '../draft.ts';
import { environmentSettings } from '../environment.ts';
import { type Find, finder } from '../find.ts';
import { type FlagOptions, type Flags, flagNames, readFlags } from '../flags.ts';
import { readGpuType } from '../launchers/gpu-type.ts';
import { type Launch, launchesOf } from '../launchers/launch.ts';
import { megatronSwitches } from '../megatron-lm/flag-names.ts';
import { readProgram } from '../megatron-lm/program.ts';
import { spellMegatron } from '../megatron-lm/spell.ts';
import { releaseFor } from '../megatron-lm/versions.ts';
import { count } from '../parse.ts';
import { fillTokens } from '../reinforcement/token-batches.ts';
import { applyDefaults, type Row, readRows, row } from '../row.ts';
import { settingNumber, settingText } from '../setting.ts';
import { slimeKeys } from './keys.ts';

const framework = 'slime';
const release = 'slime 0.3 (624b824a)';
const argumentsFile = 'as in slime/utils/arguments.py';
const megatronFile = 'slime/backends/megatron_utils/arguments.py';

/** Flags that only slime has. */
const telling: ReadonlySet<string> = new Set(
  'rollout-batch-size n-samples-per-prompt rollout-num-gpus-per-engine actor-num-nodes actor-num-gpus-per-node hf-checkpoint num-rollout'.split(
    ' ',
  ),
);
const own: ReadonlySet<string> = new Set(slimeKeys.keys.map(({ name }) => name));
const switches: ReadonlySet<string> = new Set([
  ...megatronSwitches,
  'colocate',
  'use-dynamic-batch-size',
  'balance-data',
  'apply-chat-template',
]);

const options: FlagOptions = { switches };

const flagsOf = ({ after }: Launch): Flags => readFlags(after, options);

const launches = (document: ConfigDocument): readonly Launch[] =>
  launchesOf(document, /(?:^|\/)train\w*\.py$/).filter(({ after }) => {
    const names = flagNames(after);
    return [...telling].filter((name) => names.has(name)).length >= 2;
  });

const actorRows: readonly Row[] = [
  row({ field: 'cluster.nodes', keys: ['actor-num-nodes'], parse: count, fallback: 1, why: argumentsFile }),
  row({ field: 'cluster.gpusPerNode', keys: ['actor-num-gpus-per-node'], parse: count, fallback: 8, why: argumentsFile }),
];

function readLaunch(document: ConfigDocument, launch: Launch): Reading {
  const flags = flagsOf(launch);
  const range = launch.command.range;
  const draft = createDraft({ document, framework, runsAs: 'megatron-lm', kind: 'training', release, launch: range });
  readGpuType(draft);
  readRows(draft, actorRows, flags.settings);
  applyDefaults(draft, actorRows);
  noteWritten(draft, 'environment', environmentSettings(launch.environment));
  // The trainers are actors of Ray, whose environment is not that of the script.
  setUnwritten(draft, 'environment.cudaDeviceMaxConnections', 'Ray gives the environment of the job to its workers');
  noteWritten(draft, framework, flags.settings);
  const find = finder(draft, flags.settings);
  if (find('fp16') === undefined) setDefault(draft, 'precision.compute', 'bf16', `bf16 is on unless --fp16 is given in ${megatronFile}`);
  setDefault(draft, 'zero.stage', 1, `the distributed optimizer is always on in ${megatronFile}`);
  setDefault(draft, 'zero.implementation', 'megatron-distributed-optimizer', `the distributed optimizer is always on in ${megatronFile}`);
  const isKnown = (name: string): boolean => own.has(name) || /^(?:sglang|rollout|eval|wandb|router|prometheus|custom)-/.test(name);
  // Megatron's own reading comes first: lengths and batches need the split.
  const reading = readProgram(draft, flags, releaseFor(new Set(flags.settings.map(({ name }) => name))), launch.name, isKnown);
  readBatches(draft, find);
  readFacts(draft, find);
  return reading;
}

/** Answers have a limit, prompts seldom; forward passes are filled up to a number of tokens. */
function readBatches(draft: Draft, find: Find): void {
  const [context, prompt, answer] = [find('rollout-max-context-len'), find('rollout-max-prompt-len'), find('rollout-max-response-len')];
  const [whole, first, second] = [context, prompt, answer].map(settingNumber);
  if (draft.job['sequence.length'] === undefined) {
    if (whole !== undefined) setDerived(draft, 'sequence.length', whole, [], `rollout_max_context_len ${whole}`);
    else if (second !== undefined) {
      const prompts = first === undefined ? 'prompts have no limit and are left out' : `rollout_max_prompt_len ${first}`;
      setDerived(draft, 'sequence.length', second + (first ?? 0), [], `rollout_max_response_len ${second}; ${prompts}`);
    } else if (answer !== undefined) setUnknown(draft, 'sequence.length', unresolvedOrigin(draft, answer));
  }
  const steps = settingNumber(find('num-steps-per-rollout'));
  const [prompts, answers = 1] = [settingNumber(find('rollout-batch-size')), settingNumber(find('n-samples-per-prompt'))];
  if (draft.sources['batch.global'] === undefined && prompts !== undefined && steps !== undefined && (prompts * answers) % steps === 0) {
    const how = `rollout_batch_size ${prompts} x n_samples_per_prompt ${answers} / num_steps_per_rollout ${steps}`;
    setDerived(draft, 'batch.global', (prompts * answers) / steps, [], how);
  }
  const tokens = find('max-tokens-per-gpu');
  const limit = settingNumber(tokens);
  if (find('use-dynamic-batch-size') === undefined) return;
  if (limit !== undefined) fillTokens(draft, limit, draft.job['parallel.context'] ?? 1, 'max_tokens_per_gpu');
  else if (tokens !== undefined) setUnknown(draft, 'batch.micro', unresolvedOrigin(draft, tokens));
}

function readFacts(draft: Draft, find: Find): void {
  for (const [fact, flag] of [
    ['rollout.tp', 'rollout-num-gpus-per-engine'],
    ['rollout.n', 'n-samples-per-prompt'],
    ['rollout_batch', 'rollout-batch-size'],
    ['rollout.gpus', 'rollout-num-gpus'],
  ] as const) {
    const value = settingNumber(find(flag));
    if (value !== undefined) draft.facts[fact] = value;
  }
  const share = Number(settingText(find('sglang-mem-fraction-static')) ?? Number.NaN);
  if (Number.isFinite(share)) draft.facts['rollout.gpu_mem_util'] = share;
  draft.facts['rollout.engine'] = 'sglang';
  // The flags of the model say its shape; what a loop in the script hides is in its checkpoint.
  const model = find('hf-checkpoint');
  const target = (settingText(model) ?? model?.written)?.replace(/\/+$/, '');
  if (model !== undefined && target !== undefined) draft.links.push({ range: model.value, target, role: 'model' });
}

export const adapter: Adapter = {
  id: framework,
  label: 'slime',
  // Above Megatron-LM, whose flags are all here.
  detect: (document) => (launches(document).length > 0 ? 0.97 : 0),
  read: (document) => launches(document).map((launch) => readLaunch(document, launch)),
  spell: (field, value) => spellMegatron(field, value),
  keys: slimeKeys,
};

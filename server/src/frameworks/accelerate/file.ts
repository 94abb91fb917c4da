/**
 * A file of `accelerate config`: how many processes there are, and which plugin divides what. Only the block of its
 * `distributed_type` counts; the others are left over from earlier answers (src/accelerate/commands/launch.py at 16cb6eb8).
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { createDraft, finishReading, keyOrigin, setDefault, setDerived, setField } from '../draft.ts';
import { topEntries } from '../find.ts';
import { applyDefaults, type Row, readRows } from '../row.ts';
import { entrySettings, firstLine, type Setting, settingText } from '../setting.ts';
import { fsdpVersion, readFsdpKeys } from '../trainer/fsdp.ts';
import { isOn, lastOf } from '../trainer/names.ts';
import { isAccelerateKey } from './keys.ts';
import { clusterRows, deepspeedRows, megatronRows, parallelRows } from './rows.ts';

export const framework = 'accelerate';
export const release = 'accelerate 1.15';

const types = [
  'DEEPSPEED',
  'FSDP',
  'MULTI_GPU',
  'MULTI_CPU',
  'MULTI_XPU',
  'MULTI_NPU',
  'MULTI_HPU',
  'MEGATRON_LM',
  'TPU',
  'XLA',
  'NO',
  'MPS',
];
const ownKeys = [
  'num_processes',
  'num_machines',
  'machine_rank',
  'mixed_precision',
  'main_training_function',
  'deepspeed_config',
  'fsdp_config',
];

export function detectFile(document: ConfigDocument): number {
  const top = topEntries(document);
  const type = top.get('distributed_type');
  const found = ownKeys.filter((name) => top.has(name)).length;
  if (type === undefined) return top.has('compute_environment') && found >= 2 ? 0.9 : 0;
  const word = String(type.scalar ?? '')
    .replace(/^(?:SageMaker)?DistributedType\./, '')
    .toUpperCase();
  return types.includes(word) || type.scalar === false ? (found >= 1 ? 0.95 : 0.7) : 0;
}

export function readFile(document: ConfigDocument): readonly Reading[] {
  if (detectFile(document) === 0) return [];
  const settings = entrySettings(document);
  const draft = createDraft({ document, framework, runsAs: 'huggingface', kind: 'training', release, launch: firstLine(document) });
  readRows(draft, clusterRows, settings);
  const type = typeOf(draft, settings);
  applyDefaults(draft, clusterRows);
  derivePerNode(draft);
  if (type === 'DEEPSPEED') readDeepspeed(draft, settings);
  else if (type === 'FSDP') readFsdp(draft, settings);
  else if (type === 'MEGATRON_LM') readMegatron(draft, settings);
  else if (type !== undefined) setDefault(draft, 'zero.stage', 0, `distributed_type ${type} divides nothing`);
  readBlock(draft, settings, 'parallelism_config', 'parallelism_config_', parallelRows);
  draft.facts.launcher = 'accelerate';
  return [
    finishReading(
      draft,
      settings.filter(({ name }) => !/\.\d+$/.test(name)),
      isAccelerateKey,
    ),
  ];
}

/** The plugin in force; YAML reads a bare `NO` as false. */
function typeOf(draft: Draft, settings: readonly Setting[]): string | undefined {
  const setting = lastOf(settings, 'distributed_type');
  if (setting === undefined) return undefined;
  draft.used.add(setting);
  const word =
    setting.scalar === false
      ? 'NO'
      : settingText(setting)
          ?.replace(/^DistributedType\./, '')
          .toUpperCase();
  if (word !== undefined) draft.facts.distributed_type = word;
  if (word === 'NO' && draft.sources['cluster.gpus'] === undefined)
    setDefault(draft, 'cluster.gpus', 1, 'distributed_type NO is one process');
  return word;
}

/** Processes are spread evenly over the machines. */
function derivePerNode(draft: Draft): void {
  const { 'cluster.gpus': gpus, 'cluster.nodes': nodes } = draft.job;
  if (gpus === undefined || nodes === undefined || gpus % nodes !== 0) return;
  setDerived(draft, 'cluster.gpusPerNode', gpus / nodes, ['cluster.gpus', 'cluster.nodes'], 'num_processes / num_machines');
}

/** Reads rows from a block whose keys may have the block's own prefix; says which settings there are, without it. */
function readBlock(draft: Draft, settings: readonly Setting[], block: string, prefix: string, rows: readonly Row[]): readonly Setting[] {
  const written = settings.filter(({ name }) => name.startsWith(`${block}.`));
  const bare = written.map((setting) => {
    const name = setting.name.slice(block.length + 1);
    return { ...setting, name: name.startsWith(prefix) ? name.slice(prefix.length) : name };
  });
  readRows(draft, rows, bare);
  for (const [index, setting] of written.entries()) {
    const copy = bare[index];
    if (copy !== undefined && draft.used.has(copy)) draft.used.add(setting);
  }
  return bare;
}

function readDeepspeed(draft: Draft, settings: readonly Setting[]): void {
  const keys = readBlock(draft, settings, 'deepspeed_config', 'deepspeed_', deepspeedRows);
  setDerived(draft, 'zero.implementation', 'deepspeed', ['zero.stage'], 'distributed_type is DEEPSPEED');
  const file = lastOf(keys, 'config_file');
  const target = settingText(file);
  if (file !== undefined && target !== undefined) {
    draft.links.push({ range: file.value, target, role: 'deepspeed-config' });
    return;
  }
  setDefault(draft, 'zero.stage', 2, 'zero_stage in accelerate/utils/dataclasses.py, DeepSpeedPlugin');
  setDefault(draft, 'zero.offloadOptimizer', 'none', 'offload_optimizer_device in DeepSpeedPlugin');
  setDefault(draft, 'zero.offloadParam', 'none', 'offload_param_device in DeepSpeedPlugin');
}

function readFsdp(draft: Draft, settings: readonly Setting[]): void {
  const keys = readBlock(draft, settings, 'fsdp_config', 'fsdp_', []);
  const version = fsdpVersion(lastOf(keys, 'version'));
  readFsdpKeys(draft, keys, version);
  for (const setting of settings) if (setting.name.startsWith('fsdp_config.')) draft.used.add(setting);
  const implementation = version === 2 ? 'fsdp2' : 'fsdp1';
  setDefault(draft, 'zero.stage', 3, 'FULL_SHARD in accelerate/utils/dataclasses.py, FullyShardedDataParallelPlugin');
  if (draft.sources['zero.implementation'] === undefined) {
    const written = lastOf(keys, 'version');
    if (written === undefined) setDefault(draft, 'zero.implementation', implementation, 'fsdp_version is 1 unless it is written');
    else setField(draft, 'zero.implementation', implementation, keyOrigin(draft, written));
  }
  const host = lastOf(keys, 'offload_params', 'cpu_offload');
  if (!isOn(host))
    for (const field of ['zero.offloadParam', 'zero.offloadOptimizer'] as const)
      setDefault(draft, field, 'none', 'fsdp_offload_params is false');
}

/** Megatron-LM inside accelerate: its distributed optimizer is a switch of the block. */
function readMegatron(draft: Draft, settings: readonly Setting[]): void {
  const keys = readBlock(draft, settings, 'megatron_lm_config', 'megatron_lm_', megatronRows);
  applyDefaults(draft, megatronRows);
  const sharded = lastOf(keys, 'use_distributed_optimizer');
  if (sharded === undefined) return;
  for (const setting of settings) if (setting.name.endsWith('use_distributed_optimizer')) draft.used.add(setting);
  setField(draft, 'zero.stage', isOn(sharded) ? 1 : 0, keyOrigin(draft, sharded));
  if (isOn(sharded))
    setDerived(draft, 'zero.implementation', 'megatron-distributed-optimizer', ['zero.stage'], 'the distributed optimizer is on');
}

/**
 * From NeMo Automodel's keys to job fields. Names and defaults: nemo_automodel/components/distributed/{config,mesh}.py,
 * components/_peft/lora.py and components/training/step_scheduler.py at 36044ad3. Blocks with `_target_` name the class their
 * keys are arguments of.
 */
import type { OptimizerKind, RecomputeGranularity } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField } from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { bool, count, numberFormat, optimizerKind, ratio, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { applyDefaults, applyParsed, readRows, row } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingNumber, settingText } from '../setting.ts';
import { linkWrittenOrder } from '../torch-pipelining/link.ts';
import { isOn, wordsOf } from '../trainer/names.ts';
import { targetParts } from '../trainer/targets.ts';

const mesh = 'as in nemo_automodel/components/distributed/mesh.py';

/** `none` and `null` leave a size to the number of GPUs. */
const countOrNone: Parse<number> = (setting) => (/^(?:none|null)$/i.test(String(setting.scalar)) ? 'absent' : count(setting));
const kind: Parse<OptimizerKind> = ({ scalar }) => ({
  value: optimizerKind(
    String(scalar ?? '')
      .split('.')
      .at(-1) ?? '',
  ),
});
const checkpointing: Parse<RecomputeGranularity> = (setting) => {
  if (setting.scalar === 'full' || setting.scalar === 'selective') return { value: setting.scalar };
  const parsed = bool(setting);
  return typeof parsed === 'object' && 'value' in parsed ? { value: parsed.value ? 'full' : 'none' } : parsed;
};

const modelKeys = ['model.pretrained_model_name_or_path', 'model.config.pretrained_model_name_or_path', 'model.config'];

export const automodelRows: readonly Row[] = [
  row({ field: 'model.name', keys: modelKeys, parse: (setting) => (setting.container === true ? 'absent' : text(setting)) }),
  row({ field: 'batch.global', keys: ['step_scheduler.global_batch_size'], parse: count }),
  row({ field: 'batch.micro', keys: ['step_scheduler.local_batch_size'], parse: count }),
  row({ field: 'parallel.data', keys: ['distributed.dp_size'], parse: countOrNone }),
  row({ field: 'parallel.dataReplicate', keys: ['distributed.dp_replicate_size'], parse: countOrNone }),
  row({ field: 'parallel.tensor', keys: ['distributed.tp_size'], parse: countOrNone, fallback: 1, why: mesh }),
  row({ field: 'parallel.pipeline', keys: ['distributed.pp_size'], parse: countOrNone, fallback: 1, why: mesh }),
  row({ field: 'parallel.context', keys: ['distributed.cp_size'], parse: countOrNone, fallback: 1, why: mesh }),
  row({ field: 'parallel.expert', keys: ['distributed.ep_size'], parse: countOrNone, fallback: 1, why: mesh }),
  row({
    field: 'parallel.sequence',
    keys: ['distributed.sequence_parallel'],
    parse: bool,
    fallback: false,
    why: 'as in distributed/config.py',
  }),
  row({
    field: 'recompute.granularity',
    keys: ['distributed.activation_checkpointing'],
    parse: checkpointing,
    fallback: 'none',
    why: 'activation_checkpointing is off in distributed/config.py',
  }),
  row({
    field: 'compile.enabled',
    keys: ['compile.enabled'],
    parse: bool,
    fallback: false,
    why: 'nothing is compiled without a compile block',
  }),
  row({ field: 'optimizer.name', keys: ['optimizer._target_'], parse: text }),
  row({ field: 'optimizer.kind', keys: ['optimizer._target_'], parse: kind }),
  row({ field: 'cluster.nodes', keys: ['benchmark.num_nodes', 'slurm.nodes'], parse: count }),
  row({ field: 'cluster.gpusPerNode', keys: ['slurm.ntasks_per_node', 'slurm.nproc_per_node'], parse: count }),
];

/** Everything the keys say. `complete`: what is not written is at its default, and no other file says it. */
export function readAutomodel(draft: Draft, settings: readonly Setting[], complete: boolean): void {
  const find = finder(draft, settings);
  readRows(
    draft,
    automodelRows,
    settings.filter(({ name, container }) => name !== 'model.config' || container !== true),
  );
  for (const one of settings) if (/(?:^|\.)_target_$/.test(one.name) || one.name === 'recipe') draft.used.add(one);
  const model = find(...modelKeys);
  const target = model?.container === true ? undefined : (settingText(model) ?? model?.written);
  if (model !== undefined && target !== undefined) draft.links.push({ range: model.value, target, role: 'model' });
  readLength(draft, find);
  // It has the last word over pp_schedule (components/distributed/pipelining/config.py); `autopipeline` is the older block.
  linkWrittenOrder(draft, find('distributed.pipeline.pp_schedule_csv', 'autopipeline.pp_schedule_csv'));
  readAdapter(draft, settings, find);
  readSharding(draft, find, complete);
  const loss = find('loss_fn._target_');
  if (/FusedLinear/.test(settingText(loss) ?? '') && loss !== undefined) setField(draft, 'loss.fused', true, keyOrigin(draft, loss));
  const stored = find('model.torch_dtype', 'model.dtype');
  if (stored !== undefined && stored.scalar !== 'auto') applyParsed(draft, 'precision.params', stored, numberFormat);
  if (!complete) return;
  applyDefaults(draft, automodelRows);
  setDefault(draft, 'precision.compute', 'bf16', 'mp_policy of FSDP2Config computes in bf16');
  setDefault(draft, 'precision.params', 'bf16', 'torch_dtype is auto: the format of the checkpoint, bf16 for nearly all');
  const params = draft.job['precision.params'];
  if (params !== undefined)
    setDerived(draft, 'precision.gradients', params, ['precision.params'], 'gradients have the format of the weights');
  setDefault(draft, 'attention.kernel', 'flash', 'PyTorch scaled_dot_product_attention or Transformer Engine');
  deriveWorld(draft);
}

/** Packed samples have the pack's length; others the limit of the data set. */
function readLength(draft: Draft, find: Find): void {
  const pack = find('packed_sequence.packed_sequence_size');
  if ((settingNumber(pack) ?? 0) > 0 && pack !== undefined) {
    applyParsed(draft, 'sequence.length', pack, count);
    setField(draft, 'batch.packing', true, keyOrigin(draft, pack));
    return;
  }
  const length = find('dataset.seq_length', 'dataset.seq_len', 'dataset.max_seq_length', 'dataset.max_length');
  if (length !== undefined && length.scalar !== null) applyParsed(draft, 'sequence.length', length, count);
}

function readAdapter(draft: Draft, settings: readonly Setting[], find: Find): void {
  const block = find('peft');
  const rank = find('peft.dim');
  if (block === undefined && rank === undefined) return;
  const four = find('quantization.load_in_4bit');
  const kindOf = isOn(find('peft.use_dora')) ? 'dora' : isOn(four) ? 'qlora' : 'lora';
  setDerived(draft, 'adapter.kind', kindOf, ['adapter.rank'], 'the peft block asks for LoRA');
  if (rank !== undefined) applyParsed(draft, 'adapter.rank', rank, count);
  setDefault(draft, 'adapter.rank', 8, 'dim of PeftConfig in components/_peft/lora.py');
  if (isOn(four) && four !== undefined) setField(draft, 'model.baseFormat', 'nf4', keyOrigin(draft, four));
  const listed = find('peft.target_modules');
  const all = find('peft.match_all_linear');
  const parts =
    listed === undefined
      ? undefined
      : targetParts((wordsOf(settings, 'peft.target_modules') ?? []).map((name) => name.replace(/^\*\.?/, '')));
  if (isOn(all) && all !== undefined) setField(draft, 'adapter.targets', 'all-linear', keyOrigin(draft, all));
  else if (parts !== undefined && listed !== undefined) setField(draft, 'adapter.targets', parts, keyOrigin(draft, listed));
  const dropout = find('peft.dropout');
  const positive: Parse<boolean> = (setting) => {
    const parsed = ratio(0, 1)(setting);
    return typeof parsed === 'object' && 'value' in parsed ? { value: parsed.value > 0 } : parsed;
  };
  if (dropout !== undefined) applyParsed(draft, 'adapter.dropout', dropout, positive);
  setDefault(draft, 'adapter.dropout', false, 'dropout of PeftConfig in components/_peft/lora.py');
}

/** The strategy by its word, or by the class of the older spelling. */
function readSharding(draft: Draft, find: Find, complete: boolean): void {
  const written = find('distributed.strategy', 'distributed._target_');
  const word = (settingText(written) ?? '').toLowerCase();
  const isPlain = /ddp/.test(word);
  if (written !== undefined && word !== '') {
    if (isPlain) setDerived(draft, 'zero.stage', 0, [], 'DistributedDataParallel divides nothing');
    else {
      setField(draft, 'zero.implementation', 'fsdp2', keyOrigin(draft, written));
      setDerived(draft, 'zero.stage', 3, ['zero.implementation'], 'FSDP divides weights, gradients and states');
    }
  } else if (complete) {
    setDefault(draft, 'zero.stage', 3, 'the strategy is fsdp2 unless another is written');
    setDefault(draft, 'zero.implementation', 'fsdp2', 'the strategy is fsdp2 unless another is written');
  }
}

/** A written DP says how many GPUs there are. */
function deriveWorld(draft: Draft): void {
  const { 'parallel.data': data, 'cluster.gpusPerNode': perNode } = draft.job;
  if (data === undefined || perNode !== undefined || draft.sources['cluster.gpus'] !== undefined) return;
  const sizes = ['parallel.tensor', 'parallel.pipeline', 'parallel.context'] as const;
  const world = sizes.reduce((all, field) => all * (draft.job[field] ?? 1), data);
  setDerived(draft, 'cluster.gpus', world, ['parallel.data', ...sizes], 'DP x TP x PP x CP');
}

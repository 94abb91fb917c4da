/** From the keys of a DeepSpeed configuration to job fields: the rows, then what follows from several keys together. */
import type { JobField, JobFields, NumberFormat } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { setDefault, setDerived } from '../draft.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { autoFacts, deepspeedRows } from './rows.ts';

/** Reads every key that says something about the job. Defaults are left to `defaultDeepspeed`. */
export function readDeepspeedSettings(draft: Draft, settings: readonly Setting[]): void {
  readRows(draft, deepspeedRows, settings);
  dropIdleExperts(draft, settings);
  readPrecision(draft);
  nameAutos(draft);
  if (draft.sources['zero.stage'] !== undefined) {
    setDerived(draft, 'zero.implementation', 'deepspeed', ['zero.stage'], 'ZeRO is asked for in a DeepSpeed configuration');
  }
}

/** Sizes of an `expert_parallel` block that is not switched on mean nothing. */
function dropIdleExperts(draft: Draft, settings: readonly Setting[]): void {
  const enabled = settings.findLast(({ name }) => name === 'expert_parallel.enabled');
  if (enabled !== undefined) draft.used.add(enabled);
  if (enabled?.scalar === true) return;
  for (const field of ['parallel.expert', 'parallel.expertTensor'] as const) {
    delete draft.job[field];
    delete draft.sources[field];
  }
}

/** fp16 or bf16 when one is on; "auto" leaves the precision to the caller. */
function readPrecision(draft: Draft): void {
  for (const format of ['fp16', 'bf16'] as const) {
    const field: JobField = format === 'fp16' ? 'precision.fp16' : 'precision.bf16';
    if (draft.job[field] !== true) continue;
    setDerived(draft, 'precision.compute', format, [field], `${format} is enabled`);
    draft.facts.precision = format;
  }
  if (draft.job['precision.compute'] !== undefined) return;
  const auto = [draft.sources['precision.bf16'], draft.sources['precision.fp16']].find((origin) => origin?.kind === 'auto');
  if (auto === undefined) return;
  draft.sources['precision.compute'] = auto;
  draft.facts.precision = 'auto';
}

function nameAutos(draft: Draft): void {
  for (const [field, fact] of Object.entries(autoFacts)) {
    if (draft.sources[field as JobField]?.kind === 'auto') draft.facts[fact] = 'auto';
  }
}

/** The framework's own defaults, and what its engine derives. */
export function defaultDeepspeed(draft: Draft): void {
  applyDefaults(draft, deepspeedRows);
  setDefault(draft, 'zero.implementation', 'deepspeed', 'the file is a DeepSpeed configuration');
  setDefault(draft, 'precision.compute', 'fp32', 'neither fp16 nor bf16 is enabled');
  const stage = draft.job['zero.stage'];
  if (stage !== undefined) {
    setDefault(draft, 'zero.overlapComm', stage === 3, 'overlap_comm is true in stage 3 and false below when it is absent');
  }
  defaultFormats(draft, stage);
  deriveOverlap(draft);
}

function defaultFormats(draft: Draft, stage: number | undefined): void {
  const compute = draft.job['precision.compute'];
  if (compute === undefined) return;
  fromCompute(draft, 'precision.params', compute, 'weights are stored in the training precision');
  if (draft.sources['precision.gradients'] !== undefined) return;
  const gradients: NumberFormat = compute === 'bf16' && (stage ?? 0) < 1 ? 'fp32' : compute;
  fromCompute(draft, 'precision.gradients', gradients, 'gradients keep the training precision under ZeRO');
}

/** What follows from a precision that nothing states is a default too: it gives way to what the script says. */
function fromCompute<F extends JobField>(draft: Draft, field: F, value: JobFields[F], how: string): void {
  if (draft.sources['precision.compute']?.kind === 'default') setDefault(draft, field, value, how);
  else setDerived(draft, field, value, ['precision.compute', 'zero.stage'], how);
}

/**
 * Whether gradients are reduced beside the backward pass: `overlap_comm`, true in stage 3 when it is absent. It is a matter
 * of the ZeRO optimizers alone: stage 0 and the bf16 optimizer with fp32 gradients reduce after the last backward pass
 * (deepspeed/runtime/engine.py, _configure_zero_optimizer, _do_optimizer_sanity_check and bf16_optimizer.py at edaa7221).
 */
export function deriveOverlap(draft: Draft): void {
  const { 'zero.stage': stage, 'zero.overlapComm': written, 'precision.compute': compute, 'precision.gradients': gradients } = draft.job;
  const isOpen = written === undefined && draft.sources['zero.overlapComm'] !== undefined;
  if (stage === undefined || isOpen || draft.sources['overlap.gradReduce'] !== undefined) return;
  const inBf16Optimizer = stage === 1 && compute === 'bf16' && gradients === 'fp32' && draft.job['zero.offloadOptimizer'] !== 'cpu';
  const overlaps = stage > 0 && !inBf16Optimizer && (written ?? stage === 3);
  const how = overlaps ? 'overlap_comm reduces gradients beside the backward pass' : 'gradients are reduced after the backward pass';
  setDerived(draft, 'overlap.gradReduce', overlaps, ['zero.overlapComm', 'zero.stage'], how);
}

/** From the keys of a DeepSpeed configuration to job fields: the rows, then what follows from several keys together. */
import type { JobField, NumberFormat } from '../../core/job-fields.ts';
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
  const compute = draft.job['precision.compute'];
  if (compute === undefined) return;
  setDerived(draft, 'precision.params', compute, ['precision.compute'], 'weights are stored in the training precision');
  if (draft.sources['precision.gradients'] !== undefined) return;
  const gradients: NumberFormat = compute === 'bf16' && (stage ?? 0) < 1 ? 'fp32' : compute;
  setDerived(
    draft,
    'precision.gradients',
    gradients,
    ['precision.compute', 'zero.stage'],
    'gradients keep the training precision under ZeRO',
  );
}

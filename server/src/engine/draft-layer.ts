/** What was read of a draft model, as one field of the job that uses it: its `model.` fields are not the job's own. */
import type { JobField, PartialJobDraft } from '../core/job-fields.ts';
import { assign, type Layer } from './layers.ts';

export function draftLayer({ job, sources }: Layer): Layer {
  const shape: PartialJobDraft = {};
  for (const field of Object.keys(job) as JobField[]) if (field.startsWith('model.')) assign(shape, field, job[field]);
  const origin = sources['model.layers'] ?? sources['model.hidden'];
  return { job: { 'serving.draftShape': shape }, sources: origin ? { 'serving.draftShape': origin } : {} };
}

/** What would move the answer for one job of a document. */
import { type SensitivityRow, sensitivity } from '../core/sensitivity/sensitivity.ts';
import type { JobAnalysis } from './analysis.ts';

/** Rows of a training job with an estimate, the largest change first; none for anything else. */
export function sensitivityOf({ result, job, sources, framework, cluster }: JobAnalysis): readonly SensitivityRow[] {
  if (!('estimate' in result) || result.estimate.kind !== 'training' || !cluster) return [];
  return sensitivity({ job, sources, framework, cluster });
}

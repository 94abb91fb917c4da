/** Widths of a served model that TP cuts, as engines lay out their linear layers. */
import type { JobField, PartialJob } from '../../job-fields.ts';
import { divisors, isCount } from './numbers.ts';

export const shardFields = [
  'model.ffn',
  'model.experts',
  'model.expertFfn',
  'model.sharedExpertFfn',
  'model.firstDenseLayers',
  'serving.expertParallel',
  'model.heads',
  'parallel.tensor',
] as const satisfies readonly JobField[];

export interface CutWidth {
  readonly field: 'model.ffn' | 'model.expertFfn' | 'model.sharedExpertFfn';
  readonly label: string;
  readonly width: number;
}

/** The MLP widths that are cut over TP: whole experts are not. Some models give a dense width that no layer has. */
export function cutWidths(job: PartialJob): readonly CutWidth[] {
  const hasExperts = (job['model.experts'] ?? 0) > 0;
  const isDense = !hasExperts || (job['model.firstDenseLayers'] ?? 0) > 0;
  const widths: readonly (readonly [CutWidth['field'], string, boolean])[] = [
    ['model.ffn', 'MLP width', isDense],
    ['model.expertFfn', 'expert width', hasExperts && !job['serving.expertParallel']],
    ['model.sharedExpertFfn', 'shared expert width', hasExperts],
  ];
  return widths.flatMap(([field, label, isCut]) => {
    const width = job[field];
    return isCut && isCount(width) ? [{ field, label, width }] : [];
  });
}

/** TP sizes that divide the heads and leave every width in whole multiples of `unit`. */
export function fittingTensor(job: PartialJob, unit: number): readonly number[] {
  const widths = cutWidths(job);
  return divisors(job['model.heads'] ?? Number.NaN, 64).filter((tensor) => widths.every(({ width }) => width % (tensor * unit) === 0));
}

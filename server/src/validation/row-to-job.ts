/**
 * From a row without its measured numbers to a job and a cluster. Kinds that are no job of this model are refused with
 * the reason.
 */
import type { Catalog } from './catalog.ts';
import type { CaseInput } from './row.ts';
import { servingJobOf } from './serving-job.ts';
import { type Mapping, trainingJobOf } from './training-job.ts';

const trainingKinds = new Set(['memory', 'throughput', 'mfu', 'bubble']);
const servingKinds = new Set(['kv_capacity', 'weights', 'throughput', 'latency', 'tpot', 'ttft']);

/** True when the row describes a serving engine rather than a training run. */
export function isServing(input: CaseInput): boolean {
  return input.engine !== undefined;
}

/** The job of a row, or why there is none. Pure: the same row always gives the same job. */
export function rowToJob(input: CaseInput, catalog: Catalog): Mapping {
  if (input.kernel !== undefined || input.launch !== undefined)
    return { refused: 'kernel rows need the kernel model, which is not part of this release' };
  if (isServing(input)) return servingKinds.has(input.kind) ? servingJobOf(input, catalog) : unknownKind(input.kind);
  return trainingKinds.has(input.kind) ? trainingJobOf(input, catalog) : unknownKind(input.kind);
}

function unknownKind(kind: string): { readonly refused: string } {
  return { refused: `rows of kind "${kind}" are not known` };
}

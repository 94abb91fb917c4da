/**
 * Whether a row says what was timed, and on how many GPUs. Runs on samples of unlike length, padded or not, take the time of lengths that no
 * table gives; their memory is that of the longest sample and can be told.
 */
import type { CaseInput } from './row.ts';

const unlike = /length varies|average length is shorter|batch unknown/i;
/** Rows of one table of which only those before packing have samples of unlike length. */
const beforePacking = /before packing have variable/i;

/** The first steps compile, allocate and warm up. */
const cold = /step \d+ of a short run/i;

/** A global batch takes half the time on twice the GPUs. */
function gpusUnknown({ hardware, parallel, batch }: CaseInput): boolean {
  return hardware?.gpus === undefined && parallel?.dp === undefined && batch?.global !== undefined;
}

export function timedLengthsKnown(input: CaseInput): boolean {
  const note = input.note ?? '';
  if (unlike.test(note) || cold.test(note) || gpusUnknown(input)) return false;
  return !(beforePacking.test(note) && /baseline/i.test(input.technique ?? ''));
}

/**
 * Power of a kernel nobody measured the power of: a share of the limit at rest, and what full work and full memory traffic add,
 * fitted on the measured power of products (scripts/train/activity.py).
 */
import type { Parts } from './inputs/inputs.ts';

/** Share of the power limit while a kernel is repeated; undefined without the fitted figures. */
export function activeShare(activity: readonly number[] | undefined, { work, memory }: Parts, seconds: number): number | undefined {
  const [rest, atWork, atMemory] = activity ?? [];
  if (rest === undefined || atWork === undefined || atMemory === undefined) return undefined;
  return Math.min(1, rest + atWork * Math.sqrt(Math.min(1, work / seconds)) + atMemory * Math.sqrt(Math.min(1, memory / seconds)));
}

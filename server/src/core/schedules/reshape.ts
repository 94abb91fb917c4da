/**
 * The same job under another schedule, number of micro batches or VPP, for trying alternatives without a new estimate.
 *
 * Each rank keeps its total forward time, backward time and activation bytes per micro batch; when VPP changes they are
 * divided evenly over the new chunks. Transfers, resident bytes and the tail stay. Assumption: the layers of a rank
 * divide evenly; known to be wrong where they do not, for the chunk with the logits, and for the host time per kernel.
 */
import { findSchedule } from './index.ts';
import type { ScheduleRequest, ScheduleShape } from './schedule.ts';

export type ScheduleChoice = Pick<ScheduleRequest, 'name' | 'microBatches' | 'virtualStages'>;

/** The request with another schedule, micro batches and VPP. Checks nothing: `simulate` refuses impossible shapes. */
export function reshape(request: ScheduleRequest, choice: ScheduleChoice): ScheduleRequest {
  const { name, microBatches, virtualStages } = choice;
  if (virtualStages === request.virtualStages) return { ...request, name, microBatches };
  const share = <T>(make: () => T): readonly T[] => Array.from({ length: Math.max(0, Math.floor(virtualStages) || 0) }, make);
  const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
  return {
    ...request,
    name,
    microBatches,
    virtualStages,
    times: request.times.map((chunks) => {
      const forward = total(chunks.map((chunk) => chunk.forward)) / virtualStages;
      const backward = total(chunks.map((chunk) => chunk.backward)) / virtualStages;
      return share(() => ({ forward, backward }));
    }),
    memory: request.memory.map((chunks) => {
      const activations = total(chunks.map((chunk) => chunk.activations)) / virtualStages;
      return share(() => ({ activations }));
    }),
  };
}

/** The choice closest to `choice` that its schedule can run: VPP and the multiple of micro batches put right. */
export function nearestChoice({ stages }: Pick<ScheduleShape, 'stages'>, choice: ScheduleChoice): ScheduleChoice {
  const schedule = findSchedule(choice.name);
  if (!schedule) return choice;
  const multiple = schedule.microBatchMultiple(stages);
  return {
    name: choice.name,
    virtualStages: schedule.interleaves ? Math.max(2, choice.virtualStages) : 1,
    microBatches: Math.max(1, Math.round(choice.microBatches / multiple)) * multiple,
  };
}

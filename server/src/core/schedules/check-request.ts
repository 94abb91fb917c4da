/** Which requests a simulation accepts. Every refusal is one sentence for the user. */
import { findSchedule } from './index.ts';
import type { ChunkTimes, Schedule, ScheduleProblem, ScheduleRequest } from './schedule.ts';

/** Ranks are kept in 16 bits; no cluster has a pipeline of this depth. */
const mostStages = 4096;
/** Forward and backward operations of all ranks together: what a browser draws and a server answers without a pause. */
export const mostOperations = 4_000_000;

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
/** Of times and bytes; sums of as many operations as are simulated stay finite. */
const mostAmount = 1e100;
const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= mostAmount;
const isAmountIfKnown = (value: unknown): boolean => value === undefined || isAmount(value);
const isTimes = (times: ChunkTimes): boolean =>
  isAmount(times.forward) &&
  isAmount(times.backward) &&
  isAmountIfKnown(times.backwardInput) &&
  isAmountIfKnown(times.backwardWeight) &&
  isAmountIfKnown(times.forwardExchange) &&
  isAmountIfKnown(times.backwardExchange);

/** Why no pipeline of this size is simulated, or undefined: to be asked before anything of that size is built. */
export function refuseShape({ stages, microBatches, virtualStages, microBatchGroup }: ScheduleProblem): string | undefined {
  if (!isCount(stages)) return `The number of pipeline stages must be a whole number of at least 1, not ${stages}.`;
  if (!isCount(microBatches)) return `The number of micro batches must be a whole number of at least 1, not ${microBatches}.`;
  if (!isCount(virtualStages)) return `The number of virtual stages must be a whole number of at least 1, not ${virtualStages}.`;
  if (microBatchGroup !== undefined && !isCount(microBatchGroup)) {
    return `The micro batches of a group must be a whole number of at least 1, not ${microBatchGroup}.`;
  }
  if (stages > mostStages) return `A pipeline of ${stages} stages is more than the ${mostStages} that can be simulated.`;
  const operations = 2 * stages * microBatches * virtualStages;
  if (operations > mostOperations) {
    return `${stages} stages, ${microBatches} micro batches and VPP ${virtualStages} give ${operations} operations, more than the ${mostOperations} that can be simulated.`;
  }
  return undefined;
}

function refuseAmounts(request: ScheduleRequest): string | undefined {
  for (let rank = 0; rank < request.stages; rank++) {
    const times = request.times[rank];
    const memory = request.memory[rank];
    if (times?.length !== request.virtualStages) return `Stage ${rank} needs the times of ${request.virtualStages} chunks.`;
    if (memory?.length !== request.virtualStages) return `Stage ${rank} needs the activation bytes of ${request.virtualStages} chunks.`;
    if (!times.every(isTimes)) {
      return `A time of stage ${rank} is not a number of seconds from 0 to 1e100.`;
    }
    if (
      !memory.every((chunk) => isAmount(chunk.activations) && isAmountIfKnown(chunk.untilWeight)) ||
      !isAmount(request.residentBytes[rank])
    ) {
      return `A memory figure of stage ${rank} is not a number of bytes from 0 to 1e100.`;
    }
  }
  const { gradientReduction, optimizer, parameterGather } = request.tail;
  if (![request.transfer, request.barriers ?? 0, gradientReduction, optimizer, parameterGather].every(isAmount)) {
    return 'The transfer time and the times after the pipeline must be numbers of seconds from 0 to 1e100.';
  }
  return undefined;
}

/** The schedule that can run the request, or why none can. */
export function checkRequest(request: ScheduleRequest): { readonly schedule: Schedule } | { readonly refused: string } {
  const schedule = findSchedule(request.name);
  if (!schedule) return { refused: `There is no pipeline schedule named "${request.name}".` };
  const refused = refuseShape(request) ?? schedule.refuses(request) ?? refuseAmounts(request);
  return refused === undefined ? { schedule } : { refused };
}

/**
 * The same job under another schedule, number of micro batches or VPP, for trying alternatives without a new estimate.
 *
 * Each rank keeps its total forward time, backward time and activation bytes per micro batch; when VPP changes they are
 * divided evenly over the new chunks. Transfers, resident bytes and the tail stay. Assumption: the layers of a rank
 * divide evenly; known to be wrong where they do not, for the chunk with the logits (which a folded pipeline moves to the
 * first rank), and for the host time per kernel.
 */
import { findSchedule } from './index.ts';
import type { Placement } from './placement.ts';
import { type ChunkTimes, inputSeconds, type ScheduleRequest, type ScheduleShape, weightSeconds } from './schedule.ts';

export type ScheduleChoice = Pick<ScheduleRequest, 'name' | 'microBatches' | 'virtualStages'>;

/** The request with another schedule, micro batches and VPP. Checks nothing: `simulate` refuses impossible shapes. */
export function reshape(request: ScheduleRequest, choice: ScheduleChoice): ScheduleRequest {
  const { name, microBatches, virtualStages } = choice;
  const from = placementOf(request.name);
  const to = placementOf(name);
  const sameChunks = (from === 'two-way') === (to === 'two-way') && virtualStages === request.virtualStages;
  if (sameChunks) return { ...request, name, microBatches };
  const chunks = Math.max(0, Math.floor(virtualStages) || 0);
  /** What chunk `chunk` of `rank` gets of the amounts that `take` reads from a chunk of the request. */
  const spread = <Chunk>(rows: readonly (readonly Chunk[])[], rank: number, chunk: number, take: (of: Chunk) => number): number => {
    // The second chunk of a two-way pipeline is a whole stage of the other direction.
    const row = rows[to === 'two-way' && chunk === 1 ? rows.length - 1 - rank : rank] ?? [];
    const held = from === 'two-way' ? row.slice(0, 1) : row;
    return held.reduce((sum, of) => sum + take(of), 0) / (to === 'two-way' ? 1 : virtualStages);
  };
  const grid = <Chunk>(make: (rank: number, chunk: number) => Chunk): readonly (readonly Chunk[])[] =>
    request.times.map((_row, rank) => Array.from({ length: chunks }, (_unused, chunk) => make(rank, chunk)));
  return {
    ...request,
    name,
    microBatches,
    virtualStages,
    times: grid((rank, chunk) => {
      const of = (take: (times: ChunkTimes) => number) => spread(request.times, rank, chunk, take);
      return {
        forward: of((times) => times.forward),
        backward: of((times) => times.backward),
        backwardInput: of(inputSeconds),
        backwardWeight: of(weightSeconds),
        forwardExchange: of((times) => times.forwardExchange ?? 0),
        backwardExchange: of((times) => times.backwardExchange ?? 0),
        recompute: of((times) => times.recompute ?? 0),
        forwardHost: of((times) => times.forwardHost ?? 0),
        backwardHost: of((times) => times.backwardHost ?? 0),
      };
    }),
    memory: grid((rank, chunk) => ({
      activations: spread(request.memory, rank, chunk, (memory) => memory.activations),
      untilWeight: spread(request.memory, rank, chunk, (memory) => memory.untilWeight ?? memory.activations),
    })),
  };
}

const placementOf = (name: ScheduleRequest['name']): Placement => findSchedule(name)?.placement ?? 'loop';

/** The choice closest to `choice` that its schedule can run: VPP and the multiple of micro batches put right. */
export function nearestChoice({ stages }: Pick<ScheduleShape, 'stages'>, choice: ScheduleChoice): ScheduleChoice {
  const schedule = findSchedule(choice.name);
  if (!schedule) return choice;
  const multiple = schedule.microBatchMultiple(stages);
  const least = schedule.leastMicroBatches?.(stages) ?? 1;
  return {
    name: choice.name,
    virtualStages: schedule.interleaves ? (schedule.fixedChunks ?? Math.max(2, choice.virtualStages)) : 1,
    microBatches: Math.max(Math.ceil(least / multiple), Math.round(choice.microBatches / multiple)) * multiple,
  };
}

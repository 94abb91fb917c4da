/** Requests for the schedule tests. */
import fc from 'fast-check';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import { schedules } from '../../server/src/core/schedules/index.ts';
import type { Schedule, ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';

export interface Shape {
  readonly name: ScheduleName;
  readonly stages: number;
  readonly microBatches: number;
  readonly virtualStages: number;
}

const grid = <T>(shape: Shape, make: (rank: number, chunk: number) => T): T[][] =>
  Array.from({ length: shape.stages }, (_, rank) => Array.from({ length: shape.virtualStages }, (_unused, chunk) => make(rank, chunk)));

/**
 * Every stage alike: forward pass, input gradient and weight gradient 1 s each per stage and micro batch, 6 bytes of
 * activations, free transfers. A chunk of a two-way pipeline is a whole stage.
 */
export function equalStages(shape: Shape, more: Partial<ScheduleRequest> = {}): ScheduleRequest {
  const v = shape.name === 'dualpipe' ? 1 : shape.virtualStages;
  return {
    ...shape,
    times: grid(shape, () => ({ forward: 1 / v, backward: 2 / v })),
    memory: grid(shape, () => ({ activations: 6 / v })),
    residentBytes: Array.from({ length: shape.stages }, () => 100),
    transfer: 0,
    transferOverlapped: true,
    tail: { gradientReduction: 0, optimizer: 0, parameterGather: 0 },
    ...more,
  };
}

/** A shape that the schedule runs. */
function shapesOf(schedule: Schedule): fc.Arbitrary<Shape> {
  const chunks = schedule.fixedChunks ?? (schedule.interleaves ? undefined : 1);
  return fc
    .record({
      stages: fc.integer({ min: 1, max: 9 }),
      microBatches: fc.integer({ min: 1, max: 20 }),
      virtualStages: chunks === undefined ? fc.integer({ min: 1, max: 4 }) : fc.constant(chunks),
    })
    .filter((shape) => schedule.refuses(shape) === undefined)
    .map((shape) => ({ name: schedule.id, ...shape }));
}

const shapes: fc.Arbitrary<Shape> = fc.oneof(...schedules.map(shapesOf));

/**
 * Any request a schedule accepts: unequal stages, zero times, transfers blocking or not, backward passes split in any way.
 * Amounts are eighths, so that sums are exact.
 */
export const anyRequest: fc.Arbitrary<ScheduleRequest> = shapes.chain((shape) => {
  const amount = fc.integer({ min: 0, max: 1000 }).map((value) => value / 8);
  const perChunk = fc.array(
    fc.array(
      fc.record({ forward: amount, input: amount, weight: amount, exchange: amount, activations: amount, kept: fc.nat(4) }),
      sized(shape.virtualStages),
    ),
    sized(shape.stages),
  );
  return fc
    .tuple(perChunk, fc.array(amount, sized(shape.stages)), amount, fc.boolean())
    .map(([chunks, residentBytes, transfer, transferOverlapped]) => ({
      ...shape,
      times: chunks.map((row) =>
        row.map(({ forward, input, weight, exchange }) => ({
          forward,
          backward: input + weight,
          backwardInput: input,
          backwardWeight: weight,
          forwardExchange: Math.min(exchange, forward),
          backwardExchange: Math.min(exchange, input),
        })),
      ),
      memory: chunks.map((row) => row.map(({ activations, kept }) => ({ activations, untilWeight: (activations * kept) / 4 }))),
      residentBytes,
      transfer,
      transferOverlapped,
      tail: { gradientReduction: 1, optimizer: 2, parameterGather: 3 },
    }));
});

function sized(length: number): { minLength: number; maxLength: number } {
  return { minLength: length, maxLength: length };
}

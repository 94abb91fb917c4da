/** Requests for the schedule tests. */
import fc from 'fast-check';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';

export interface Shape {
  readonly name: ScheduleName;
  readonly stages: number;
  readonly microBatches: number;
  readonly virtualStages: number;
}

const grid = <T>(shape: Shape, make: (rank: number, chunk: number) => T): T[][] =>
  Array.from({ length: shape.stages }, (_, rank) => Array.from({ length: shape.virtualStages }, (_unused, chunk) => make(rank, chunk)));

/** Every stage alike: forward 1 s and backward 2 s per rank and micro batch, 6 bytes of activations, free transfers. */
export function equalStages(shape: Shape, more: Partial<ScheduleRequest> = {}): ScheduleRequest {
  const { virtualStages: v } = shape;
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

const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({
    name: fc.constantFrom<ScheduleName>('gpipe', '1f1b'),
    stages: fc.integer({ min: 1, max: 9 }),
    microBatches: fc.integer({ min: 1, max: 20 }),
    virtualStages: fc.constant(1),
  }),
  fc
    .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 4 }))
    .map(([stages, groups, virtualStages]) => ({
      name: 'interleaved-1f1b' as const,
      stages,
      microBatches: stages * groups,
      virtualStages,
    })),
);

/** Any request a schedule accepts: unequal stages, zero times, transfers blocking or not. */
export const anyRequest: fc.Arbitrary<ScheduleRequest> = shapes.chain((shape) => {
  const amount = fc.integer({ min: 0, max: 1000 }).map((value) => value / 8);
  const perChunk = fc.array(
    fc.array(fc.record({ forward: amount, backward: amount, activations: amount }), sized(shape.virtualStages)),
    sized(shape.stages),
  );
  return fc
    .tuple(perChunk, fc.array(amount, sized(shape.stages)), amount, fc.boolean())
    .map(([chunks, residentBytes, transfer, transferOverlapped]) => ({
      ...shape,
      times: chunks.map((row) => row.map(({ forward, backward }) => ({ forward, backward }))),
      memory: chunks.map((row) => row.map(({ activations }) => ({ activations }))),
      residentBytes,
      transfer,
      transferOverlapped,
      tail: { gradientReduction: 1, optimizer: 2, parameterGather: 3 },
    }));
});

function sized(length: number): { minLength: number; maxLength: number } {
  return { minLength: length, maxLength: length };
}

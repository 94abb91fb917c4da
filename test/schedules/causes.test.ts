/** Links between operations, the critical path, and the cause of every moment in which a rank does not compute. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import { criticalPath } from '../../server/src/core/schedules/critical-path.ts';
import { type IdleCause, idleCauses, idleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { laneOf } from '../../server/src/core/schedules/operation-kind.ts';
import { dependenciesOf, linkOperations, sourceOf, targetOf } from '../../server/src/core/schedules/operation-links.ts';
import { partsOf } from '../../server/src/core/schedules/operation-parts.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import {
  backwardKind,
  backwardWeightKind,
  forwardKind,
  hostKind,
  recomputeKind,
  type Simulation,
  simulate,
} from '../../server/src/core/schedules/simulate.ts';
import { anyRequest, equalStages } from './request.ts';

function accepted(request: ScheduleRequest): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;

const plain = (name: ScheduleName, stages: number, microBatches: number, more: Partial<ScheduleRequest> = {}) =>
  accepted(equalStages({ name, stages, microBatches, virtualStages: 1 }, more));

/** Seconds of one cause on one rank, or on all. */
function idle(simulation: Simulation, cause: IdleCause, rank?: number): number {
  const { seconds } = idleSlots(simulation);
  const ranks = rank === undefined ? Array.from({ length: simulation.request.stages }, (_, of) => of) : [rank];
  return ranks.reduce((sum, of) => sum + at(seconds, of * idleCauses.length + idleCauses.indexOf(cause)), 0);
}

describe('links between operations', () => {
  it('join a micro batch from stage to stage and back, with the transfers between', () => {
    const simulation = plain('1f1b', 3, 3, { transfer: 0.5 });
    const links = linkOperations(simulation);
    // Rank 1: F0 F1 B0 F2 B1 B2.
    const first = at(simulation.computeOffset, 1);
    const { waitedFor, waitedBy } = dependenciesOf(simulation, links, first);
    expect(waitedFor.map((index) => [at(simulation.rank, index), at(simulation.kind, index)])).toEqual([
      [0, 2],
      [0, forwardKind],
    ]);
    expect(waitedBy.map((index) => [at(simulation.rank, index), at(simulation.microBatch, index)])).toEqual([
      [1, 1],
      [1, 0],
      [2, 0],
    ]);
    // The last stage turns round: the backward pass waits for its own forward pass.
    const turn = at(simulation.computeOffset, 2);
    expect(targetOf(simulation, links, turn)).toBe(turn + 1);
    expect(sourceOf(simulation, links, turn + 1)).toBe(turn);
  });

  it('are the same seen from both ends, in every schedule', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const links = linkOperations(simulation);
        const all = Array.from({ length: simulation.count }, (_, index) => dependenciesOf(simulation, links, index));
        all.forEach(({ waitedFor, waitedBy }, index) => {
          for (const other of waitedFor) {
            expect(at(simulation.start, other)).toBeLessThanOrEqual(at(simulation.start, index) + 1e-9);
            if (index < at(simulation.tailOffset, 0)) expect(all[other]?.waitedBy).toContain(index);
          }
          for (const other of waitedBy) expect(all[other]?.waitedFor).toContain(index);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the tail of the step', () => {
  it('stands behind the transfers, one row per rank, with the reduction beginning as early as it is hidden', () => {
    const tail = { gradientReduction: 1, optimizer: 2, parameterGather: 0, hiddenReduction: 0.5 };
    const simulation = plain('1f1b', 2, 4, { tail, transfer: 0.25 });
    for (const rank of [0, 1]) {
      const own = Array.from({ length: 2 }, (_, place) => at(simulation.tailOffset, rank) + place);
      expect(own.map((index) => [laneOf(at(simulation.kind, index)), at(simulation.start, index), at(simulation.end, index)])).toEqual([
        ['collective', simulation.makespan - 0.5, simulation.makespan + 1],
        ['compute', simulation.makespan + 1, simulation.stepSeconds],
      ]);
    }
    expect(simulation.count).toBe(at(simulation.tailOffset, 1) + 2);
  });
});

describe('parts of an operation', () => {
  it('are the forward pass run again and the time lost to the host', () => {
    const request = equalStages({ name: '1f1b', stages: 2, microBatches: 2, virtualStages: 1 });
    const times = request.times.map((row) => row.map((chunk) => ({ ...chunk, recompute: 0.75, forwardHost: 0.25, backwardHost: 0.5 })));
    const simulation = accepted({ ...request, times });
    const parts = (kind: number) => {
      const index = simulation.kind.indexOf(kind);
      const from = at(simulation.start, index);
      return partsOf(simulation, index).map((part) => [part.kind, part.start - from, part.end - from]);
    };
    expect(parts(forwardKind)).toEqual([[hostKind, 0.75, 1]]);
    expect(parts(backwardKind)).toEqual([
      [recomputeKind, 0, 0.75],
      [hostKind, 1.5, 2],
    ]);
    expect(partsOf(simulation, simulation.computeCount)).toEqual([]);
  });
});

describe('the critical path', () => {
  it('has no gap, ends with the pipeline and accounts for all of it', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const { operations, secondsByKind, otherSeconds } = criticalPath(simulation);
        const sum = secondsByKind.reduce((total, seconds) => total + seconds, 0);
        expect(sum + otherSeconds).toBeCloseTo(simulation.makespan, 6);
        // The sends of a pair are drawn side by side though they follow one another.
        if (request.transferOverlapped || !simulation.paired.includes(1)) expect(otherSeconds).toBeLessThan(1e-6);
        for (let place = 1; place < operations.length; place++) {
          expect(at(simulation.start, at(operations, place))).toBeGreaterThanOrEqual(at(simulation.start, at(operations, place - 1)));
        }
      }),
    );
  });

  it('runs through the slow stage', () => {
    const request = equalStages({ name: '1f1b', stages: 4, microBatches: 16, virtualStages: 1 });
    const times = request.times.map((row, rank) => (rank === 2 ? row.map(() => ({ forward: 2, backward: 4 })) : row));
    const { secondsByRank } = criticalPath(accepted({ ...request, times }));
    expect([...secondsByRank].indexOf(Math.max(...secondsByRank))).toBe(2);
    expect(at(secondsByRank, 2)).toBeGreaterThanOrEqual(15 * 6);
  });
});

describe('idle time', () => {
  it('fills what operations leave free, and its causes add up to the bubble', () => {
    fc.assert(
      fc.property(anyRequest, fc.constantFrom(0, 0.5), fc.constantFrom(0, 3), (drawn, launchGap, barriers) => {
        const simulation = accepted({ ...drawn, launchGap, barriers });
        const slots = idleSlots(simulation);
        for (let rank = 0; rank < drawn.stages; rank++) {
          let free = 0;
          let waited = 0;
          for (let slot = at(slots.offset, rank); slot < at(slots.offset, rank + 1); slot++) {
            const cause = idleCauses[at(slots.cause, slot)];
            const start = at(slots.start, slot);
            expect(start).toBeGreaterThanOrEqual(free - 1e-9);
            free = at(slots.end, slot);
            if (cause !== 'send' && cause !== 'tail') waited += free - start;
            const next = at(slots.next, slot);
            if (next >= 0) expect(free).toBeLessThanOrEqual(at(simulation.start, next) + 1e-9);
          }
          expect(waited).toBeCloseTo(at(simulation.bubbleSeconds, rank), 6);
          const ran = at(simulation.busySeconds, rank) + waited + idle(simulation, 'send', rank);
          expect(ran).toBeCloseTo(simulation.makespan, 6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of equal stages belongs to the schedule alone: filling, draining and turning round', () => {
    const simulation = plain('1f1b', 4, 8);
    for (let rank = 0; rank < 4; rank++) {
      expect(idle(simulation, 'warm-up', rank)).toBeCloseTo(rank, 9);
      expect(idle(simulation, 'drain', rank)).toBeCloseTo(2 * rank, 9);
      // What is left of (p - 1)(F + B) is waiting for gradients of the stage after.
      expect(idle(simulation, 'backward-of-stage-after', rank)).toBeCloseTo(3 * (3 - rank), 9);
    }
    for (const cause of ['imbalance', 'transfer', 'launch'] as const) expect(idle(simulation, cause)).toBe(0);
  });

  it('is imbalance where one stage is slower, on all ranks but that one', () => {
    const request = equalStages({ name: '1f1b', stages: 4, microBatches: 16, virtualStages: 1 });
    const times = request.times.map((row, rank) => (rank === 2 ? row.map(() => ({ forward: 2, backward: 4 })) : row));
    const simulation = accepted({ ...request, times });
    for (const rank of [0, 1, 3]) expect(idle(simulation, 'imbalance', rank)).toBeGreaterThan(16);
    expect(idle(simulation, 'imbalance', 2)).toBeLessThan(3);
    expect(idle(simulation, 'transfer')).toBe(0);
  });

  it('is transfer where only the wire takes time', () => {
    const simulation = plain('1f1b', 4, 16, { transfer: 0.25 });
    const schedule = plain('1f1b', 4, 16);
    expect(idle(simulation, 'imbalance')).toBe(0);
    const grown = 4 * (simulation.makespan - schedule.makespan);
    expect(idle(simulation, 'transfer')).toBeCloseTo(grown, 9);
  });

  it('never charges a weight gradient to another stage', () => {
    const simulation = plain('zb-h1', 4, 8, { transfer: 0.125 });
    const slots = idleSlots(simulation);
    for (const next of slots.next) if (next >= 0) expect(at(simulation.kind, next)).not.toBe(backwardWeightKind);
  });
});

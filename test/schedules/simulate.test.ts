import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import { chromeTrace } from '../../server/src/core/schedules/chrome-trace.ts';
import { findSchedule, listOperations } from '../../server/src/core/schedules/index.ts';
import { positionOf } from '../../server/src/core/schedules/placement.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import {
  backwardInputKind,
  backwardKind,
  backwardWeightKind,
  forwardKind,
  type Simulation,
  simulate,
  simulateMakespan,
} from '../../server/src/core/schedules/simulate.ts';
import { anyRequest, equalStages } from './request.ts';

function accepted(request: ScheduleRequest): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** First operations of pairs: forward passes that run together with what follows. */
function pairs({ request, computeOffset }: Simulation): ReadonlySet<number> {
  const found = new Set<number>();
  const schedule = findSchedule(request.name);
  if (!schedule) return found;
  for (let rank = 0; rank < request.stages; rank++) {
    listOperations(schedule, rank, request).forEach(({ paired }, index) => {
      if (paired) found.add(at(computeOffset, rank) + index);
    });
  }
  return found;
}

const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;

type Where = (kind: number, microBatch: number, rank: number, chunk: number) => number | undefined;

/** Finds the operation of that kind, micro batch, rank and chunk. */
function indexOperations(simulation: Simulation): { readonly where: Where; readonly count: number } {
  const found = new Map<string, number>();
  for (let index = 0; index < simulation.computeCount; index++) {
    const key = [simulation.kind[index], simulation.microBatch[index], simulation.rank[index], simulation.chunk[index]].join(' ');
    found.set(key, index);
  }
  return { where: (...key) => found.get(key.join(' ')), count: found.size };
}

const placementOf = ({ name }: ScheduleRequest) => findSchedule(name)?.placement ?? 'loop';

const close = (value: number, other: number) => Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other));

describe('published results for equal stages', () => {
  const shapes = [
    [1, 1],
    [2, 3],
    [4, 8],
    [8, 32],
    [8, 3],
  ] as const;

  it.each(shapes)('GPipe with %i stages and %i micro batches has a bubble of (p-1)/(m+p-1) and keeps m alive', (p, m) => {
    const request = equalStages({ name: 'gpipe', stages: p, microBatches: m, virtualStages: 1 });
    const simulation = accepted(request);
    for (const bubble of simulation.bubbleSeconds) expect(bubble / simulation.makespan).toBeCloseTo((p - 1) / (m + p - 1), 12);
    const summary = simulateMakespan(request);
    expect('peakInFlight' in summary && [...summary.peakInFlight]).toEqual(Array.from({ length: p }, () => m));
  });

  it.each(shapes)('1F1B with %i stages and %i micro batches takes as long as GPipe and keeps min(m, p - rank) alive', (p, m) => {
    const request = equalStages({ name: '1f1b', stages: p, microBatches: m, virtualStages: 1 });
    const simulation = accepted(request);
    expect(simulation.makespan).toBeCloseTo(accepted({ ...request, name: 'gpipe' }).makespan, 9);
    const alive = Array.from({ length: p }, (_, rank) => Math.min(m, p - rank));
    const summary = simulateMakespan(request);
    expect('peakInFlight' in summary && [...summary.peakInFlight]).toEqual(alive);
    expect([...simulation.peakBytes]).toEqual(alive.map((count) => 100 + 6 * count));
  });

  it('a pair needs the memory of one micro batch where its two passes go through the same layers', () => {
    const request = equalStages({ name: '1f1b-expert-overlap', stages: 1, microBatches: 8, virtualStages: 1 });
    expect(accepted(request).peakBytes[0]).toBe(100 + 6);
    const summary = simulateMakespan(request);
    expect('peakInFlight' in summary && [...summary.peakInFlight]).toEqual([2]);
  });

  it.each([
    [2, 4, 2],
    [4, 8, 2],
    [8, 32, 4],
    [4, 4, 3],
  ] as const)(
    'interleaved 1F1B with p=%i, m=%i, v=%i has a bubble of (p-1)/(v m) of the computing time (PTD-P, section 2.2.2)',
    (p, m, v) => {
      const simulation = accepted(equalStages({ name: 'interleaved-1f1b', stages: p, microBatches: m, virtualStages: v }));
      for (let rank = 0; rank < p; rank++) {
        expect(at(simulation.bubbleSeconds, rank) / at(simulation.busySeconds, rank)).toBeCloseTo((p - 1) / (v * m), 9);
      }
    },
  );

  it('1F1B pays two transfers a round, overlapped or not; interleaved 1F1B hides them when they are overlapped', () => {
    const seconds = (name: ScheduleName, m: number, transferOverlapped: boolean) => {
      const shape = { name, stages: 4, microBatches: m, virtualStages: name === '1f1b' ? 1 : 2 };
      return accepted(equalStages(shape, { transfer: 0.125, transferOverlapped })).makespan;
    };
    // Neighbouring 1F1B ranks are one micro batch apart, so a round waits for there and back: 3 s and two transfers.
    expect(seconds('1f1b', 41, false) - seconds('1f1b', 40, false)).toBeCloseTo(3.25, 9);
    expect(seconds('1f1b', 41, true) - seconds('1f1b', 40, true)).toBeCloseTo(3.25, 9);
    // Interleaved ranks are two apart (PTD-P, section 2.2.2): four more micro batches cost 12 s, or 12 s and 16 sends.
    expect(seconds('interleaved-1f1b', 44, true) - seconds('interleaved-1f1b', 40, true)).toBeCloseTo(12, 9);
    expect(seconds('interleaved-1f1b', 44, false) - seconds('interleaved-1f1b', 40, false)).toBeCloseTo(12 + 16 * 0.125, 9);
  });
});

describe('any simulation', () => {
  it('runs every micro batch once per chunk, forward and backward, whole or in two parts, in this order', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const { where, count } = indexOperations(simulation);
        const { stages, microBatches, virtualStages } = request;
        const twoWay = placementOf(request) === 'two-way';
        let expected = 0;
        for (let rank = 0; rank < stages; rank++) {
          for (let chunk = 0; chunk < virtualStages; chunk++) {
            for (let microBatch = 0; microBatch < microBatches; microBatch++) {
              const at = (kind: number) => where(kind, microBatch, rank, chunk);
              const [forward, whole, input, weight] = [forwardKind, backwardKind, backwardInputKind, backwardWeightKind].map(at);
              if (twoWay && (chunk === 0) !== microBatch < microBatches / 2) {
                expect([forward, whole, input, weight]).toEqual([undefined, undefined, undefined, undefined]);
                continue;
              }
              expect(forward).toBeDefined();
              expect([whole === undefined, input === undefined]).toEqual(whole === undefined ? [true, false] : [false, true]);
              expect(weight === undefined).toBe(input === undefined);
              expect(whole ?? input).toBeGreaterThan(forward ?? Number.NaN);
              if (input !== undefined) expect(weight).toBeGreaterThan(input);
              expected += whole === undefined ? 3 : 2;
            }
          }
        }
        expect(count).toBe(expected);
        expect(simulation.computeCount).toBe(expected);
      }),
    );
  });

  it('does no two things at once on a rank', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const paired = pairs(simulation);
        for (let rank = 0; rank < request.stages; rank++) {
          let free = 0;
          for (let index = at(simulation.computeOffset, rank); index < at(simulation.computeOffset, rank + 1); index++) {
            expect(at(simulation.start, index)).toBeGreaterThanOrEqual(free - 1e-9);
            expect(at(simulation.end, index)).toBeGreaterThanOrEqual(at(simulation.start, index));
            free = at(simulation.end, index);
          }
          let sending = 0;
          for (let index = at(simulation.transferOffset, rank); index < at(simulation.transferOffset, rank + 1); index++) {
            if (!request.transferOverlapped && paired.size === 0) expect(at(simulation.start, index)).toBeGreaterThanOrEqual(sending);
            sending = at(simulation.end, index);
          }
        }
      }),
    );
  });

  it('starts an operation only when its input has arrived, and waits for nothing else', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const { where } = indexOperations(simulation);
        const paired = pairs(simulation);
        const { stages, virtualStages } = request;
        const placement = placementOf(request);
        const places = new Map<string, readonly [number, number]>();
        const lane = (chunk: number) => (placement === 'two-way' ? chunk : 0);
        for (let rank = 0; rank < stages; rank++) {
          for (let chunk = 0; chunk < virtualStages; chunk++) {
            places.set(`${lane(chunk)} ${positionOf(placement, stages, rank, chunk)}`, [rank, chunk]);
          }
        }
        /** When what an operation made left its rank: at the end of its pair. */
        const leaves = (index: number) => at(simulation.end, paired.has(index) ? index + 1 : index);
        const neighbourOf = (index: number, ahead: boolean): readonly [number, number] | undefined => {
          const [rank, chunk] = [at(simulation.rank, index), at(simulation.chunk, index)];
          return places.get(`${lane(chunk)} ${positionOf(placement, stages, rank, chunk) + (ahead ? 1 : -1)}`);
        };
        const hopTo = (from: readonly [number, number], rank: number) => (from[0] === rank ? 0 : request.transfer);
        const inputOf = (index: number): number => {
          const [kind, microBatch, rank, chunk] = [
            at(simulation.kind, index),
            at(simulation.microBatch, index),
            at(simulation.rank, index),
            at(simulation.chunk, index),
          ];
          if (kind === backwardWeightKind) return 0;
          const from = neighbourOf(index, kind !== forwardKind);
          if (kind === forwardKind) return from ? leaves(where(kind, microBatch, ...from) ?? -1) + hopTo(from, rank) : 0;
          if (!from) return leaves(where(forwardKind, microBatch, rank, chunk) ?? -1);
          const sender = where(backwardKind, microBatch, ...from) ?? where(backwardInputKind, microBatch, ...from) ?? -1;
          return leaves(sender) + hopTo(from, rank);
        };
        const sendsFor = (index: number): number => {
          const kind = at(simulation.kind, index);
          const to = kind === backwardWeightKind ? undefined : neighbourOf(index, kind === forwardKind);
          return to && to[0] !== at(simulation.rank, index) && !request.transferOverlapped ? request.transfer : 0;
        };
        for (let index = 0; index < simulation.computeCount; index++) {
          if (paired.has(index - 1)) continue;
          const first = index === at(simulation.computeOffset, at(simulation.rank, index));
          let free = 0;
          if (!first) free = at(simulation.end, index - 1) + sendsFor(index - 1) + (paired.has(index - 2) ? sendsFor(index - 2) : 0);
          const input = paired.has(index) ? Math.max(inputOf(index), inputOf(index + 1)) : inputOf(index);
          expect(close(at(simulation.start, index), Math.max(input, free))).toBe(true);
        }
      }),
    );
  });

  it('takes at least as long as the busiest rank; busy, transfer and bubble fill the period', () => {
    fc.assert(
      fc.property(anyRequest, fc.boolean(), (drawn, stepsOverlap) => {
        const request = { ...drawn, stepsOverlap };
        const simulation = accepted(request);
        expect(simulation.period).toBeLessThanOrEqual(simulation.makespan);
        if (!stepsOverlap) expect(simulation.period).toBe(simulation.makespan);
        expect(simulation.period).toBeGreaterThanOrEqual(Math.max(...simulation.busySeconds) * (1 - 1e-12));
        for (let rank = 0; rank < request.stages; rank++) {
          const parts = at(simulation.busySeconds, rank) + at(simulation.transferSeconds, rank) + at(simulation.bubbleSeconds, rank);
          // What a rank sends last is still under way when it starts the next step.
          if (stepsOverlap && !request.transferOverlapped) expect(parts).toBeGreaterThanOrEqual(simulation.period * (1 - 1e-9));
          else expect(close(parts, simulation.period)).toBe(true);
        }
        expect(simulation.stepSeconds).toBe(simulation.period + 6);
      }),
    );
  });

  it('takes at least the way of one micro batch there and back', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const { where } = indexOperations(simulation);
        const chunks = placementOf(request) === 'two-way' ? 1 : request.virtualStages;
        let once = 0;
        for (let rank = 0; rank < request.stages; rank++) {
          for (let chunk = 0; chunk < chunks; chunk++) {
            const times = request.times[rank]?.[chunk];
            const whole = where(backwardKind, 0, rank, chunk) !== undefined;
            once += (times?.forward ?? 0) + (whole ? (times?.backward ?? 0) : (times?.backwardInput ?? 0));
          }
        }
        expect(simulation.makespan).toBeGreaterThanOrEqual(once * (1 - 1e-12));
      }),
    );
  });

  it('loses no computation: a rank is busy for its passes, less what pairs hide', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const each = placementOf(request) === 'two-way' ? request.microBatches / 2 : request.microBatches;
        const paired = pairs(simulation).size > 0;
        for (let rank = 0; rank < request.stages; rank++) {
          let work = 0;
          let hidden = 0;
          for (const { forward, backward, forwardExchange = 0, backwardExchange = 0 } of request.times[rank] ?? []) {
            work += each * (forward + backward);
            hidden += each * (forwardExchange + backwardExchange);
          }
          const busy = at(simulation.busySeconds, rank);
          if (!paired) expect(close(busy, work)).toBe(true);
          expect(busy).toBeLessThanOrEqual(work * (1 + 1e-9));
          expect(busy).toBeGreaterThanOrEqual((work - hidden) * (1 - 1e-9) - 1e-9);
        }
      }),
    );
  });

  it('gives memory back: it starts and ends at the resident bytes and never falls below them', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        simulation.memory.forEach((samples, rank) => {
          const resident = request.residentBytes[rank] ?? 0;
          expect(samples[0]).toEqual({ time: 0, bytes: resident });
          expect(samples.at(-1)?.bytes).toBe(resident);
          for (const { bytes } of samples) expect(bytes).toBeGreaterThanOrEqual(resident - 1e-9);
          expect(Math.max(...samples.map(({ bytes }) => bytes))).toBe(at(simulation.peakBytes, rank));
          for (let index = 1; index < samples.length; index++) {
            expect(samples[index]?.time).toBeGreaterThanOrEqual(samples[index - 1]?.time ?? 0);
          }
        });
      }),
    );
  });

  it('has the same totals with and without its operations', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { makespan, busySeconds, transferSeconds, bubbleSeconds, peakBytes } = accepted(request);
        expect(simulateMakespan(request)).toMatchObject({ makespan, busySeconds, transferSeconds, bubbleSeconds, peakBytes });
      }),
      { numRuns: 500 },
    );
  });

  it('has the same totals where groups or rounds repeat themselves and are skipped', () => {
    const amount = fc.integer({ min: 1, max: 40 }).map((value) => value / 8);
    const drawn = fc.record({
      name: fc.constantFrom('1f1b' as const, 'interleaved-1f1b' as const),
      stages: fc.integer({ min: 2, max: 5 }),
      groups: fc.integer({ min: 8, max: 30 }),
      forward: amount,
      backward: amount,
      slowest: fc.nat(4),
      more: amount,
      transfer: fc.integer({ min: 0, max: 8 }).map((value) => value / 8),
      transferOverlapped: fc.boolean(),
      stepsOverlap: fc.boolean(),
    });
    fc.assert(
      fc.property(drawn, ({ name, stages, groups, forward, backward, slowest, more, ...rest }) => {
        const shape = { name, stages, microBatches: groups * stages, virtualStages: name === '1f1b' ? 1 : 2 };
        const times = Array.from({ length: stages }, (_, rank) =>
          Array.from({ length: shape.virtualStages }, (_chunk, chunk) => ({
            forward: forward + (rank === slowest % stages && chunk === 0 ? more : 0),
            backward,
          })),
        );
        const request = equalStages(shape, { ...rest, times });
        const { makespan, period, busySeconds, transferSeconds, bubbleSeconds, peakBytes } = accepted(request);
        expect(simulateMakespan(request)).toMatchObject({ makespan, period, busySeconds, transferSeconds, bubbleSeconds, peakBytes });
      }),
      { numRuns: 200 },
    );
  });

  it('never gets faster when a transfer or a stage gets slower', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        // A searched order is another one when the times are others.
        fc.pre(request.name !== 'zb-1p' && request.name !== 'zb-2p');
        const slower = { ...request, transfer: request.transfer + 1 };
        expect(accepted(slower).makespan).toBeGreaterThanOrEqual(accepted(request).makespan);
        expect(accepted({ ...slower, transferOverlapped: false }).makespan).toBeGreaterThanOrEqual(
          accepted({ ...slower, transferOverlapped: true }).makespan,
        );
      }),
    );
  });
});

describe('Chrome trace', () => {
  it('has one complete event per operation, in microseconds, and the tail on every rank', () => {
    const simulation = accepted(
      equalStages(
        { name: '1f1b', stages: 2, microBatches: 2, virtualStages: 1 },
        { transfer: 0.5, tail: { gradientReduction: 0.25, optimizer: 0, parameterGather: 1 } },
      ),
    );
    const { traceEvents } = chromeTrace(simulation);
    const complete = traceEvents.filter((event) => event.ph === 'X');
    expect(complete).toHaveLength(8 + 4 + 2 * 2);
    expect(complete[0]).toEqual({
      name: 'Forward 0',
      ph: 'X',
      pid: 0,
      tid: 0,
      ts: 0,
      dur: 1e6,
      cat: 'forward',
      args: { microBatch: 0, chunk: 0 },
    });
    const end = Math.max(...complete.map((event) => (event.ts ?? 0) + (event.dur ?? 0)));
    expect(end).toBeCloseTo(simulation.stepSeconds * 1e6, 3);
    expect(traceEvents.filter((event) => event.ph === 'C').length).toBe(simulation.memory.flat().length);
  });
});

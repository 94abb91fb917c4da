import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import { chromeTrace } from '../../server/src/core/schedules/chrome-trace.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import {
  backwardKind,
  forwardKind,
  type Simulation,
  simulate,
  simulateMakespan,
  transferKind,
} from '../../server/src/core/schedules/simulate.ts';
import { anyRequest, equalStages } from './request.ts';

function accepted(request: ScheduleRequest): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

function refusal(request: ScheduleRequest): string {
  const full = simulate(request);
  const short = simulateMakespan(request);
  if (!('refused' in full && 'refused' in short)) throw new Error('not refused');
  expect(short.refused).toBe(full.refused);
  return full.refused;
}

const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;

/** Index of the operation of that kind, micro batch and virtual stage. */
function indexOperations(simulation: Simulation): Map<string, number> {
  const found = new Map<string, number>();
  for (let index = 0; index < simulation.computeCount; index++) {
    const stage = at(simulation.chunk, index) * simulation.request.stages + at(simulation.rank, index);
    found.set(`${at(simulation.kind, index)} ${at(simulation.microBatch, index)} ${stage}`, index);
  }
  return found;
}

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
  it('runs every micro batch once per chunk and kind, and no rank does two things at once', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const { stages, microBatches, virtualStages } = request;
        expect(indexOperations(simulation).size).toBe(2 * stages * microBatches * virtualStages);
        expect(simulation.computeCount).toBe(2 * stages * microBatches * virtualStages);
        for (let rank = 0; rank < stages; rank++) {
          const spans: [number, number][] = [];
          for (let index = 0; index < simulation.count; index++) {
            const counts = at(simulation.kind, index) !== transferKind || !request.transferOverlapped;
            if (at(simulation.rank, index) === rank && counts) spans.push([at(simulation.start, index), at(simulation.end, index)]);
          }
          spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          for (let index = 1; index < spans.length; index++) {
            expect(spans[index]?.[0]).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0);
          }
        }
      }),
    );
  });

  it('starts an operation only when its input has arrived, and waits for nothing else', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const where = indexOperations(simulation);
        const last = request.stages * request.virtualStages - 1;
        const hop = request.stages > 1 ? request.transfer : 0;
        const endOf = (kind: number, microBatch: number, stage: number) =>
          at(simulation.end, where.get(`${kind} ${microBatch} ${stage}`) ?? -1);
        for (const [key, index] of where) {
          const [kind = 0, microBatch = 0, stage = 0] = key.split(' ').map(Number);
          const start = at(simulation.start, index);
          let input = 0;
          if (kind === forwardKind && stage > 0) input = endOf(forwardKind, microBatch, stage - 1) + hop;
          if (kind === backwardKind)
            input = stage < last ? endOf(backwardKind, microBatch, stage + 1) + hop : endOf(forwardKind, microBatch, stage);
          expect(start).toBeGreaterThanOrEqual(input);
          const rank = at(simulation.rank, index);
          const first = index === at(simulation.computeOffset, rank);
          const held = request.transferOverlapped ? 0 : hop;
          const previousStage = at(simulation.chunk, index - 1) * request.stages + rank;
          const previousSends = !first && previousStage !== (at(simulation.kind, index - 1) === forwardKind ? last : 0);
          const free = first ? 0 : at(simulation.end, index - 1) + (previousSends ? held : 0);
          expect(start).toBe(Math.max(input, free));
        }
      }),
    );
  });

  it('takes at least the critical path and at least the busiest rank; busy, transfer and bubble fill the makespan', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = accepted(request);
        const hops = request.stages > 1 ? 2 * (request.stages * request.virtualStages - 1) * request.transfer : 0;
        const once = request.times.flat().reduce((sum, chunk) => sum + chunk.forward + chunk.backward, hops);
        expect(simulation.makespan).toBeGreaterThanOrEqual(once * (1 - 1e-12));
        expect(simulation.makespan).toBeGreaterThanOrEqual(Math.max(...simulation.busySeconds) * (1 - 1e-12));
        for (let rank = 0; rank < request.stages; rank++) {
          const parts = at(simulation.busySeconds, rank) + at(simulation.transferSeconds, rank) + at(simulation.bubbleSeconds, rank);
          expect(close(parts, simulation.makespan)).toBe(true);
        }
        expect(simulation.stepSeconds).toBe(simulation.makespan + 6);
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

  it('never gets faster when a transfer or a stage gets slower', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const slower = { ...request, transfer: request.transfer + 1 };
        expect(accepted(slower).makespan).toBeGreaterThanOrEqual(accepted(request).makespan);
        expect(accepted({ ...slower, transferOverlapped: false }).makespan).toBeGreaterThanOrEqual(
          accepted({ ...slower, transferOverlapped: true }).makespan,
        );
      }),
    );
  });
});

describe('impossible requests', () => {
  const good = equalStages({ name: '1f1b', stages: 2, microBatches: 4, virtualStages: 1 });

  it.each([
    ['no stages', { ...good, stages: 0 }, /stages must be a whole number of at least 1, not 0/],
    ['half a micro batch', { ...good, microBatches: 2.5 }, /micro batches must be a whole number.*2\.5/],
    ['a thousand million micro batches', { ...good, microBatches: 1e9 }, /more than the/],
    ['NaN micro batches', { ...good, microBatches: Number.NaN }, /not NaN/],
    ['no VPP', { ...good, virtualStages: -1 }, /virtual stages must be/],
    ['VPP under 1F1B', equalStages({ name: '1f1b', stages: 2, microBatches: 4, virtualStages: 2 }), /1F1B has no virtual stages/],
    ['interleaving without VPP', { ...good, name: 'interleaved-1f1b' }, /needs at least 2 virtual stages/],
    [
      'one stage interleaved',
      equalStages({ name: 'interleaved-1f1b', stages: 1, microBatches: 4, virtualStages: 2 }),
      /at least 2 pipeline/,
    ],
    ['three stages both ways', equalStages({ name: 'dualpipe', stages: 3, microBatches: 8, virtualStages: 2 }), /even number of pipeline/],
    [
      'too few micro batches both ways',
      equalStages({ name: 'dualpipe', stages: 4, microBatches: 6, virtualStages: 2 }),
      /at least 8 micro/,
    ],
    ['three chunks in a fold', equalStages({ name: 'zb-v', stages: 4, microBatches: 8, virtualStages: 3 }), /exactly 2 chunks/],
    ['missing times', { ...good, times: good.times.slice(1) }, /Stage 1 needs the times/],
    ['missing memory', { ...good, memory: [] }, /Stage 0 needs the activation bytes/],
    ['NaN times', { ...good, times: [[{ forward: Number.NaN, backward: 1 }], [{ forward: 1, backward: 1 }]] }, /A time of stage 0/],
    ['infinite memory', { ...good, residentBytes: [1, Number.POSITIVE_INFINITY] }, /memory figure of stage 1/],
    ['a negative transfer', { ...good, transfer: -1 }, /transfer time/],
    ['an unknown schedule', { ...good, name: 'zigzag' as '1f1b' }, /no pipeline schedule named "zigzag"/],
    ['five thousand stages', { ...good, stages: 5000 }, /more than the 4096/],
  ] as const)('refuses %s with a sentence', (_what, request, sentence) => {
    expect(refusal(request)).toMatch(sentence);
    expect(refusal(request)).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('never throws, whatever the numbers', () => {
    const wild = fc.oneof(fc.double(), fc.integer({ min: -2, max: 5 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(wild, wild, wild, wild, (stages, microBatches, virtualStages, time) => {
        for (const name of ['gpipe', '1f1b', 'interleaved-1f1b'] as const) {
          const request = { ...good, name, stages, microBatches, virtualStages, transfer: time };
          expect(() => simulate(request)).not.toThrow();
          expect(() => simulateMakespan(request)).not.toThrow();
        }
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

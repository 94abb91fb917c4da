/** What the papers say of their schedules for equal stages, forward pass, input and weight gradient 1 s each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleName } from '../../server/src/core/job-fields.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { type PipelineSummary, simulateMakespan } from '../../server/src/core/schedules/simulate.ts';
import { equalStages } from './request.ts';

const chunksOf: { readonly [name in ScheduleName]?: number } = {
  'interleaved-zero-bubble': 2,
  'zb-v': 2,
  'v-half': 2,
  'v-min': 2,
  dualpipe: 2,
  'dualpipe-v': 2,
  'breadth-first': 2,
  'looped-bfs': 2,
  '1f1b-expert-overlap': 2,
};

function run(name: ScheduleName, stages: number, microBatches: number, more: Partial<ScheduleRequest> = {}): PipelineSummary {
  const result = simulateMakespan(equalStages({ name, stages, microBatches, virtualStages: chunksOf[name] ?? 1 }, more));
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** Micro batches of a whole stage that the fullest rank holds; 6 bytes each, 100 resident. */
const mostAlive = ({ peakBytes }: PipelineSummary): number => Math.max(...Array.from(peakBytes, (bytes) => (bytes - 100) / 6));

/** Seconds beyond the work of a rank. */
const bubble = ({ period }: PipelineSummary, microBatches: number): number => period - 3 * microBatches;

const shapes = [
  [2, 8],
  [4, 8],
  [4, 13],
  [8, 32],
  [6, 24],
] as const;

describe.each(shapes)('with %i equal stages and %i micro batches', (p, m) => {
  it('ZB-H1 and ZB-1p wait (p - 1)(F + B - W) and hold p micro batches (Qi et al. 2024, table 1)', () => {
    for (const name of ['zb-h1', 'zb-1p'] as const) {
      expect(bubble(run(name, p, m), m)).toBeCloseTo(p - 1, 9);
      expect(mostAlive(run(name, p, m))).toBeCloseTo(p, 9);
    }
  });

  it('ZB-H2 and ZB-2p wait for nothing where steps overlap, and hold 2p - 1 and 2p micro batches', () => {
    expect(bubble(run('zb-h2', p, m, { stepsOverlap: true }), m)).toBeCloseTo(0, 9);
    expect(bubble(run('zb-2p', p, m, { stepsOverlap: true }), m)).toBeCloseTo(0, 9);
    expect(mostAlive(run('zb-h2', p, m))).toBeCloseTo(2 * p - 1, 9);
    expect(mostAlive(run('zb-2p', p, m))).toBeLessThanOrEqual(2 * p);
    // Without overlapping steps the last rank still starts p - 1 forward passes late.
    expect(bubble(run('zb-h2', p, m), m)).toBeCloseTo(p - 1, 9);
  });

  it('ZB-V waits for nothing where steps overlap, with the memory of 1F1B (Qi et al. 2024, section 6)', () => {
    expect(bubble(run('zb-v', p, m, { stepsOverlap: true }), m)).toBeCloseTo(0, 9);
    expect(mostAlive(run('zb-v', p, m))).toBeCloseTo(p, 9);
  });

  it('breadth-first waits as long as interleaved 1F1B and holds every micro batch (Lamy-Poirier 2022, section 4)', () => {
    for (const name of ['breadth-first', 'looped-bfs'] as const) {
      expect(bubble(run(name, p, m), m)).toBeCloseTo((3 * (p - 1)) / 2, 9);
      expect(mostAlive(run(name, p, m))).toBeCloseTo(m, 9);
    }
  });
});

describe.each([
  [4, 24],
  [6, 24],
  [8, 32],
  [12, 48],
] as const)('with %i ranks and %i micro batches', (p, m) => {
  it('V-Half holds about half and V-Min about a third of what 1F1B holds, on every rank alike (Qi et al. 2024, section 3)', () => {
    const whole = mostAlive(run('1f1b', p, m));
    expect(mostAlive(run('v-half', p, m)) / whole).toBeGreaterThanOrEqual(0.5);
    expect(mostAlive(run('v-half', p, m)) / whole).toBeLessThanOrEqual(0.5 + 1.25 / p);
    expect(mostAlive(run('v-min', p, m)) / whole).toBeGreaterThanOrEqual(1 / 3);
    expect(mostAlive(run('v-min', p, m)) / whole).toBeLessThanOrEqual(1 / 3 + 1.5 / p);
  });

  it('less memory waits longer: ZB-V, V-Half, V-Min, and none longer than 1F1B', () => {
    const waits = (['zb-v', 'v-half', 'v-min', '1f1b'] as const).map((name) => bubble(run(name, p, m), m));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
  });

  it('DualPipe waits (p/2 - 1)(F&B + B - 3W) and holds p + 1 micro batches (DeepSeek-V3, table 2)', () => {
    expect(bubble(run('dualpipe', p, m), m)).toBeCloseTo((p / 2 - 1) * (3 + 2 - 3), 9);
    expect(mostAlive(run('dualpipe', p, m))).toBeCloseTo(p + 1, 9);
  });

  it('DualPipeV does so with 2p virtual stages of half the size', () => {
    expect(bubble(run('dualpipe-v', p, m), m)).toBeCloseTo(((p - 1) * (3 + 2 - 3)) / 2, 9);
    expect(mostAlive(run('dualpipe-v', p, m))).toBeCloseTo((2 * p + 1) / 2, 9);
  });

  it('interleaved zero bubble divides the wait of ZB-H1 by its chunks', () => {
    expect(bubble(run('interleaved-zero-bubble', p, m), m)).toBeCloseTo((p - 1) / 2, 9);
  });
});

describe('passes that run together', () => {
  const exchanging = (name: ScheduleName, stages: number, microBatches: number, exchange: number) => {
    const virtualStages = stages === 1 ? 1 : (chunksOf[name] ?? 1);
    const request = equalStages({ name, stages, microBatches, virtualStages });
    const times = request.times.map((row) => row.map((chunk) => ({ ...chunk, forwardExchange: exchange, backwardExchange: exchange })));
    const result = simulateMakespan({ ...request, times });
    if ('refused' in result) throw new Error(result.refused);
    return result;
  };

  it('hide the all-to-alls of all micro batches but those at the ends', () => {
    // Without a pipeline m - 1 forward passes run with a backward pass, and each pair saves both exchanges.
    const [alone, hidden] = [exchanging('1f1b-expert-overlap', 1, 9, 0), exchanging('1f1b-expert-overlap', 1, 9, 0.25)];
    expect(alone.makespan - hidden.makespan).toBeCloseTo(8 * 0.5, 9);
  });

  it.each(['1f1b-expert-overlap', 'dualpipe', 'dualpipe-v'] as const)('%s gains, 1F1B and ZB-V do not', (name) => {
    expect(exchanging(name, 4, 16, 0.125).makespan).toBeLessThan(exchanging(name, 4, 16, 0).makespan);
    for (const other of ['1f1b', 'zb-v'] as const) {
      expect(exchanging(other, 4, 16, 0.125).makespan).toBe(exchanging(other, 4, 16, 0).makespan);
    }
  });

  it('never take less than either pass, nor than their exchanges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 16 }), (forward, backward) => {
        const [forwardExchange, backwardExchange] = [forward / 8, backward / 8];
        const times = [[{ forward: 1, backward: 2, forwardExchange, backwardExchange }]];
        const result = simulateMakespan({
          ...equalStages({ name: '1f1b-expert-overlap', stages: 1, microBatches: 2, virtualStages: 1 }),
          times,
        });
        const pair = 'refused' in result ? Number.NaN : result.makespan - 3;
        const exchange = forwardExchange + backwardExchange;
        expect(pair).toBeCloseTo(Math.max(2, exchange, 3 - exchange), 9);
      }),
    );
  });
});

describe('weight gradients put off', () => {
  it('hold only what they need: the peak of ZB-2p falls with that share, of 1F1B it does not', () => {
    const peak = (name: ScheduleName, untilWeight: number) => {
      const request = equalStages({ name, stages: 4, microBatches: 16, virtualStages: 1 });
      const memory = request.memory.map((row) => row.map((chunk) => ({ ...chunk, untilWeight })));
      const result = simulateMakespan({ ...request, memory });
      return 'refused' in result ? Number.NaN : Math.max(...result.peakBytes);
    };
    expect(peak('zb-2p', 3)).toBeLessThan(peak('zb-2p', 6));
    expect(peak('1f1b', 3)).toBe(peak('1f1b', 6));
  });
});

/** The search for the fastest schedule that fits. */
import { describe, expect, it } from 'vitest';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { type SearchLimits, searchSchedules } from '../../server/src/core/schedules/search.ts';
import { simulateMakespan } from '../../server/src/core/schedules/simulate.ts';
import { supportedSchedules } from '../../server/src/core/schedules/supported.ts';
import { equalStages } from './request.ts';

const request = equalStages({ name: '1f1b', stages: 4, microBatches: 16, virtualStages: 1 });
const search = (limits: SearchLimits, more: Partial<ScheduleRequest> = {}) => searchSchedules({ ...request, ...more }, limits);
const of = (found: ReturnType<typeof search>, name: string) => found.found.filter((one) => one.name === name);

describe('the search among schedules', () => {
  it('tells the fastest first, with the figures of a simulation', () => {
    const result = search({ layers: 32 });
    const running = result.found.filter(({ rejected }) => rejected === undefined);
    expect(running.map(({ stepSeconds }) => stepSeconds)).toEqual([...running.map(({ stepSeconds }) => stepSeconds)].sort((a, b) => a - b));
    expect(result.best).toBe(running[0]);
    const [current] = of(result, '1f1b');
    expect(current?.isCurrent).toBe(true);
    const own = simulateMakespan(request);
    expect('makespan' in own && own.makespan).toBe(current?.stepSeconds);
    // (p - 1) of m + p - 1 rounds.
    expect(current?.bubbleShare).toBeCloseTo(3 / 19, 9);
  });

  it('tries only chunks that divide the layers of a rank', () => {
    const chunks = of(search({ layers: 24 }), 'interleaved-1f1b').map(({ virtualStages }) => virtualStages);
    expect(chunks.sort()).toEqual([2, 3, 6]);
  });

  it('rejects what the framework does not run, but never what runs now', () => {
    const limits = { supported: supportedSchedules('deepspeed') ?? [], framework: 'DeepSpeed' };
    expect(
      search(limits)
        .found.filter(({ rejected }) => rejected === undefined)
        .map(({ name }) => name),
    ).toEqual(['1f1b']);
    expect(of(search(limits), 'zb-v')[0]?.rejected).toBe('DeepSpeed does not run it.');
    expect(of(search(limits, { name: 'gpipe' }), 'gpipe')[0]?.rejected).toBeUndefined();
  });

  it('rejects what does not fit, and says on which rank and by how much', () => {
    const gib = 1024 ** 3;
    const memory = request.memory.map((row) => row.map(() => ({ activations: gib })));
    const limits = { usableBytes: 5 * gib };
    const result = search(limits, { memory, residentBytes: request.residentBytes.map(() => 0) });
    expect(of(result, 'gpipe')[0]?.rejected).toBe('Rank 0 would hold 16.0 GiB of 5.0 GiB.');
    expect(of(result, '1f1b')[0]?.rejected).toBeUndefined();
    expect(result.best?.peakBytes).toBeLessThanOrEqual(5 * gib);
    const none = search({ usableBytes: 1 }, { memory });
    expect(none.best).toBeUndefined();
    expect(none.found.every(({ rejected }) => rejected !== undefined)).toBe(true);
  });

  it('says which shapes a schedule refuses', () => {
    expect(of(search({}, { microBatches: 4 }), 'dualpipe-v')[0]?.rejected).toMatch(/needs at least 8 micro batches/);
    expect(of(search({}), 'dualpipe')[0]?.rejected).toMatch(/parameters twice/);
  });

  it('leaves a job as it is where nothing is faster', () => {
    const alone = equalStages({ name: '1f1b', stages: 1, microBatches: 4, virtualStages: 1 });
    expect(searchSchedules(alone).best).toMatchObject({ name: '1f1b', isCurrent: true });
  });

  it('takes a written order as it is', () => {
    const order = { name: 'written', stages: 1, microBatches: 1, virtualStages: 1 } as const;
    const result = searchSchedules({ ...equalStages(order), writtenOrder: '0F0,0B0' });
    expect(of(result, 'written')).toMatchObject([{ isCurrent: true, stepSeconds: 3 }]);
  });
});

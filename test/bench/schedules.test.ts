/** The cost of a simulation grows with its operations and no faster, whatever the schedule: ratios of times of one process. */
import { expect, test } from 'vitest';
import { idleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { schedules } from '../../server/src/core/schedules/index.ts';
import type { Schedule } from '../../server/src/core/schedules/schedule.ts';
import { type Simulation, simulate } from '../../server/src/core/schedules/simulate.ts';
import { equalStages } from '../schedules/request.ts';

function simulated(schedule: Schedule, microBatches: number): Simulation {
  const virtualStages = schedule.fixedChunks ?? (schedule.interleaves ? 2 : 1);
  const result = simulate(equalStages({ name: schedule.id, stages: 8, microBatches, virtualStages }, { transfer: 0.125 }));
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** A square would make it 16 times as much; the room is for memory that no longer fits a cache. */
const times = 4;
const room = 2.5;

/** Microseconds of processor time of the fastest of some runs: what other processes take of the clock is not counted. */
function best(work: () => unknown, runs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs + 3; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    if (run >= 3) least = Math.min(least, user + system);
  }
  return least;
}

/** The least of several rounds: other work of this process can only add to a time. */
const ratio = (small: () => unknown, large: () => unknown): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && least > times * room; round++) least = Math.min(least, best(large, 5) / best(small, 12));
  return least;
};

test.each(schedules.map((schedule) => [schedule.id, schedule] as const))(
  '%s: four times as many micro batches take about four times as long',
  (_id, schedule) => {
    expect(
      ratio(
        () => simulated(schedule, 256),
        () => simulated(schedule, 1024),
      ),
    ).toBeLessThan(times * room);
  },
);

test('so do the causes of waiting', () => {
  const [schedule] = schedules.filter(({ id }) => id === 'zb-v');
  if (!schedule) throw new Error('no schedule');
  const [small, large] = [simulated(schedule, 256), simulated(schedule, 1024)];
  expect(
    ratio(
      () => idleSlots(small),
      () => idleSlots(large),
    ),
  ).toBeLessThan(times * room);
});

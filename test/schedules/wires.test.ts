/** Wires between ranks: their own times, and transfers that wait for one another. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkSharing, ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { type Simulation, simulate, simulateMakespan } from '../../server/src/core/schedules/simulate.ts';
import { anyRequest, equalStages } from './request.ts';

function accepted(request: ScheduleRequest): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;

/** The ring's wire between the rank of a transfer and the rank it goes to, found by its time alone. */
const evenLinks = (request: ScheduleRequest) => Array.from({ length: request.stages }, () => ({ latency: 0, occupied: request.transfer }));

describe('wires', () => {
  it('of the same time everywhere are one transfer time', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const [one, other] = [accepted(request), accepted({ ...request, links: evenLinks(request) })];
        expect([...other.start]).toEqual([...one.start]);
        expect([...other.transferSeconds]).toEqual([...one.transferSeconds]);
      }),
      { numRuns: 40 },
    );
  });

  it('that are slow between nodes hold up only what crosses them', () => {
    const links = [0.25, 2, 0.25, 0].map((occupied) => ({ latency: 0, occupied }));
    const simulation = accepted(equalStages({ name: 'gpipe', stages: 4, microBatches: 1, virtualStages: 1 }, { links }));
    // One forward and one backward pass through four stages, and each wire there and back.
    expect(simulation.makespan).toBeCloseTo(4 * 3 + 2 * (0.25 + 2 + 0.25), 9);
  });

  it.each(['per-direction', 'both-directions'] as const)('that are shared %s carry one transfer at a time', (linkSharing) => {
    fc.assert(
      fc.property(anyRequest, (drawn) => {
        const request = { ...drawn, linkSharing, transferOverlapped: true };
        const simulation = accepted(request);
        if (request.stages !== 2 || request.transfer === 0) return;
        // With two ranks there is one wire.
        const sent = Array.from({ length: simulation.sender.length }, (_, index) => simulation.computeCount + index);
        const lanes =
          linkSharing === 'both-directions' ? [sent] : [0, 1].map((rank) => sent.filter((index) => simulation.rank[index] === rank));
        for (const lane of lanes) {
          const inTime = [...lane].sort((a, b) => at(simulation.start, a) - at(simulation.start, b));
          inTime.slice(1).forEach((index, place) => {
            expect(at(simulation.start, index)).toBeGreaterThanOrEqual(at(simulation.end, inTime[place] ?? 0) - 1e-9);
          });
        }
      }),
      { numRuns: 80 },
    );
  });

  it('give the same times run in the order of time, where nothing is ever in the way', () => {
    fc.assert(
      fc.property(anyRequest, (drawn) => {
        // Without time on the wire there is nothing to wait for.
        const request = { ...drawn, transfer: 0 };
        const [one, other] = [accepted(request), accepted({ ...request, linkSharing: 'both-directions' })];
        expect([...other.start]).toEqual([...one.start]);
        expect([...other.end]).toEqual([...one.end]);
      }),
      { numRuns: 60 },
    );
  });

  it('make a step longer the more they are shared', () => {
    fc.assert(
      fc.property(anyRequest, (drawn) => {
        const period = (linkSharing: LinkSharing) => accepted({ ...drawn, linkSharing }).makespan;
        expect(period('per-direction')).toBeGreaterThanOrEqual(period('none') - 1e-9);
        expect(period('both-directions')).toBeGreaterThanOrEqual(period('none') - 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('and launch gaps cost the same in the summary', () => {
    fc.assert(
      fc.property(anyRequest, fc.constantFrom<LinkSharing>('none', 'per-direction', 'both-directions'), (drawn, linkSharing) => {
        const request = { ...drawn, linkSharing, launchGap: 0.125 };
        const summary = simulateMakespan(request);
        expect('makespan' in summary && summary.makespan).toBeCloseTo(accepted(request).makespan, 6);
      }),
      { numRuns: 40 },
    );
  });
});

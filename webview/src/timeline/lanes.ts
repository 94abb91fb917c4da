/** Whether stages have a lane for communication under their computation. Pure. */
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { tailSpans } from '../layout.ts';

/** One stage alone needs none: what it does follows one another. */
export function hasLane(simulation: Simulation): boolean {
  const { request, transferOffset, computeCount } = simulation;
  if (request.stages < 2) return false;
  const sends = (transferOffset[request.stages] ?? computeCount) > computeCount;
  return sends || tailSpans(simulation).some(({ part }) => part !== 'optimizer');
}

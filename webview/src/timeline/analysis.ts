/** What is found out about a simulation when it is first asked for, and kept as long as the simulation. */
import { type CriticalPath, criticalPath } from '../../../server/src/core/schedules/critical-path.ts';
import { type IdleSlots, idleSlots } from '../../../server/src/core/schedules/idle-slots.ts';
import { linkOperations, type OperationLinks } from '../../../server/src/core/schedules/operation-links.ts';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';

function keptPer<Found>(find: (simulation: Simulation) => Found): (simulation: Simulation) => Found {
  const known = new WeakMap<Simulation, { readonly found: Found }>();
  return (simulation) => {
    let entry = known.get(simulation);
    if (!entry) {
      entry = { found: find(simulation) };
      known.set(simulation, entry);
    }
    return entry.found;
  };
}

export const linksOf: (simulation: Simulation) => OperationLinks = keptPer(linkOperations);

export const criticalPathOf: (simulation: Simulation) => CriticalPath = keptPer((simulation) =>
  criticalPath(simulation, linksOf(simulation)),
);

export const idleSlotsOf: (simulation: Simulation) => IdleSlots = keptPer(idleSlots);

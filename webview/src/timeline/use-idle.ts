/** The causes of waiting, found at once where that is quick, and after the first picture where it is not. */
import { useEffect, useState } from 'preact/hooks';
import type { IdleSlots } from '../../../server/src/core/schedules/idle-slots.ts';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { idleSlotsOf } from './analysis.ts';

/** Operations whose causes are found within a frame. */
const quick = 20_000;

export function useIdle(simulation: Simulation, wanted: boolean): IdleSlots | undefined {
  const [late, setLate] = useState<{ readonly simulation: Simulation; readonly slots: IdleSlots } | undefined>(undefined);
  const isQuick = simulation.computeCount <= quick;
  useEffect(() => {
    if (!wanted || isQuick) return undefined;
    const timer = setTimeout(() => setLate({ simulation, slots: idleSlotsOf(simulation) }), 0);
    return () => clearTimeout(timer);
  }, [simulation, wanted, isQuick]);
  if (!wanted) return undefined;
  if (isQuick) return idleSlotsOf(simulation);
  return late?.simulation === simulation ? late.slots : undefined;
}

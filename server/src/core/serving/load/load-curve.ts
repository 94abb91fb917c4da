/** Latency against throughput: the steady states of one replica from a light load to the most it sustains. */
import type { LoadPoint, ServingLoad } from '../../serving-load.ts';
import type { StepTimer } from '../time/step-timer.ts';
import { type ReplicaLimits, steadyState, sustainedRate } from './steady-state.ts';

/** Parts of the largest rate; the queue of prompts has no end at the whole of it. */
const parts = [0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.95, 0.99];

/** Points in rising order; none when not even a single request fits. */
export function loadCurve(timer: StepTimer, load: Omit<ServingLoad, 'rate'>, limits: ReplicaLimits): readonly LoadPoint[] {
  const most = sustainedRate(timer, load, limits, {});
  return parts.flatMap((part) => {
    const rate = part * most;
    const result = rate > 0 ? steadyState(timer, { ...load, rate }, limits) : undefined;
    if (!result || 'overloaded' in result) return [];
    const { timeToFirstToken, timePerToken, decoding } = result.state;
    return [{ part, rate, timeToFirstToken, timePerToken, decoding }];
  });
}

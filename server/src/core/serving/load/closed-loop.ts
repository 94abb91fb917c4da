/**
 * Requests of which so many are under way at a time, as benchmarks send them: the next one begins when one is answered. The rate is
 * then the one at which Little's law gives their number; above what the engine sustains, they wait for each other.
 */
import type { LoadLimit, StatedLoad } from '../../serving-load.ts';
import type { StepTimer } from '../time/step-timer.ts';
import { type ReplicaLimits, type SteadyState, steadyState, sustainedRate } from './steady-state.ts';

/** A state, and the rate at which requests come in it. */
export type Settled = { readonly state: SteadyState; readonly rate: number } | { readonly overloaded: LoadLimit };

/** Halvings of the interval in which the rate lies. */
const halvings = 30;

const latency = ({ timeToFirstToken, timePerToken }: SteadyState, outputTokens: number): number =>
  timeToFirstToken + Math.max(0, outputTokens - 1) * timePerToken;

/** Where an engine settles under a load: at its rate unless fewer requests than that makes are let in. */
export function settle(timer: StepTimer, load: StatedLoad, limits: ReplicaLimits): Settled {
  const { rate, concurrency, inputTokens, outputTokens } = load;
  const at = (one: number) => steadyState(timer, { rate: one, inputTokens, outputTokens }, limits);
  const present = (one: number): number => {
    const found = at(one);
    return 'state' in found ? one * latency(found.state, outputTokens) : Number.POSITIVE_INFINITY;
  };
  if (rate !== undefined && (concurrency === undefined || present(rate) <= concurrency)) return withRate(at(rate), rate);
  const most = sustainedRate(timer, { inputTokens, outputTokens }, limits, {});
  if (concurrency === undefined || !(most > 0)) return withRate(at(Math.max(most, 1e-6)), most);
  if (present(most) < concurrency) return waiting(at(most), most, concurrency, outputTokens);
  let [low, high] = [0, most];
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (present(middle) < concurrency) low = middle;
    else high = middle;
  }
  return withRate(at(low), low);
}

const withRate = (found: ReturnType<typeof steadyState>, rate: number): Settled => ('state' in found ? { ...found, rate } : found);

/** More are under way than the engine takes up: what is left of the time of each is spent before its first token. */
function waiting(found: ReturnType<typeof steadyState>, rate: number, concurrency: number, outputTokens: number): Settled {
  if (!('state' in found)) return found;
  const { state } = found;
  const whole = concurrency / rate;
  return { state: { ...state, timeToFirstToken: whole - (latency(state, outputTokens) - state.timeToFirstToken) }, rate };
}

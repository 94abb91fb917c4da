/** Words for what the charts show: the tooltip's rows and what a screen reader hears. Pure. */
import type { Description } from '../describe.ts';
import { formatCount, formatExactSeconds, formatPercent } from '../format.ts';
import type { CurveChart } from './curve.ts';
import { shortSeconds } from './figures.ts';
import type { Stretch } from './series.ts';

const tokens = (value: number): string =>
  formatCount(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

export function describeStretch(at: Stretch, kvTokens: number): Description {
  return {
    title: `${formatExactSeconds(at.start)} to ${formatExactSeconds(at.end)}`,
    rows: [
      ['Steps', tokens(at.steps)],
      ['Prompt tokens per step', tokens(at.prefillTokens)],
      ['Decoded tokens per step', tokens(at.decodeTokens)],
      ['Running, at most', tokens(at.running)],
      ['Waiting, at most', tokens(at.waiting)],
      ['KV cache', `${formatPercent(at.kvShare)}, ${Math.round(at.kvShare * kvTokens)} tokens`],
    ],
  };
}

/** One rate of a curve chart: the steady state with its band and what was simulated there. */
export function describeRate(chart: CurveChart, index: number): Description | undefined {
  const point = chart.line[index];
  if (!point) return undefined;
  const simulated = chart.simulated.find(({ rate }) => Math.abs(rate - point.rate) <= 1e-9 * rate);
  return {
    title: `${chart.label} at ${tokens(point.rate)} requests/s`,
    rows: [
      ['Steady state', shortSeconds(point.seconds)],
      ...(simulated
        ? ([
            ['Simulated mean', shortSeconds(simulated.seconds)],
            ['Simulated p99', shortSeconds(simulated.p99)],
          ] as const)
        : []),
    ],
  };
}

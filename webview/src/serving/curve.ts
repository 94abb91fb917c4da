/** What the latency-throughput charts draw: lines, band, simulated points, the stated load and the limits, and the axes around them. Pure. */
import type { LoadPoint } from '../../../server/src/core/serving-load.ts';
import { type Axis, logTicks } from '../axis.ts';
import type { ServingRun } from './run.ts';
import { plainTicks } from './series.ts';

export interface CurvePoint {
  /** Requests per second at the whole deployment, and seconds. */
  readonly rate: number;
  readonly seconds: number;
}

export interface CurveChart {
  readonly label: string;
  readonly line: readonly CurvePoint[];
  readonly fast: readonly CurvePoint[];
  readonly slow: readonly CurvePoint[];
  /** Simulated means with the 99th percentile. */
  readonly simulated: readonly (CurvePoint & { readonly p99: number })[];
  /** The load that is chosen, simulated. */
  readonly here: CurvePoint & { readonly p99: number };
  /** Undefined: no limit. */
  readonly limit: number | undefined;
  readonly x: Axis;
  readonly y: Axis;
}

/** Above this ratio of largest to least, latencies are drawn on a logarithmic axis. */
const linearRange = 8;

/** TTFT and TPOT against the rate. */
export function curveCharts(run: ServingRun): readonly [CurveChart, CurveChart] {
  const { choice } = run;
  return [
    chart(run, 'TTFT', ({ timeToFirstToken }) => timeToFirstToken, 'ttft', choice.firstTokenLimit),
    chart(run, 'TPOT', ({ timePerToken }) => timePerToken, 'tpot', choice.perTokenLimit),
  ];
}

function chart(run: ServingRun, label: string, read: (point: LoadPoint) => number, key: 'ttft' | 'tpot', limitSeconds: number): CurveChart {
  const { curve, engines, points, result, choice } = run;
  const line = (of: readonly LoadPoint[]): readonly CurvePoint[] =>
    of
      .map((point) => ({ rate: point.rate * engines, seconds: read(point) }))
      .filter(({ seconds }) => Number.isFinite(seconds) && seconds > 0);
  const limit = limitSeconds > 0 ? limitSeconds : undefined;
  const simulated = points
    .map(({ rate: each, result: { [key]: at } }) => ({ rate: each, seconds: at.mean, p99: at.p99 }))
    .filter(({ seconds }) => seconds > 0);
  // Clients that wait come to the rate at which they are answered.
  const rate = choice.arrivals === 'rate' ? choice.rate : result.requestsPerSecond;
  const here = { rate, seconds: result[key].mean, p99: result[key].p99 };
  const lines = { line: line(curve.points), fast: line(curve.fast), slow: line(curve.slow) };
  const seconds = [
    ...Object.values(lines).flatMap((of) => of.map((point) => point.seconds)),
    ...simulated.flatMap((point) => [point.seconds, point.p99]),
    here.seconds,
    here.p99,
    ...(limit === undefined ? [] : [limit]),
  ].filter((value) => value > 0 && Number.isFinite(value));
  const rates = [...Object.values(lines).flatMap((of) => of.map((point) => point.rate)), rate];
  return { label, ...lines, simulated, here, limit, x: linear(Math.max(...rates) * 1.03), y: axisOf(seconds) };
}

const linear = (most: number): Axis => ({
  low: 0,
  high: most,
  logarithmic: false,
  ticks: plainTicks(most, 6).filter((tick) => tick <= most),
});

function axisOf(values: readonly number[]): Axis {
  if (values.length === 0) return linear(1);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most / least <= linearRange) return linear(most * 1.1);
  const [low, high] = [least / 1.3, most * 1.3];
  return { low, high, logarithmic: true, ticks: logTicks(low, high) };
}

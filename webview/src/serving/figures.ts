/** The rows of the tables: what is simulated, within which band, and how it differs from the file's own state. Pure. */

import type { Percentiles } from '../../../server/src/core/serving/simulation/histogram.ts';
import { costPerMillion } from '../../../server/src/core/serving/simulation/running-costs.ts';
import type { SimulationResult } from '../../../server/src/core/serving/simulation/summarise.ts';
import { formatChange, formatCount, formatPercent, formatPoints, formatSeconds } from '../format.ts';
import type { ServingRun } from './run.ts';

export interface FigureRow {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  /** Both ends of the step time; empty until they are worked out. */
  readonly band: string;
  readonly file: string;
  readonly change: string;
  readonly judged: 'better' | 'worse' | '';
}

interface Figure {
  readonly label: string;
  readonly title: string;
  readonly read: (result: SimulationResult, run: ServingRun) => number | undefined;
  readonly write: (value: number) => string;
  readonly change?: (from: number, to: number) => string;
  readonly better?: 'less' | 'more';
}

export const shortSeconds = (value: number): string => (Number.isFinite(value) ? formatSeconds(value, 3) : '–');
const money = (value: number): string => `$${value.toPrecision(3)}`;

const figures: readonly Figure[] = [
  {
    label: 'TTFT, median',
    title: 'Time to the first token of an answer, waiting included',
    read: ({ ttft }) => ttft.p50,
    write: shortSeconds,
    better: 'less',
  },
  {
    label: 'TTFT, p99',
    title: 'Which 99 of 100 requests do not exceed',
    read: ({ ttft }) => ttft.p99,
    write: shortSeconds,
    better: 'less',
  },
  {
    label: 'TPOT, median',
    title: 'Time per token of an answer after its first',
    read: ({ tpot }) => tpot.p50,
    write: shortSeconds,
    better: 'less',
  },
  {
    label: 'TPOT, p99',
    title: 'Which 99 of 100 requests do not exceed',
    read: ({ tpot }) => tpot.p99,
    write: shortSeconds,
    better: 'less',
  },
  {
    label: 'Tokens generated per second',
    title: 'Of all replicas',
    read: (run) => run.outputTokensPerSecond,
    write: formatCount,
    better: 'more',
  },
  {
    label: 'Requests per second',
    title: 'That end, of all replicas',
    read: (run) => run.requestsPerSecond,
    write: formatCount,
    better: 'more',
  },
  {
    label: 'Goodput',
    title: 'Share of the requests within both limits',
    read: ({ goodput }) => goodput?.share,
    write: formatPercent,
    change: formatPoints,
    better: 'more',
  },
  {
    label: 'Preemptions',
    title: 'Answers that lost their cache to others and are computed again',
    read: (run) => run.preemptions,
    write: String,
    better: 'less',
  },
  {
    label: 'KV cache at its fullest',
    title: 'Of one replica',
    read: (run) => run.kvPeakShare,
    write: formatPercent,
    change: formatPoints,
  },
  {
    label: 'Cost of a million tokens',
    title: 'Generated tokens, by the price of a GPU for an hour',
    read: (result, { gpus, pricePerGpuHour }) =>
      pricePerGpuHour === undefined ? undefined : costPerMillion(result, gpus, pricePerGpuHour),
    write: money,
    better: 'less',
  },
];

/** One row for each figure that is known of this run. */
export function figureRows(run: ServingRun, file: ServingRun | undefined): readonly FigureRow[] {
  const rows = figures.flatMap(({ label, title, read, write, change = formatChange, better }): FigureRow[] => {
    const value = read(run.result, run);
    if (value === undefined) return [];
    const band = bandText(value, run.fast && read(run.fast, run), run.slow && read(run.slow, run), write);
    const from = file && read(file.result, file);
    const compared = from !== undefined && Number.isFinite(from) && Number.isFinite(value);
    return [
      {
        label,
        title,
        text: write(value),
        band,
        file: from === undefined ? '' : write(from),
        change: compared ? difference(from, value, write, change) : '',
        judged: compared ? judge(from, value, better) : '',
      },
    ];
  });
  return [...rows, sustainedRow(run, file)];
}

/** Changes above this factor are told as factors. */
const largeFactor = 10;

/** From nothing to something has no share, and thousands of per cent say nothing. */
function difference(from: number, to: number, write: (value: number) => string, change: (from: number, to: number) => string): string {
  if (change === formatChange && from > 0 && to >= largeFactor * from) return `${formatCount(to / from)} times`;
  return from === 0 && to !== 0 && change === formatChange ? `+${write(to)}` : change(from, to);
}

function judge(from: number, to: number, better: 'less' | 'more' | undefined): FigureRow['judged'] {
  const least = 5e-4 * Math.max(Math.abs(from), Math.abs(to));
  if (better === undefined || Math.abs(to - from) <= least) return '';
  return to > from === (better === 'more') ? 'better' : 'worse';
}

/** "36.2 to 43.1 ms": from the lower to the higher of both ends. */
function bandText(value: number, fast: number | undefined, slow: number | undefined, write: (value: number) => string): string {
  if (fast === undefined || slow === undefined) return '';
  const ends = [value, fast, slow].filter((end) => Number.isFinite(end));
  if (ends.length === 0) return '';
  const [low, high] = [write(Math.min(...ends)), write(Math.max(...ends))];
  return low === high ? '' : `${low} – ${high}`;
}

/** What the whole deployment sustains, by the steady state and not by the simulation. */
function sustainedRow({ load, engines }: ServingRun, file: ServingRun | undefined): FigureRow {
  const { value, band } = load.sustainedRate;
  const [now, from] = [value * engines, file && file.load.sustainedRate.value * file.engines];
  return {
    label: 'Sustained requests per second',
    title: 'The most that still settles within the limits, by the steady state of equal requests',
    text: formatCount(now),
    band: band ? `${formatCount(band.low * engines)} – ${formatCount(band.high * engines)}` : '',
    file: from === undefined ? '' : formatCount(from),
    change: from === undefined ? '' : difference(from, now, formatCount, formatChange),
    judged: from === undefined ? '' : judge(from, now, 'more'),
  };
}

export interface LatencyRow {
  readonly label: string;
  readonly title: string;
  readonly cells: readonly { readonly text: string; readonly band: string }[];
}

export const latencyColumns = ['Mean', 'p50', 'p90', 'p95', 'p99'] as const;
const columns: readonly (keyof Percentiles)[] = ['mean', 'p50', 'p90', 'p95', 'p99'];

const latencies: readonly { readonly label: string; readonly title: string; readonly read: (result: SimulationResult) => Percentiles }[] = [
  { label: 'TTFT', title: 'Time to the first token', read: ({ ttft }) => ttft },
  { label: 'TPOT', title: 'Time per token of an answer after its first, one mean per request', read: ({ tpot }) => tpot },
  { label: 'ITL', title: 'Time between two tokens, every pair by itself', read: ({ itl }) => itl },
  { label: 'End to end', title: 'From the arrival to the last token', read: ({ endToEnd }) => endToEnd },
];

/** Mean and percentiles of every latency. */
export function latencyRows({ result, fast, slow }: ServingRun): readonly LatencyRow[] {
  return latencies.map(({ label, title, read }) => ({
    label,
    title,
    cells: columns.map((column) => {
      const value = read(result)[column];
      return { text: shortSeconds(value), band: bandText(value, fast && read(fast)[column], slow && read(slow)[column], shortSeconds) };
    }),
  }));
}

/** A sentence when the engine cannot keep up with the load; undefined when it can. */
export function overloadText({ load, choice, engines, result }: ServingRun): string | undefined {
  if (result.finished === 0) return 'No request fits the KV cache or a step of the engine: none was answered.';
  if (load.overloaded === undefined) return undefined;
  const sustained = load.sustainedRate.value * engines;
  const most = choice.firstTokenLimit > 0 || choice.perTokenLimit > 0 ? '' : `; ${formatCount(sustained)} requests/s are sustained`;
  return `Overloaded: the queue grows as long as requests arrive (limited by ${load.overloaded}${most}). Latencies below are those of a run of ${result.finished} requests.`;
}

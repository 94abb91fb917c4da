/** A simulation for a terminal: what clients see, what the engines did, what it costs, and what it rests on. */

import type { RatePoint } from '../../core/serving/simulation/find-rate.ts';
import type { Percentiles } from '../../core/serving/simulation/histogram.ts';
import type { SimulationResult } from '../../core/serving/simulation/summarise.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, formatSeconds, formatValue } from '../../engine/format.ts';
import type { Simulated } from '../simulate-run.ts';
import { assumptionLine } from './estimate.ts';
import { table } from './table.ts';

type Show = (value: number) => string;

const show: Show = (value) => (Number.isFinite(value) ? formatSeconds(value) : 'none');

/** Requests that end, as a share of those that arrive, below which the queue is taken to grow without end. */
const overload = 0.8;

/** A value, and in brackets where it may lie within the band of the step time. */
function ranged(value: number, fast: number, slow: number, write: Show): string {
  const [low, high] = fast <= slow ? [fast, slow] : [slow, fast];
  return `${write(value)} (${write(low)} to ${write(high)})`;
}

export function simulationText(title: string, simulated: Simulated): string {
  const { result, fast, slow, engine, band, replicas, prefillReplicas } = simulated;
  const where =
    prefillReplicas > 0
      ? `${prefillReplicas} prefill and ${replicas} decode replicas`
      : `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
  const head = [
    `${title}: ${where} on ${simulated.gpus} ${simulated.gpus === 1 ? 'GPU' : 'GPUs'}, scheduler ${engine.policy}`,
    simulated.workload,
    requestsText(simulated),
  ];
  const parts = [head.join('\n'), latencies(simulated)];
  const rows: string[][] = [
    ['Requests per second', ranged(result.requestsPerSecond, fast.requestsPerSecond, slow.requestsPerSecond, formatNumber)],
    [
      'Generated tokens per second',
      ranged(result.outputTokensPerSecond, fast.outputTokensPerSecond, slow.outputTokensPerSecond, formatNumber),
    ],
    ['Prompt tokens per second', formatNumber(result.inputTokensPerSecond)],
    ...goodputRows(simulated),
    ['Requests in the system, of them waiting', `${formatNumber(result.meanInSystem)}, ${formatNumber(result.meanWaiting)}`],
    [
      'KV cache in use, mean and peak',
      `${formatPercent(result.kvMeanShare)}, ${formatPercent(result.kvPeakShare)} of ${formatCount(engine.kvTokens)} tokens`,
    ],
    ['Prompt tokens found in the cache', formatPercent(result.prefixHitShare)],
    ['Preemptions', formatCount(result.preemptions)],
    ['Engine busy: steps with prompts, decode alone', `${formatPercent(result.prefillShare)}, ${formatPercent(result.decodeShare)}`],
    ...costRows(simulated),
  ];
  parts.push(table(['quantity', 'value'], rows, [1]), ...highestText(simulated), ...curveText(simulated));
  const factors = `${formatPercent(band.low - 1)} to +${formatPercent(band.high - 1)}`;
  parts.push(
    `Brackets: the whole run again with every step ${factors} (${band.basis}). Percentiles are told to 0.1 %.`,
    assumptionText(simulated),
  );
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function requestsText({ result, skipped }: Simulated): string {
  const { finished, rejected, seconds, steps, offeredRate, requestsPerSecond } = result;
  const left = [
    ...(rejected > 0 ? [`${formatCount(rejected)} refused: longer than the cache or a step`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} of the trace left out: no prompt or no answer`] : []),
    ...(result.cancelled ? ['ended early'] : []),
  ];
  const ran = [`${formatCount(finished)} requests in ${formatSeconds(seconds)} and ${formatCount(steps)} steps`, ...left].join('; ');
  // After the last arrival its answer is still to be generated; that is no backlog.
  const lastAnswers = finished === 0 ? 0 : (2 * result.itl.p50 * result.outputTokens) / finished;
  if (!(finished < overload * offeredRate * (seconds - lastAnswers))) return ran;
  const rates = `${formatNumber(offeredRate)} requests arrive per second and ${formatNumber(requestsPerSecond)} end`;
  return `${ran}\nOverloaded: ${rates}, so latencies grow with the length of the run.`;
}

function latencies({ result, fast, slow }: Simulated): string {
  const kinds: readonly (readonly [string, (run: SimulationResult) => Percentiles])[] = [
    ['TTFT', (run) => run.ttft],
    ['TPOT', (run) => run.tpot],
    ['ITL', (run) => run.itl],
    ['end to end', (run) => run.endToEnd],
  ];
  const rows = kinds.map(([name, read]) => {
    const [at, low, high] = [read(result), read(fast), read(slow)];
    return [
      name,
      show(at.mean),
      ranged(at.p50, low.p50, high.p50, show),
      show(at.p90),
      show(at.p95),
      ranged(at.p99, low.p99, high.p99, show),
    ];
  });
  return table(['latency', 'mean', 'p50', 'p90', 'p95', 'p99'], rows, [1, 2, 3, 4, 5]);
}

function goodputRows({ result, fast, slow }: Simulated): string[][] {
  if (!result.goodput) return [];
  const { share, requestsPerSecond } = result.goodput;
  return [
    ['Within the service level', ranged(share, fast.goodput?.share ?? share, slow.goodput?.share ?? share, formatPercent)],
    ['Goodput, requests per second', formatNumber(requestsPerSecond)],
  ];
}

function costRows({ cost, power, energy }: Simulated): string[][] {
  return [
    ...(cost ? [['Cost of a million generated tokens', ranged(cost.value, cost.low, cost.high, formatMoney)]] : []),
    ...(power
      ? [
          [
            'Power of the GPUs (assumed shares of board power)',
            ranged(power.value, power.low, power.high, (watts) => formatValue(watts, 'W')),
          ],
        ]
      : []),
    ...(energy
      ? [['Energy per generated token', ranged(energy.value, energy.low, energy.high, (joules) => formatValue(joules, 'J'))]]
      : []),
  ];
}

function highestText({ highest }: Simulated): string[] {
  if (!highest) return [];
  const { value, fast, slow } = highest;
  if (value.rate === 0) return ['No rate keeps the service level: it is missed even by single requests.'];
  const rate = ranged(value.rate, fast.rate, slow.rate, formatNumber);
  return [
    `Highest rate that keeps the service level: ${rate} requests per second, ${formatNumber(value.result.outputTokensPerSecond)} generated tokens per second.`,
  ];
}

function curveText({ curve }: Simulated): string[] {
  if (!curve) return [];
  const row = ({ rate, result }: RatePoint) => [
    formatNumber(rate),
    formatNumber(result.outputTokensPerSecond),
    show(result.ttft.p50),
    show(result.ttft.p99),
    show(result.tpot.p50),
    show(result.tpot.p99),
    formatPercent(result.kvPeakShare),
  ];
  return [table(['requests/s', 'tokens/s', 'TTFT p50', 'p99', 'TPOT p50', 'p99', 'KV peak'], curve.map(row), [0, 1, 2, 3, 4, 5, 6])];
}

function assumptionText({ assumptions }: Simulated): string {
  const always = [
    'clients allow as many tokens as they get (max_tokens is the answer length), and stop at no other',
    'tokenizing, networks to clients and start-up are not simulated',
  ];
  const lines = [...assumptions.map(assumptionLine), ...always];
  return `Assumptions\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

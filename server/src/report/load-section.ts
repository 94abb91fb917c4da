/** A server under the stated load: where it settles, the curve of latency against rate, and what other settings would give. */
import type { ServingEstimate } from '../core/estimate.ts';
import { fieldInfo, jobFields } from '../core/fields.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { formatFieldValue, formatNumber, formatPercent, formatSeconds, formatTerm } from '../engine/format.ts';
import { comparedPart, type ServingChoice, servingChoices } from '../engine/serving-choices.ts';
import { termLines } from './explain.ts';
import { plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';

/** Undefined when no load is stated. */
export function loadSection({ load }: ServingEstimate, subject: ReportSubject): string | undefined {
  if (!load) return undefined;
  const { job } = subject.job;
  const lengths = `${formatNumber(job['load.inputTokens'] ?? 0)} + ${formatNumber(job['load.outputTokens'] ?? 0)} tokens`;
  if (load.sustainedRate.value === 0 && load.overloaded === 'KV cache')
    return `## Under load\n\nNot one request of ${plain(lengths)} fits the KV cache, so there is nothing to serve them with.`;
  const said =
    load.overloaded === undefined
      ? `It settles: TTFT ${load.timeToFirstToken ? formatTerm(load.timeToFirstToken) : ''}, TPOT ${load.timePerToken ? formatTerm(load.timePerToken) : ''}.`
      : `It does not settle: ${load.overloaded} is the limit, and the queue grows without end.`;
  const terms = [load.sustainedRate, load.timeToFirstToken, load.timePerToken].filter((term) => term !== undefined);
  return [
    '## Under load',
    `Requests of ${plain(lengths)} ${plain(arrivals(job, load.rate))}. ${plain(said)}`,
    curveTable(load.curve()),
    ...choicesTable(subject),
    '### How it comes about',
    terms.flatMap((term) => termLines(term, subject, 0)).join('\n'),
  ].join('\n\n');
}

/** How many come, or how many are under way and what that comes to. */
function arrivals({ 'load.requestRate': rate, 'load.concurrency': concurrency }: PartialJob, settled: number | undefined): string {
  const coming = `arrive at random, ${formatNumber(rate ?? 0)} each second at the whole deployment`;
  if (concurrency === undefined) return coming;
  const under = `${formatNumber(concurrency)} under way at most`;
  const comes = settled === undefined ? '' : ` (${formatNumber(settled)} each second at one engine)`;
  return rate === undefined ? `are sent as others are answered, ${under}${comes}` : `${coming}, ${under}${comes}`;
}

function curveTable(points: ReturnType<NonNullable<ServingEstimate['load']>['curve']>): string {
  const rows = points.map(({ rate, timeToFirstToken, timePerToken, decoding }) => [
    formatNumber(rate),
    formatSeconds(timeToFirstToken),
    formatSeconds(timePerToken),
    formatNumber(decoding),
  ]);
  return tableOf(['requests/s of one engine', 'TTFT', 'TPOT', 'decoding at a time'], rows, [0, 1, 2, 3]);
}

/** Settings that no other ones beat in both respects. */
function choicesTable(subject: ReportSubject): readonly string[] {
  const choices = subject.alternatives === undefined ? [] : servingChoices(subject.job);
  if (choices.length < 2) return [];
  const rows = choices.map(({ change, point, tokensPerGpu, estimate }: ServingChoice) => [
    plain(changeText(change)),
    formatSeconds(point.timePerToken),
    formatSeconds(point.timeToFirstToken),
    `${formatNumber(tokensPerGpu)} tokens/s`,
    plain(formatTerm(estimate.memory.weights)),
  ]);
  return [
    '### What nothing else beats',
    `TP, weights, KV cache and sequences tried together, each at ${formatPercent(comparedPart)} of what it sustains; no other combination is better in both TPOT and tokens per GPU.`,
    tableOf(['change', 'TPOT', 'TTFT', 'generated per GPU', 'weights'], rows, [1, 2, 3, 4]),
  ];
}

function changeText(change: ServingChoice['change']): string {
  const parts = jobFields.flatMap((field) => {
    const value = change[field];
    return value === undefined ? [] : [`${fieldInfo[field].short} ${formatFieldValue(value)}`];
  });
  return parts.length === 0 ? 'as it is' : parts.join(', ');
}

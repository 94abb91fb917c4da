/** What the panel shows for one job of one document: the timeline of a training job, the load simulation of a serving job. */

import type { ServingEstimate, TrainingEstimate } from '../core/estimate.ts';
import { fieldInfo } from '../core/fields.ts';
import type { Term } from '../core/term.ts';
import type { Analysis } from '../engine/analysis.ts';
import { formatCount, formatNumber, formatPercent, formatTerm, formatValue } from '../engine/format.ts';
import { ofCapacity } from '../engine/summary.ts';
import { conventionOf, worstStageOf } from '../engine/terms.ts';
import type { BandedFigure, PanelJob, PanelSubject } from '../protocol/panel.ts';
import type { PanelResult } from '../protocol/requests.ts';
import { subjectOf, titleOf } from '../report/subject.ts';

const nothing = (why: string): PanelResult => ({ type: 'empty', why });

export function panelOf(analysis: Analysis | undefined, jobIndex: number): PanelResult {
  if (!analysis) return nothing('the file cannot be read');
  const job = analysis.jobs[jobIndex] ?? analysis.jobs[0];
  const subject = job && subjectOf(analysis, job.index);
  if (!job || !subject) return nothing('no training or serving launch was recognised in this file');
  if ('refusal' in job.result) return nothing(`no estimate: ${job.result.refusal.why}`);
  const { estimate } = job.result;
  const common: PanelSubject = {
    uri: analysis.uri,
    version: analysis.version,
    title: titleOf(subject),
    gpu: job.cluster?.accelerator.label ?? '',
    summary: estimate.kind === 'serving' ? servingRows(estimate) : summaryRows(estimate),
    assumptions: estimate.assumptions.map(({ field, value, why }) => `${field ? `${fieldInfo[field].label}: ` : ''}${value} (${why})`),
  };
  if (!job.cluster) return nothing('no GPU is known: name one in the cluster settings');
  const read = { ...common, job: job.job, runsAs: job.runsAs, cluster: job.cluster };
  if (estimate.kind === 'serving') return { type: 'serving', job: read };
  const banded = { step: bandedOf(estimate.time.step), memory: estimate.memory.stages.map(({ device }) => bandedOf(device)) };
  return { type: 'job', job: { ...read, usableBytes: estimate.memory.usable.value, banded, request: estimate.schedule } };
}

function summaryRows(estimate: TrainingEstimate): PanelJob['summary'] {
  const { memory, time, throughput } = estimate;
  const worst = worstStageOf(estimate);
  const { shares } = time;
  return [
    { label: 'GPUs', text: formatNumber(estimate.gpus) },
    ...(worst
      ? [
          {
            label: 'Memory per GPU',
            text: ofCapacity(worst.device, memory.usable),
            title: `Fullest rank ${worst.stage}, as nvidia-smi shows it`,
          },
        ]
      : []),
    { label: 'Step', text: formatTerm(time.step) },
    { label: 'Tokens', text: formatTerm(throughput.tokensPerSecond) },
    {
      label: `${conventionOf(throughput.mfu) ?? ''} MFU`.trimStart(),
      text: formatTerm(throughput.mfu),
      ...(throughput.mfu.note === undefined ? {} : { title: throughput.mfu.note }),
    },
    { label: 'Bubble', text: formatPercent(shares.bubble), title: 'Share of the step a GPU waits for other stages' },
    {
      label: 'Exposed communication',
      text: formatPercent(shares.exposedCommunication),
      title: 'Share of the step computation waits for the network',
    },
    ...(estimate.cost ? [{ label: 'Cost', text: `${formatTerm(estimate.cost.perBillionTokens)} per billion tokens` }] : []),
  ];
}

function servingRows(estimate: ServingEstimate): PanelSubject['summary'] {
  const { memory, kvTokens, concurrency, load, decode, prefill } = estimate;
  return [
    { label: 'GPUs', text: formatNumber(estimate.gpus), title: 'Of the replicas that the engine itself starts' },
    { label: 'Memory per GPU', text: ofCapacity(memory.total, memory.usable) },
    { label: 'KV cache', text: `${formatCount(kvTokens.value)} tokens`, title: 'Of one replica' },
    { label: 'Full contexts at once', text: formatValue(concurrency.value, '1') },
    ...(load
      ? [{ label: 'Sustained by one replica', text: formatTerm(load.sustainedRate) }]
      : [
          { label: `TPOT at batch ${formatNumber(decode.batch)}`, text: formatTerm(decode.timePerToken) },
          { label: `TTFT of ${formatNumber(prefill.tokens)} tokens, not queued`, text: formatTerm(prefill.timeToFirstToken) },
        ]),
    ...(estimate.cost ? [{ label: 'Cost at that batch', text: `${formatTerm(estimate.cost.perMillionTokens)} per million tokens` }] : []),
  ];
}

const bandedOf = ({ value, band }: Term): BandedFigure => ({ value, low: band?.low ?? value, high: band?.high ?? value });

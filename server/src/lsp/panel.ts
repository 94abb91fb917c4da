/** What the timeline panel shows for one job of one document. */

import type { TrainingEstimate } from '../core/estimate.ts';
import { fieldInfo } from '../core/fields.ts';
import type { Analysis } from '../engine/analysis.ts';
import { formatNumber, formatPercent, formatTerm } from '../engine/format.ts';
import { ofCapacity } from '../engine/summary.ts';
import { conventionOf, worstStageOf } from '../engine/terms.ts';
import type { PanelJob } from '../protocol/panel.ts';
import type { PanelResult } from '../protocol/requests.ts';
import { subjectOf, titleOf } from '../report/subject.ts';

export function panelOf(analysis: Analysis | undefined, jobIndex: number): PanelResult {
  if (!analysis) return { empty: 'the file cannot be read' };
  const job = analysis.jobs[jobIndex] ?? analysis.jobs[0];
  const subject = job && subjectOf(analysis, job.index);
  if (!job || !subject) return { empty: 'no training launch was recognised in this file' };
  if ('refusal' in job.result) return { empty: `no estimate: ${job.result.refusal.why}` };
  const { estimate } = job.result;
  if (estimate.kind === 'serving') return { empty: 'a serving job has no pipeline schedule' };
  return {
    job: {
      uri: analysis.uri,
      version: analysis.version,
      title: titleOf(subject),
      gpu: job.cluster?.accelerator.label ?? '',
      usableBytes: estimate.memory.usable.value,
      request: estimate.schedule,
      summary: summaryRows(estimate),
      assumptions: estimate.assumptions.map(({ field, value, why }) => `${field ? `${fieldInfo[field].label}: ` : ''}${value} (${why})`),
    },
  };
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

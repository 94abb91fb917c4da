/** An estimate for a terminal. */
import type { Assumption, ServingEstimate, TrainingEstimate } from '../../core/estimate.ts';
import { fieldInfo, jobFields } from '../../core/fields.ts';
import { uncertain } from '../../core/sensitivity/sensitivity.ts';
import type { Analysis, JobAnalysis, KernelsAnalysis } from '../../engine/analysis.ts';
import { formatFieldValue, formatPercent, formatSeconds, formatTerm } from '../../engine/format.ts';
import { configurationSummary, tileSummary, tritonSummary } from '../../engine/kernel-summary.ts';
import { tritonWorkSummary, workSummary } from '../../engine/kernel-work-summary.ts';
import { operatorSummary } from '../../engine/operator-summary.ts';
import { sensitivityOf } from '../../engine/sensitivity.ts';
import { summaryOf } from '../../engine/summary.ts';
import { termsOf, worstStageOf } from '../../engine/terms.ts';
import { componentsOf } from '../../report/memory-section.ts';
import { sensitivityCells, sensitivityHead, shownRows } from '../../report/sensitivity-section.ts';
import { quantityLabel } from '../../report/term-words.ts';
import { shareRows } from '../../report/time-section.ts';
import { table } from './table.ts';

/** Everything about the jobs of one file. */
export function estimateText(file: string, analysis: Analysis): string {
  if (analysis.jobs.length === 0)
    return analysis.kernels ? kernelsText(file, analysis.kernels) : `${file}: no job was found in this file.\n`;
  return analysis.jobs.map((job) => jobText(analysis.jobs.length > 1 ? `${file}, launch ${job.index + 1}` : file, job)).join('\n');
}

/** One line for each launch of each kernel, and for each Triton kernel. */
function kernelsText(file: string, kernels: KernelsAnalysis): string {
  const { cuda, triton, tiles, operators, devices, compiler } = kernels;
  const below = (work: string | undefined): string => (work === undefined ? '' : `\n    ${work}`);
  const lines = [
    ...(compiler?.kind === 'failed' ? [`  ${compiler.compiler} does not compile this file: ${compiler.why}`] : []),
    ...(cuda?.configurations ?? []).map(
      (one) => `  ${one.kernel.name}: ${configurationSummary(one, devices)}${below(workSummary(kernels, one))}`,
    ),
    ...(triton?.file.kernels ?? []).map(
      (kernel) => `  ${kernel.name}: ${triton ? tritonSummary(kernel, triton, devices) : ''}${below(tritonWorkSummary(kernels, kernel))}`,
    ),
    ...(tiles?.configurations ?? []).map((one) => `  ${one.kernel.name}: ${tileSummary(one, devices)}`),
    ...(operators ?? []).map((one) => `  ${one.call.name}: ${operatorSummary(one, devices)}`),
  ];
  return `${file}: ${lines.length === 0 ? 'launches of kernels that stand in other files' : 'kernels'}\n${lines.join('\n')}\n`;
}

function jobText(title: string, job: JobAnalysis): string {
  const parts = [`${title} (${job.framework})\n${summaryOf(job)}`];
  if ('refusal' in job.result) {
    const { missing } = job.result.refusal;
    if (missing.length > 0) parts.push(`Missing: ${missing.map((field) => fieldInfo[field].label).join(', ')}.`);
    if (job.kind === 'model') parts.push(termTable(job));
  } else {
    const { estimate } = job.result;
    parts.push(...(estimate.kind === 'training' ? trainingParts(estimate) : servingParts(estimate)));
    parts.push(assumptionList(estimate.assumptions), sensitivityTable(job));
  }
  parts.push(defaultList(job));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function termTable(job: JobAnalysis): string {
  const rows = termsOf(job).map((term) => [term.label, formatTerm(term)]);
  return rows.length === 0 ? '' : table(['quantity', 'value'], rows, [1]);
}

function trainingParts(estimate: TrainingEstimate): string[] {
  const { memory, time, throughput, communication } = estimate;
  const stages = memory.stages.map(({ stage, allocated, reserved, device }) => [
    String(stage),
    formatTerm(allocated),
    formatTerm(reserved),
    formatTerm(device),
    formatPercent(device.value / memory.usable.value),
  ]);
  const worst = worstStageOf(estimate);
  const components = (worst ? componentsOf(worst.allocated) : []).map((part) => [
    part.label,
    formatTerm(part),
    worst ? formatPercent(part.value / worst.allocated.value) : '',
  ]);
  const speed = [
    time.step,
    throughput.tokensPerSecond,
    throughput.tokensPerSecondPerGpu,
    throughput.modelFlopsPerGpu,
    throughput.mfu,
    throughput.hfu,
  ];
  const money = estimate.cost ? [estimate.cost.perStep, estimate.cost.perBillionTokens] : [];
  const traffic = communication
    .filter(({ bytes }) => bytes.value > 0)
    .map(({ label, bytes, busy, exposed }) => [label, formatTerm(bytes), formatTerm(busy), formatTerm(exposed)]);
  return [
    `Memory per GPU of ${formatTerm(memory.usable)} usable\n${table(['stage', 'allocated', 'reserved', 'device', 'of usable'], stages, [0, 1, 2, 3, 4])}`,
    components.length === 0 ? '' : `Components of stage ${worst?.stage ?? 0}\n${table(['component', 'size', 'share'], components, [1, 2])}`,
    `Step\n${table(
      ['part', 'time', 'share'],
      shareRows(time.shares).map(([label, share]) => [label, formatSeconds(share * time.step.value), formatPercent(share)]),
      [1, 2],
    )}`,
    table(
      ['quantity', 'value'],
      [estimate.parameters, ...speed, ...money].map((term) => [quantityLabel(term), formatTerm(term)]),
      [1],
    ),
    traffic.length === 0 ? '' : `Communication\n${table(['kind', 'bytes per GPU and step', 'busy', 'exposed'], traffic, [1, 2, 3])}`,
  ];
}

function servingParts(estimate: ServingEstimate): string[] {
  const { memory, decode, prefill, cost, load } = estimate;
  const sizes = [memory.weights, memory.overhead, memory.kvCache, memory.total, memory.usable];
  const rest = [estimate.parameters, estimate.kvBytesPerToken, estimate.kvTokens, estimate.concurrency];
  const speed = [prefill.timeToFirstToken, decode.timePerToken, decode.tokensPerSecond, ...(cost ? [cost.perMillionTokens] : [])];
  const loaded = load
    ? [load.timeToFirstToken, load.timePerToken, load.decoding, load.sustainedRate].filter((term) => term !== undefined)
    : [];
  const rows = (terms: typeof sizes) => terms.map((term) => [term.label, formatTerm(term)]);
  const fits = estimate.kvTokens.value > 0;
  return [
    `Memory per GPU\n${table(['part', 'size'], rows(sizes), [1])}`,
    table(['quantity', 'value'], rows(fits ? [...rest, ...speed, ...loaded] : rest), [1]),
    fits ? '' : 'No speed is told: without room for a KV cache the server does not start.',
  ];
}

function assumptionList(assumptions: readonly Assumption[]): string {
  return assumptions.length === 0 ? '' : `Assumptions\n${assumptions.map((each) => `  ${assumptionLine(each)}`).join('\n')}`;
}

/** One assumption with the field it stands for and the reason. */
export function assumptionLine({ field, value, why }: Assumption): string {
  return `${field === undefined ? '' : `${fieldInfo[field].label}: `}${value} (${why})`;
}

function sensitivityTable(job: JobAnalysis): string {
  const rows = uncertain(sensitivityOf(job), shownRows).map(sensitivityCells);
  return rows.length === 0 ? '' : `What would move the answer\n${table(sensitivityHead, rows, [3, 4])}`;
}

function defaultList(job: JobAnalysis): string {
  const lines = jobFields.flatMap((field) => {
    const [value, origin] = [job.job[field], job.sources[field]];
    return value !== undefined && origin?.kind === 'default'
      ? [`${fieldInfo[field].label} ${formatFieldValue(value, fieldInfo[field].unit)}`]
      : [];
  });
  return lines.length === 0 ? '' : `Defaults of ${job.release} that nothing in the file changes\n${wrapped(lines)}`;
}

/** Characters of a line before a list goes on in the next. */
const width = 100;

/** A list over as many lines as it takes. */
function wrapped(items: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line !== '' && line.length + item.length + 4 > width) {
      lines.push(`${line},`);
      line = '';
    }
    line = line === '' ? `  ${item}` : `${line}, ${item}`;
  }
  return [...lines, line].join('\n');
}

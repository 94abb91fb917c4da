/** One line about a job: what a code lens and the status bar show. */
import type { LoadEstimate, ServingEstimate, TrainingEstimate } from '../core/estimate.ts';
import { modelTerms } from '../core/model-terms.ts';
import type { Term } from '../core/term.ts';
import type { JobAnalysis } from './analysis.ts';
import { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds, formatTerm, formatValue } from './format.ts';
import { conventionOf, worstStageOf } from './terms.ts';

/** `32 GPUs`, `4 x 8 GPUs` of whole engines beside each other, `32 GPUs (NVIDIA H100 SXM 80 GB assumed)` when no GPU is named, `8 GPUs (...) assumed` when nobody counts them. */
function gpuCount({ gpus, assumptions }: TrainingEstimate | ServingEstimate, replicas = 1): string {
  const assumed = assumptions.find(({ field }) => field === 'cluster.gpu');
  const isCounted = assumptions.every(({ field }) => field !== 'cluster.gpus');
  const each = `${formatNumber(gpus)} ${gpus === 1 ? 'GPU' : 'GPUs'}`;
  const count = replicas > 1 ? `${formatNumber(replicas)} x ${each}` : each;
  if (isCounted) return assumed ? `${count} (${assumed.value} assumed)` : count;
  return assumed ? `${count} (${assumed.value}) assumed` : `${count} assumed`;
}

/** `61.2 GiB of 79.1 GiB (57 to 66)`: the band belongs to the estimate, the capacity has none. */
export function ofCapacity(term: Term, usable: Term): string {
  const [value, band] = formatTerm(term).split(/ (?=\()/);
  return [value, 'of', formatBytes(usable.value), band].filter((part) => part !== undefined).join(' ');
}

function trainingSummary(estimate: TrainingEstimate): readonly string[] {
  const { memory, time, throughput } = estimate;
  const worst = worstStageOf(estimate);
  return [
    gpuCount(estimate),
    ...(worst ? [ofCapacity(worst.device, memory.usable)] : []),
    `${conventionOf(throughput.mfu) ?? ''} MFU ${formatTerm(throughput.mfu)}`.trimStart(),
    `${formatSeconds(time.step.value)}/step`,
    `${formatPercent(time.shares.exposedCommunication)} exposed communication`,
  ];
}

function loadSummary({ sustainedRate, overloaded, timeToFirstToken, timePerToken }: LoadEstimate): readonly string[] {
  if (sustainedRate.value === 0 && overloaded === 'KV cache') return ['not one request of the load fits'];
  const most = sustainedRate.value === 0 ? 'no rate keeps the latency limits' : `${formatTerm(sustainedRate)} sustained`;
  if (!timeToFirstToken || !timePerToken) return [`overloaded by ${overloaded ?? 'the load'}`, most];
  return [`under load TTFT ${formatTerm(timeToFirstToken)}`, `TPOT ${formatTerm(timePerToken)}`, most];
}

const fullContexts = (count: string): string => `${count} full ${count === '1' ? 'context' : 'contexts'} at once`;

function servingSummary(estimate: ServingEstimate, replicas: number | undefined): readonly string[] {
  const { memory, concurrency, kvTokens, slots } = estimate;
  return [
    gpuCount(estimate, replicas),
    ofCapacity(memory.total, memory.usable),
    `KV cache ${formatCount(kvTokens.value)} tokens`,
    slots ? `${slots.count} slots of up to ${formatNumber(slots.each)} tokens` : fullContexts(formatValue(concurrency.value, '1')),
    ...speedSummary(estimate),
  ];
}

/** A server without room for a token has no speed. */
function speedSummary({ kvTokens, decode, prefill, load }: ServingEstimate): readonly string[] {
  if (kvTokens.value === 0) return ['does not fit'];
  if (load) return loadSummary(load);
  return [
    `TPOT ${formatSeconds(decode.timePerToken.value)} at batch ${decode.batch}`,
    `TTFT ${formatSeconds(prefill.timeToFirstToken.value)} for ${formatNumber(prefill.tokens)} tokens`,
  ];
}

function modelSummary(job: JobAnalysis): string {
  const model = modelTerms(job.job);
  if ('why' in model) return `no figures: ${model.why}`;
  const [parameters, ...rest] = model.terms;
  const weights = rest.find(({ id }) => id === 'model.weights.bf16');
  const cache = rest.find(({ id }) => id === 'model.kvPerToken.bf16');
  return [
    ...(parameters ? [`${formatCount(parameters.value)} parameters`] : []),
    ...(weights ? [`${formatBytes(weights.value)} in bf16`] : []),
    ...(cache ? [`KV cache ${formatBytes(cache.value)} per token`] : []),
  ].join(' · ');
}

/** The job in one line; when there is no estimate, why. */
export function summaryOf(job: JobAnalysis): string {
  if (job.kind === 'model') return modelSummary(job);
  if ('refusal' in job.result) return `no estimate: ${job.result.refusal.why}`;
  const { estimate } = job.result;
  return (estimate.kind === 'training' ? trainingSummary(estimate) : servingSummary(estimate, job.job['serving.replicas'])).join(' · ');
}

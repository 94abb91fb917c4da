/** The numbers of an analysis as one list of trees, in the order people read them. */
import type { Estimate, TrainingEstimate } from '../core/estimate.ts';
import { modelTerms } from '../core/model-terms.ts';
import { findTerm, type Term } from '../core/term.ts';
import type { JobAnalysis } from './analysis.ts';

/** Memory of the fullest pipeline rank, as nvidia-smi would show it. */
export function worstStageOf({ memory }: TrainingEstimate) {
  return memory.stages[memory.worstStage];
}

/** Whose FLOPs a rate counts, when it counts FLOPs: "Megatron-LM". */
export function conventionOf(term: Term): string | undefined {
  return /^(.+?)'s FLOPs: /.exec(term.note ?? '')?.[1];
}

/** The top terms of an estimate: everything in it can be reached from these. */
export function topTerms(estimate: Estimate): readonly Term[] {
  if (estimate.kind === 'serving') {
    const { memory, cost, load } = estimate;
    const { total, usable } = memory;
    const speed = [estimate.decode.timePerToken, estimate.decode.tokensPerSecond, estimate.prefill.timeToFirstToken];
    return [
      estimate.parameters,
      total,
      usable,
      estimate.kvBytesPerToken,
      estimate.kvTokens,
      estimate.concurrency,
      ...speed,
      ...(load ? [load.sustainedRate, load.timeToFirstToken, load.timePerToken] : []),
      ...(cost ? [cost.perMillionTokens] : []),
    ].filter((term) => term !== undefined);
  }
  const { throughput, communication, cost } = estimate;
  const worst = worstStageOf(estimate);
  return [
    estimate.parameters,
    ...(worst ? [worst.device, worst.reserved, worst.allocated] : []),
    estimate.memory.usable,
    estimate.time.step,
    throughput.tokensPerSecond,
    throughput.tokensPerSecondPerGpu,
    throughput.modelFlopsPerGpu,
    throughput.mfu,
    throughput.hfu,
    throughput.hardwareFlopsPerGpu,
    ...communication.flatMap(({ bytes, busy, exposed }) => [bytes, busy, exposed]),
    ...(cost ? [cost.perStep, cost.perBillionTokens] : []),
  ];
}

/** The top terms of a job: its estimate's, or for a model alone those of the model. Empty when there are none. */
export function termsOf(job: JobAnalysis): readonly Term[] {
  if ('estimate' in job.result) return topTerms(job.result.estimate);
  if (job.kind !== 'model') return [];
  const model = modelTerms(job.job);
  return 'terms' in model ? model.terms : [];
}

/** A term by id anywhere under the top terms of a job. */
export function termById(job: JobAnalysis, id: string): Term | undefined {
  for (const top of termsOf(job)) {
    const found = findTerm(top, id);
    if (found) return found;
  }
  return undefined;
}

/** What a stated load comes to on one engine replica, as terms. Their bands are the same states with faster and slower steps. */
import { servingBand } from '../../calibration/serving-bands.ts';
import type { LoadEstimate } from '../../estimate.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Band, Term, TermInput } from '../../term.ts';
import { otherwisePolicy, policyOf } from '../engine-of-job.ts';
import { usualRequests } from '../simulation/workload/usual.ts';
import { scaledTimer } from '../time/scaled-timer.ts';
import { stepTimer } from '../time/timer-of-job.ts';
import { sequencesOfReplica } from '../tokens-of-replica.ts';
import { type Scheduler, settle } from './closed-loop.ts';
import { loadCurve } from './load-curve.ts';
import { meanCached, type ReplicaLimits, type SteadyState, sustainedRate } from './steady-state.ts';

/** `held`: tokens in the KV cache of one replica when every request has cached so many. */
export function loadTerms(job: ServingJob, held: (each: number) => number): LoadEstimate | undefined {
  const { load } = job;
  if (!load) return undefined;
  const limits: ReplicaLimits = {
    maxSequences: sequencesOfReplica(job),
    maxBatchedTokens: job.maxBatchedTokens,
    kvTokens: held(meanCached(load)),
    pipeline: job.pipeline,
  };
  const timer = stepTimer(job);
  const { share, basis } = servingBand(job, 'throughput');
  const [fast, slow] = [scaledTimer(timer, 1 / (1 + share)), scaledTimer(timer, 1 + share)];
  const policy = policyOf(job) ?? otherwisePolicy;
  const scheduler: Scheduler = { policy, page: job.blockSize, chunkedPrefill: job.chunkedPrefill, pipeline: job.pipeline };
  const [state, best, worst] = [timer, fast, slow].map((one) => settle(one, load, limits, scheduler));
  const rates = [timer, slow, fast].map((one) => sustainedRate(one, load, limits, load));
  const [sustained = 0, low = 0, high = 0] = rates;
  const sustainedRateTerm = sustainedTerm(job, load, { value: sustained, band: { low, high, basis } });
  const common = { sustainedRate: sustainedRateTerm, curve: () => loadCurve(timer, load, limits) };
  if (!state || 'overloaded' in state) return { ...common, ...(state ? { overloaded: state.overloaded } : {}) };
  const bandOf = (read: (state: SteadyState) => number): Band => ({
    low: best && 'state' in best ? Math.min(read(best.state), read(state.state)) : 0,
    high: worst && 'state' in worst ? read(worst.state) : Number.POSITIVE_INFINITY,
    basis,
  });
  return { ...common, rate: state.rate, ...stateTerms(job, { ...load, rate: state.rate }, state, bandOf) };
}

const lengths = (load: NonNullable<ServingJob['load']>): readonly TermInput[] => [
  { name: 'input tokens', value: load.inputTokens, field: 'load.inputTokens' },
  { name: 'output tokens', value: load.outputTokens, field: 'load.outputTokens' },
];

function sustainedTerm(
  { maxSequences, maxBatchedTokens }: ServingJob,
  load: NonNullable<ServingJob['load']>,
  { value, band }: { readonly value: number; readonly band: Band },
): Term {
  return {
    id: 'load.sustained',
    label: 'Requests per second that one replica sustains',
    unit: 'requests/s',
    value,
    band,
    formula: 'the largest rate whose requests decode within sequences, KV cache and token budget, and within the latency limits',
    inputs: [
      ...lengths(load),
      { name: 'sequences', value: maxSequences, field: 'serving.maxSequences' },
      { name: 'batched tokens', value: maxBatchedTokens, field: 'serving.maxBatchedTokens' },
      ...(load.timeToFirstToken === undefined
        ? []
        : [{ name: 'TTFT limit', value: load.timeToFirstToken, field: 'load.firstTokenLimit' } as const]),
      ...(load.timePerToken === undefined ? [] : [{ name: 'TPOT limit', value: load.timePerToken, field: 'load.perTokenLimit' } as const]),
    ],
    source,
  };
}

const source = 'docs/model/serving.md, under load';

function stateTerms(
  job: ServingJob,
  load: NonNullable<ServingJob['load']> & { readonly rate: number },
  { state, waves }: { readonly state: SteadyState; readonly waves?: number },
  bandOf: (read: (state: SteadyState) => number) => Band,
): Pick<LoadEstimate, 'decoding' | 'timeToFirstToken' | 'timePerToken'> {
  const rate: TermInput =
    waves === undefined
      ? { name: 'rate', value: load.rate, field: 'load.requestRate' }
      : { name: `rate with ${waves} under way`, value: load.rate, field: 'load.concurrency' };
  const told = `${load.inputTokens} + ${load.outputTokens} tokens`;
  const decoding: Term = {
    id: 'load.decoding',
    label: 'Requests that decode at a time on one replica',
    unit: 'count',
    value: state.decoding,
    band: bandOf(({ decoding }) => decoding),
    formula: 'rate * (output tokens - 1) * TPOT',
    inputs: [rate, ...lengths(load)],
    source: "Little's law",
  };
  return {
    decoding,
    timeToFirstToken: {
      id: 'load.ttft',
      label: `TTFT under load, ${told}`,
      unit: 's',
      value: state.timeToFirstToken,
      band: bandOf(({ timeToFirstToken }) => timeToFirstToken),
      formula:
        waves === undefined
          ? 'time of the prompt beside n decodes + its wait behind other prompts + half the step under way'
          : `mean over ${usualRequests} equal requests, ${waves} under way: those that end together start together, and their prompts wait for each other`,
      inputs: [
        rate,
        { name: 'n', value: state.decoding },
        { name: 'share of time with prompts', value: state.prefillShare },
        { name: 'batched tokens', value: job.maxBatchedTokens, field: 'serving.maxBatchedTokens' },
      ],
      source,
    },
    timePerToken: {
      id: 'load.tpot',
      label: `TPOT under load, ${told}`,
      unit: 's',
      value: state.timePerToken,
      band: bandOf(({ timePerToken }) => timePerToken),
      formula:
        waves === undefined
          ? '(plain step + chunks that wait behind the prompt) / (1 - chunks that arrive meanwhile), at most a step with a chunk'
          : `mean over ${usualRequests} equal requests, ${waves} under way: plain steps, and steps beside the prompts of others`,
      inputs: [rate, { name: 'n', value: state.decoding }, { name: 'share of time with prompts', value: state.prefillShare }],
      source,
      children: [decoding],
      combine: 'none',
    },
  };
}

/** What the user may try: the load, sizes of the engine, replicas and the scheduler; and what the file and the settings say of these. Pure. */
import type { PartialJob } from '../../../server/src/core/job-fields.ts';
import { completeServing } from '../../../server/src/core/serving/complete-serving.ts';
import { estimateServing } from '../../../server/src/core/serving/estimate-serving.ts';
import type { PolicyName } from '../../../server/src/core/serving/simulation/simulation-options.ts';
import type { ServingPanelJob } from '../../../server/src/protocol/panel.ts';

/** Requests come at a rate, from clients that each wait for an answer before they ask again, or at a rate with so many under way at most. */
export const arrivalKinds = ['rate', 'clients', 'limited'] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

export interface ServingChoice {
  readonly arrivals: ArrivalKind;
  /** Requests per second at the whole deployment; of no effect with clients alone. */
  readonly rate: number;
  /** Requests under way at the whole deployment at most; of no effect with a rate alone. */
  readonly concurrency: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxSequences: number;
  readonly maxBatchedTokens: number;
  readonly replicas: number;
  /** 'own' is what the engine itself does. */
  readonly policy: PolicyName | 'own';
  /** Seconds; 0 is no limit. */
  readonly firstTokenLimit: number;
  readonly perTokenLimit: number;
}

export interface FileChoice {
  readonly choice: ServingChoice;
  readonly maxModelLen: number;
  /** The parts of the load that nobody stated, in words. */
  readonly assumed: readonly string[];
}

/** Lengths of a chat with a document in it, when no load is stated; shorter where the context is. */
const usualInput = 1024;
const usualOutput = 256;
/** Clients to begin with where somebody wants to try clients. */
const usualClients = 64;

/** What the file and the settings say; parts of the load that neither says are assumed and told. */
export function fileChoice({ job, runsAs, cluster }: ServingPanelJob): FileChoice | { readonly refused: string } {
  const context = job['serving.maxModelLen'] ?? Number.POSITIVE_INFINITY;
  const inputTokens = job['load.inputTokens'] ?? Math.max(1, Math.min(usualInput, Math.floor(context / 2)));
  const outputTokens = job['load.outputTokens'] ?? Math.max(1, Math.min(usualOutput, Math.floor(context / 4)));
  const lengths = { 'load.inputTokens': inputTokens, 'load.outputTokens': outputTokens };
  const { 'load.concurrency': clients, ...open } = job;
  const completed = completeServing({ ...open, ...lengths, 'load.requestRate': job['load.requestRate'] ?? 1 }, runsAs, cluster);
  if ('refusal' in completed) return { refused: completed.refusal.why };
  const { maxSequences, maxBatchedTokens, maxModelLen, dataParallel } = completed.job;
  const replicas = job['serving.replicas'] ?? 1;
  const stated = job['load.requestRate'];
  const arrivals = clients === undefined ? 'rate' : stated === undefined ? 'clients' : 'limited';
  const rate = stated ?? halfOf(estimateServing(completed.job), replicas * dataParallel);
  const assumed = [
    ...(arrivals === 'rate' && stated === undefined ? [`Rate: ${rate} requests/s (half of what is sustained)`] : []),
    ...(job['load.inputTokens'] === undefined ? [`Prompts: ${inputTokens} tokens`] : []),
    ...(job['load.outputTokens'] === undefined ? [`Answers: ${outputTokens} tokens`] : []),
  ];
  return {
    choice: {
      arrivals,
      rate,
      concurrency: clients ?? Math.min(usualClients, maxSequences * replicas * dataParallel),
      inputTokens,
      outputTokens,
      maxSequences,
      maxBatchedTokens,
      replicas,
      policy: 'own',
      firstTokenLimit: job['load.firstTokenLimit'] ?? 0,
      perTokenLimit: job['load.perTokenLimit'] ?? 0,
    },
    maxModelLen,
    assumed,
  };
}

/** Half of the sustained rate in two digits, 1 where nothing is sustained. */
function halfOf(result: ReturnType<typeof estimateServing>, engines: number): number {
  const sustained = 'estimate' in result && result.estimate.kind === 'serving' ? (result.estimate.load?.sustainedRate.value ?? 0) : 0;
  return sustained > 0 ? Number(((sustained * engines) / 2).toPrecision(2)) : 1;
}

/** The job of the file with what the user chose. */
export function withChoice(job: PartialJob, choice: ServingChoice, file: ServingChoice): PartialJob {
  const { arrivals, rate, concurrency, inputTokens, outputTokens, firstTokenLimit, perTokenLimit } = choice;
  const { 'load.firstTokenLimit': _, 'load.perTokenLimit': __, 'load.requestRate': _rate, 'load.concurrency': _concurrency, ...rest } = job;
  return {
    ...rest,
    // What equals the file's own is left to the file, so that its defaults stay what they are there.
    ...(choice.maxSequences === file.maxSequences ? {} : { 'serving.maxSequences': choice.maxSequences }),
    ...(choice.maxBatchedTokens === file.maxBatchedTokens ? {} : { 'serving.maxBatchedTokens': choice.maxBatchedTokens }),
    'serving.replicas': choice.replicas,
    ...(arrivals === 'clients' ? {} : { 'load.requestRate': rate }),
    ...(arrivals === 'rate' ? {} : { 'load.concurrency': concurrency }),
    'load.inputTokens': inputTokens,
    'load.outputTokens': outputTokens,
    ...(firstTokenLimit > 0 ? { 'load.firstTokenLimit': firstTokenLimit } : {}),
    ...(perTokenLimit > 0 ? { 'load.perTokenLimit': perTokenLimit } : {}),
  };
}

/** The least and the most that each number may be set to. */
export function boundsOf(maxModelLen: number): { readonly [K in NumberKey]: readonly [number, number] } {
  return {
    rate: [0.01, 1e6],
    concurrency: [1, 1e6],
    inputTokens: [1, Math.max(1, maxModelLen - 1)],
    outputTokens: [1, Math.max(1, maxModelLen - 1)],
    maxSequences: [1, 1e5],
    maxBatchedTokens: [1, 1e6],
    replicas: [1, 1000],
    firstTokenLimit: [0, 3600],
    perTokenLimit: [0, 3600],
  };
}

export type NumberKey = Exclude<keyof ServingChoice, 'policy' | 'arrivals'>;

export const isArrival = (name: unknown): name is ArrivalKind => arrivalKinds.some((kind) => kind === name);

const policies: { readonly [P in PolicyName]: string } = {
  vllm: 'vLLM, continuous batching',
  sglang: 'SGLang, prompts first',
  'tensorrt-llm': 'TensorRT-LLM, no eviction',
  'tensorrt-llm-max-utilization': 'TensorRT-LLM, max utilization',
  static: 'Static batches',
};

export const policyLabels: readonly (readonly [PolicyName, string])[] = Object.entries(policies) as [PolicyName, string][];

export const isPolicy = (name: unknown): name is PolicyName | 'own' =>
  name === 'own' || (typeof name === 'string' && Object.hasOwn(policies, name));

/** Takes numbers within bounds and known schedulers out of what was saved or typed; the rest is left out. */
export function cleanOverride(given: { readonly [key: string]: unknown }, maxModelLen: number): Partial<ServingChoice> {
  const bounds = boundsOf(maxModelLen);
  const clean: { [K in NumberKey]?: number } = {};
  for (const key of Object.keys(bounds) as NumberKey[]) {
    const value = given[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    const [least, most] = bounds[key];
    const whole = key === 'rate' || key === 'firstTokenLimit' || key === 'perTokenLimit' ? value : Math.round(value);
    clean[key] = Math.min(most, Math.max(least, whole));
  }
  return {
    ...clean,
    ...(isPolicy(given.policy) ? { policy: given.policy } : {}),
    ...(isArrival(given.arrivals) ? { arrivals: given.arrivals } : {}),
  };
}

/** A prompt and its answer fit the context together; the part that was set first gives way. */
export function withinContext(choice: ServingChoice, maxModelLen: number, kept: 'inputTokens' | 'outputTokens'): ServingChoice {
  if (choice.inputTokens + choice.outputTokens <= maxModelLen) return choice;
  const rest = Math.max(1, maxModelLen - choice[kept]);
  return kept === 'inputTokens' ? { ...choice, outputTokens: rest } : { ...choice, inputTokens: rest };
}

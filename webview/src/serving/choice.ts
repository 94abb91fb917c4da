/** What the user may try: the load, sizes of the engine, replicas and the scheduler; and what the file and the settings say of these. Pure. */
import type { PartialJob } from '../../../server/src/core/job-fields.ts';
import { completeServing } from '../../../server/src/core/serving/complete-serving.ts';
import { estimateServing } from '../../../server/src/core/serving/estimate-serving.ts';
import type { PolicyName } from '../../../server/src/core/serving/simulation/simulation-options.ts';
import type { ServingPanelJob } from '../../../server/src/protocol/panel.ts';

export interface ServingChoice {
  /** Requests per second at the whole deployment. */
  readonly rate: number;
  /** Requests under way at most, at the whole deployment; 0 when any number may be. */
  readonly concurrency: number;
  /** Clients send the next request when one is answered, so that the rate is what that comes to. */
  readonly closed: boolean;
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

/** What the file and the settings say; parts of the load that neither says are assumed and told. */
export function fileChoice({ job, runsAs, cluster }: ServingPanelJob): FileChoice | { readonly refused: string } {
  const context = job['serving.maxModelLen'] ?? Number.POSITIVE_INFINITY;
  const inputTokens = job['load.inputTokens'] ?? Math.max(1, Math.min(usualInput, Math.floor(context / 2)));
  const outputTokens = job['load.outputTokens'] ?? Math.max(1, Math.min(usualOutput, Math.floor(context / 4)));
  const lengths = { 'load.inputTokens': inputTokens, 'load.outputTokens': outputTokens };
  const stated = job['load.requestRate'];
  const concurrency = job['load.concurrency'] ?? 0;
  const closed = stated === undefined && concurrency > 0;
  const completed = completeServing({ ...job, ...lengths, ...(closed ? {} : { 'load.requestRate': stated ?? 1 }) }, runsAs, cluster);
  if ('refusal' in completed) return { refused: completed.refusal.why };
  const { maxSequences, maxBatchedTokens, maxModelLen, dataParallel } = completed.job;
  const replicas = job['serving.replicas'] ?? 1;
  const estimated = stated === undefined ? estimateServing(completed.job) : undefined;
  const engines = replicas * dataParallel;
  const rate = stated ?? (closed ? settledOf(estimated, engines) : halfOf(estimated, engines));
  const assumed = [
    ...(stated === undefined && !closed ? [`Rate: ${rate} requests/s (half of what is sustained)`] : []),
    ...(job['load.inputTokens'] === undefined ? [`Prompts: ${inputTokens} tokens`] : []),
    ...(job['load.outputTokens'] === undefined ? [`Answers: ${outputTokens} tokens`] : []),
  ];
  return {
    choice: {
      rate,
      concurrency,
      closed,
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

type Estimated = ReturnType<typeof estimateServing> | undefined;

const loadIn = (result: Estimated) =>
  result && 'estimate' in result && result.estimate.kind === 'serving' ? result.estimate.load : undefined;

/** What the requests under way come to, in three digits. */
const settledOf = (result: Estimated, engines: number): number => Number(((loadIn(result)?.rate ?? 1) * engines).toPrecision(3));

/** Half of the sustained rate in two digits, 1 where nothing is sustained. */
function halfOf(result: Estimated, engines: number): number {
  const sustained = loadIn(result)?.sustainedRate.value ?? 0;
  return sustained > 0 ? Number(((sustained * engines) / 2).toPrecision(2)) : 1;
}

/** The job of the file with what the user chose. */
export function withChoice(job: PartialJob, choice: ServingChoice, file: ServingChoice): PartialJob {
  const { rate, concurrency, closed, inputTokens, outputTokens, firstTokenLimit, perTokenLimit } = choice;
  const { 'load.firstTokenLimit': _, 'load.perTokenLimit': __, 'load.concurrency': ___, 'load.requestRate': ____, ...rest } = job;
  return {
    ...rest,
    // What equals the file's own is left to the file, so that its defaults stay what they are there.
    ...(choice.maxSequences === file.maxSequences ? {} : { 'serving.maxSequences': choice.maxSequences }),
    ...(choice.maxBatchedTokens === file.maxBatchedTokens ? {} : { 'serving.maxBatchedTokens': choice.maxBatchedTokens }),
    'serving.replicas': choice.replicas,
    ...(closed ? {} : { 'load.requestRate': rate }),
    ...(concurrency > 0 ? { 'load.concurrency': concurrency } : {}),
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
    concurrency: [0, 1e6],
    inputTokens: [1, Math.max(1, maxModelLen - 1)],
    outputTokens: [1, Math.max(1, maxModelLen - 1)],
    maxSequences: [1, 1e5],
    maxBatchedTokens: [1, 1e6],
    replicas: [1, 1000],
    firstTokenLimit: [0, 3600],
    perTokenLimit: [0, 3600],
  };
}

export type NumberKey = Exclude<keyof ServingChoice, 'policy' | 'closed'>;

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
  // Whoever sets a rate wants requests to come at it, whether or not others are answered.
  const open = clean.rate === undefined ? {} : { closed: false, concurrency: 0 };
  return { ...clean, ...open, ...(isPolicy(given.policy) ? { policy: given.policy } : {}) };
}

/** A prompt and its answer fit the context together; the part that was set first gives way. */
export function withinContext(choice: ServingChoice, maxModelLen: number, kept: 'inputTokens' | 'outputTokens'): ServingChoice {
  if (choice.inputTokens + choice.outputTokens <= maxModelLen) return choice;
  const rest = Math.max(1, maxModelLen - choice[kept]);
  return kept === 'inputTokens' ? { ...choice, outputTokens: rest } : { ...choice, inputTokens: rest };
}

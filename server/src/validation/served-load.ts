/**
 * Rows that state how requests came: a rate, or all at once, with lengths as their source says. They go through the simulation of the
 * engine's scheduler. Lengths that a data set fixes are returned as assumptions with where they stand.
 */
import type { Assumption } from '../core/estimate.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { engineOfJob } from '../core/serving/engine-of-job.ts';
import { simulateServing } from '../core/serving/simulation/simulate-serving.ts';
import type { Arrivals } from '../core/serving/simulation/workload/arrivals.ts';
import type { Lengths } from '../core/serving/simulation/workload/lengths.ts';
import { syntheticWorkload } from '../core/serving/simulation/workload/synthetic.ts';
import type { Predicted } from './predict-training.ts';
import type { CaseInput } from './row.ts';

export interface ServedLoad {
  readonly requests: number;
  readonly arrivals: Arrivals;
  /** Requests under way at most. */
  readonly concurrency?: number;
  readonly prompt: Lengths;
  readonly output: Lengths;
  readonly assumptions: readonly Assumption[];
}

/** `--num-prompts` of vLLM's benchmarks when it is not given. */
const usualRequests = 1000;

/**
 * How ShareGPT's lengths spread, as a share of their mean: of the samples LLMServingSim keeps (its workloads at 5daddb21), and of all of
 * them as vLLM's benchmarks take them, whose means are those of Kwon et al. 2023, Figure 11.
 */
const kept = { prompt: 0.62, output: 0.16, why: 'ShareGPT as LLMServingSim samples it: answers of 512 tokens and more' };
const whole = { prompt: { mean: 161, variation: 1.2 }, output: { mean: 338, variation: 0.9 } };

const number = (input: CaseInput, name: string): number | undefined => {
  const value = input.config?.[name];
  return typeof value === 'number' && value > 0 ? value : undefined;
};

/** Rows of one workload whose answers were cut short: mean length of the answers, where the remark counts them. */
function shortened(input: CaseInput, requests: number): number | undefined {
  const counted = /only (\d+) of \S+ asked output tokens/.exec(input.note ?? '')?.[1];
  return counted === undefined ? undefined : Number(counted) / requests;
}

/** Clients that wait for answers: so many requests are under way. */
export const limitsRequests = ({ config }: CaseInput): boolean =>
  config?.concurrency !== undefined || config?.max_concurrency !== undefined;

/** The load of a row, or undefined where it states none. */
export function servedLoadOf(input: CaseInput): ServedLoad | undefined {
  const { config } = input;
  const workload = typeof config?.workload === 'string' ? config.workload : '';
  const rate = number(input, 'request_rate') ?? Number(/poisson ([\d.]+) requests\/s/i.exec(workload)?.[1] ?? Number.NaN);
  if (workload === '' && !Number.isFinite(rate) && !limitsRequests(input)) return undefined;
  const requests = number(input, 'num_prompts') ?? usualRequests;
  const assumptions: Assumption[] =
    number(input, 'num_prompts') === undefined ? [{ value: `${requests} requests`, why: "the default of vLLM's benchmark" }] : [];
  const arrivals: Arrivals = Number.isFinite(rate) ? { kind: 'poisson', rate } : { kind: 'at-once' };
  const lengths = lengthsOf(input, workload, requests);
  if (!lengths) return undefined;
  const concurrency = number(input, 'concurrency') ?? number(input, 'max_concurrency');
  return {
    requests,
    arrivals,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...lengths,
    assumptions: [...assumptions, ...lengths.assumptions],
  };
}

function lengthsOf(
  input: CaseInput,
  workload: string,
  requests: number,
): Pick<ServedLoad, 'prompt' | 'output' | 'assumptions'> | undefined {
  const [prompt, output] = [number(input, 'isl'), number(input, 'osl')];
  if (prompt !== undefined && output !== undefined) {
    const counted = shortened(input, requests);
    const asked: Assumption = {
      field: 'load.outputTokens',
      value: `${output} tokens`,
      why: 'as asked for; whether answers ended before is not stated',
    };
    return {
      prompt: { kind: 'fixed', tokens: prompt },
      output: { kind: 'fixed', tokens: counted ?? output },
      assumptions: counted === undefined ? [asked] : [],
    };
  }
  const [meanPrompt, meanOutput] = [number(input, 'mean_isl'), number(input, 'mean_osl')];
  if (meanPrompt !== undefined && meanOutput !== undefined) {
    return {
      prompt: { kind: 'log-normal', mean: meanPrompt, variation: kept.prompt },
      output: { kind: 'log-normal', mean: meanOutput, variation: kept.output },
      assumptions: [{ value: `lengths spread by ${100 * kept.prompt} % and ${100 * kept.output} % of their means`, why: kept.why }],
    };
  }
  if (!/sharegpt/i.test(workload)) return undefined;
  return {
    prompt: { kind: 'log-normal', ...whole.prompt, most: 1024 },
    output: { kind: 'log-normal', ...whole.output, most: 1024 },
    assumptions: [
      {
        field: 'load.inputTokens',
        value: '161 tokens in, 338 out',
        why: 'means of ShareGPT in Kwon et al. 2023, Figure 11; their spread is presumed',
      },
    ],
  };
}

/** Lengths of which requests arrive are drawn with this seed; another one moves the figures by a few percent. */
const seed = 1;

/** What the simulated engine makes of the load, under the names of published figures. */
export function underLoad(load: ServedLoad, job: ServingJob, written: PartialJob, kvTokens: number): Predicted {
  const { engine } = engineOfJob(job, written, kvTokens);
  const { requests, arrivals, concurrency, prompt, output } = load;
  const run = simulateServing(
    { engine, replicas: job.dataParallel, routing: 'round-robin', seed, ...(concurrency === undefined ? {} : { concurrency }) },
    syntheticWorkload({ arrivals, prompt, output, requests, seed, maxLength: job.maxModelLen }),
  );
  return {
    requests_per_s: run.requestsPerSecond,
    output_tokens_per_s: run.outputTokensPerSecond,
    total_tokens_per_s: run.outputTokensPerSecond + run.inputTokensPerSecond,
    // Throughput of vLLM's offline benchmark counts prompts too.
    tokens_per_s: run.outputTokensPerSecond + run.inputTokensPerSecond,
    makespan_s: run.seconds,
    ttft_ms: 1000 * run.ttft.mean,
    ttft_ms_mean: 1000 * run.ttft.mean,
    ttft_ms_p50: 1000 * run.ttft.p50,
    ttft_ms_p99: 1000 * run.ttft.p99,
    tpot_ms: 1000 * run.tpot.mean,
    tpot_ms_mean: 1000 * run.tpot.mean,
    tpot_ms_p50: 1000 * run.tpot.p50,
    itl_median_ms: 1000 * run.itl.p50,
  };
}

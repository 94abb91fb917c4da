/** The simulated engine of a complete serving job: its scheduler's policy, its sizes and its step times. */
import type { Assumption } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import type { PartialJob } from '../job-fields.ts';
import type { EngineOptions, PolicyName } from './simulation/simulation-options.ts';
import { stepTimer } from './time/timer-of-job.ts';
import { sequencesOfReplica, tokensOfReplica } from './tokens-of-replica.ts';

const policies: Readonly<Record<string, PolicyName>> = { vllm: 'vllm', sglang: 'sglang', 'tensorrt-llm': 'tensorrt-llm' };

/** The scheduler of the job's engine; undefined when it is not simulated. */
export const policyOf = ({ framework }: Pick<ServingJob, 'framework'>): PolicyName | undefined => policies[framework];

/** The scheduler that stands for those that are not simulated. */
export const otherwisePolicy: PolicyName = 'vllm';

export interface SimulatedEngine {
  readonly engine: EngineOptions;
  readonly assumptions: readonly Assumption[];
}

/** Nothing in a configuration says how often drafts are right, nor what drafting costs. */
const usualAcceptance = 0.7;
const usualDraftShare = 0.05;

/** Requests and the part of the context at which a step of the draft is set against one of the model. */
const comparedBatch = 8;

/** One drafted token against one step of the model: both timed where the draft is known. */
function draftShareOf(job: ServingJob): number {
  if (job.draft === undefined) return usualDraftShare;
  const batch = Math.min(comparedBatch, job.maxSequences);
  const live = (batch * job.maxModelLen) / 2;
  return stepTimer(job.draft.job).seconds(batch, batch, 0, live) / stepTimer(job).seconds(batch, batch, 0, live);
}

/** What the command line may say over the configuration. */
export interface EngineChoices {
  readonly policy?: PolicyName;
  readonly drafted?: number;
  readonly acceptance?: number;
}

/** `written`: the job as read, for what only schedulers need. `kvTokens`: what the estimate says that the cache holds of such requests. */
export function engineOfJob(job: ServingJob, written: PartialJob, kvTokens: number, choices: EngineChoices = {}): SimulatedEngine {
  const { policy } = choices;
  const own = policyOf(job);
  const assumptions: Assumption[] = [];
  const chosen = policy ?? own ?? otherwisePolicy;
  if (policy === undefined && own === undefined) {
    assumptions.push({
      value: otherwisePolicy,
      why: `the scheduler of ${job.framework} is not simulated; a continuous batch as vLLM makes it stands for it`,
    });
  }
  const drafted = choices.drafted ?? written['serving.speculativeTokens'] ?? 0;
  const acceptance = choices.acceptance ?? usualAcceptance;
  if (drafted > 0 && choices.acceptance === undefined) {
    assumptions.push({
      value: `${100 * acceptance} % of drafted tokens accepted`,
      why: 'no configuration says it; it hangs on model and text',
    });
  }
  const draftShare = draftShareOf(job);
  if (drafted > 0) {
    assumptions.push({
      value: `${(100 * draftShare).toPrecision(2)} % of a decode step per drafted token`,
      why: job.draft
        ? `a step of the draft against one of the model, ${comparedBatch} requests`
        : 'the cost of drafting, typical of one extra layer',
    });
  }
  const modern = chosen !== 'static';
  return {
    engine: {
      policy: chosen,
      timer: stepTimer(job),
      kvTokens: tokensOfReplica(job, kvTokens),
      page: job.blockSize,
      maxSequences: sequencesOfReplica(job),
      maxBatchedTokens: job.maxBatchedTokens,
      chunkedPrefill: modern && job.chunkedPrefill,
      prefixCache: modern && (written['serving.prefixCaching'] ?? true),
      pipeline: job.pipeline,
      ...(drafted > 0 ? { speculation: { drafted, acceptance, draftShare } } : {}),
    },
    assumptions,
  };
}

/** What a simulation of a serving engine is told. Times in seconds, sizes in tokens of one engine replica. */
import type { StepTimer } from '../time/step-timer.ts';

export type PolicyName = 'vllm' | 'sglang' | 'tensorrt-llm' | 'tensorrt-llm-max-utilization' | 'static';

export interface EngineOptions {
  readonly policy: PolicyName;
  readonly timer: StepTimer;
  /** Tokens whose keys and values fit in the cache. */
  readonly kvTokens: number;
  /** Tokens per block of the cache. */
  readonly page: number;
  readonly maxSequences: number;
  /** Tokens of one step; SGLang's chunked prefill size. */
  readonly maxBatchedTokens: number;
  readonly chunkedPrefill: boolean;
  readonly prefixCache: boolean;
  /** Batches in flight at once, each a stage apart. */
  readonly pipeline: number;
  readonly speculation?: Speculation;
  /** vLLM: a prompt is admitted only when all of it fits, not only its first chunk. */
  readonly reservePrompt?: boolean;
  /** SGLang: `--schedule-conservativeness` and `--max-prefill-tokens`. */
  readonly conservativeness?: number;
  readonly maxPrefillTokens?: number;
}

export interface Speculation {
  /** Tokens drafted per step. */
  readonly drafted: number;
  /** Chance that a drafted token is accepted, given that those before it were. */
  readonly acceptance: number;
  /** Time of drafting one token, as a share of a decode step without speculation. */
  readonly draftShare: number;
}

/** Engines that only prefill, and hand the cache over a link to those that only decode. */
export interface Disaggregation {
  readonly prefill: EngineOptions;
  readonly prefillReplicas: number;
  /** Bytes of keys and values per token, over all GPUs of a replica. */
  readonly bytesPerToken: number;
  /** Bytes per second out of one prefill engine, and seconds until the first byte arrives. */
  readonly bandwidth: number;
  readonly latency: number;
}

export type RoutingName = 'round-robin' | 'least-requests' | 'prefix-aware';

export interface ServingSlo {
  /** Seconds; undefined: any. */
  readonly ttft?: number;
  readonly tpot?: number;
  readonly endToEnd?: number;
  /** Share of the requests that must keep to it. */
  readonly share: number;
}

export interface SimulationOptions {
  readonly engine: EngineOptions;
  readonly replicas: number;
  readonly routing: RoutingName;
  readonly disaggregation?: Disaggregation;
  readonly slo?: ServingSlo;
  /** Requests under way at most: clients send the next one when one is answered, as benchmarks do that limit them. */
  readonly concurrency?: number;
  readonly seed: number;
  /** Points of the time series at most. */
  readonly points?: number;
  /** Asked now and then; true ends the run early. */
  readonly cancelled?: () => boolean;
  /** Every step by itself, as the tests of the shortcut for runs of decode steps want it. */
  readonly everyStep?: boolean;
}

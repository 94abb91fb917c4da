/** A serving estimate and the times of the row's run under the names and units of `measured`. */
import type { ServingEstimate } from '../core/estimate.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { meanLength } from '../core/serving/simulation/workload/lengths.ts';
import { stepTimer } from '../core/serving/time/timer-of-job.ts';
import { sequencesOfReplica, tokensOfReplica } from '../core/serving/tokens-of-replica.ts';
import type { Predicted } from './predict-training.ts';
import type { CaseInput } from './row.ts';
import { servedLoadOf, underLoad } from './served-load.ts';
import { servedRow } from './serving-names.ts';
import { type ServingRun, servingRunOf } from './serving-run.ts';
import { loopSeconds, type RunTimes, runTimes, steadyRate } from './uniform-run.ts';

const gib = 2 ** 30;

/** Every field of `measured` the serving model can give; times only where the job is `complete`, its GPU known. */
export function predictServing(input: CaseInput, job: PartialJob, estimate: ServingEstimate, complete: ServingJob | undefined): Predicted {
  const { memory } = estimate;
  const predicted: Predicted = { weights_gib: memory.weights.value / gib };
  const sized = complete !== undefined || servedRow(input).hardware?.gpu_mem_gib !== undefined;
  if (sized) {
    predicted.kv_cache_gib = memory.kvCache.value / gib;
    predicted.kv_tokens = estimate.kvTokens.value;
    predicted.k_size_gib = memory.kvCache.value / 2 / gib;
    predicted.v_size_gib = predicted.k_size_gib;
    predicted.gpu_blocks = Math.floor(estimate.kvTokens.value / (job['serving.blockSize'] ?? 16));
    if (job['serving.maxModelLen'] !== undefined) predicted.max_concurrency = estimate.concurrency.value;
    const activations = memory.overhead.children?.find((child) => /activation|profil/i.test(child.id));
    if (activations) predicted.activation_peak_gib = activations.value / gib;
    const graphs = memory.overhead.children?.find((child) => /graph/i.test(child.id));
    if (graphs) predicted.cuda_graph_gib = graphs.value / gib;
    const outside = memory.overhead.children?.find((child) => /outside/i.test(child.id));
    if (outside) predicted.non_torch_gib = outside.value / gib;
  }
  if (complete) {
    const load = servedLoadOf(input);
    const times = load
      ? underLoad(load, complete, job, Math.floor(estimate.heldTokens(meanLength(load.prompt) + meanLength(load.output) / 2)))
      : timeFields(input, estimate, complete);
    Object.assign(predicted, times);
  }
  for (const [name, value] of Object.entries(predicted)) {
    if (typeof value === 'number' && !Number.isFinite(value)) delete predicted[name];
  }
  return predicted;
}

function timeFields(input: CaseInput, estimate: ServingEstimate, job: ServingJob): Predicted {
  const run = servingRunOf(input);
  if (!run) return {};
  const timer = stepTimer(job);
  const limits = { slots: slotsOf(run, estimate, job), batchedTokens: job.maxBatchedTokens };
  if (run.kind === 'steady') {
    const replicas = job.dataParallel * Math.max(1, Math.floor((input.hardware?.gpus ?? 1) / estimate.gpus));
    const rate = steadyRate(timer, run, limits);
    return rate === undefined ? {} : { tokens_per_s: replicas * rate };
  }
  if (run.kind === 'loop') return { tpot_ms: 1000 * loopSeconds(timer, run, limits) };
  return fieldsOf(input, run, runTimes(timer, run, limits), job.dataParallel, countsWhole(input) ? 1 : estimate.gpus);
}

/**
 * TensorRT-LLM 0.5 heads its column "Throughput (out tok/s)" (docs/source/performance.md of that release): that of all GPUs. As the
 * rate of each the weights alone would be read faster than the memory allows.
 */
function countsWhole({ source }: CaseInput): boolean {
  return source === 'trtllm-0.5';
}

/** Requests at once: those whose cache fits when each is half through, or fully where the engine reserves it. */
function slotsOf(run: ServingRun, estimate: ServingEstimate, job: ServingJob): number {
  const { prompt, output } = run;
  const reserved = prompt + (run.kind !== 'steady' && job.framework === 'tensorrt-llm' ? output : output / 2);
  return Math.min(sequencesOfReplica(job), Math.floor(tokensOfReplica(job, estimate.heldTokens(reserved)) / reserved));
}

/**
 * Splitwise's profile lets answers end where the model ends them: of 512 tokens and more that were asked for, how many came is not
 * stated. (Its time per token and its whole time do not go together there.)
 */
function endsKnown({ engine }: CaseInput, { output }: ServingRun): boolean {
  return !/vllm-based profiler/i.test(engine?.name ?? '') || output < 512;
}

/** `replicas` share the requests of a queue; a batch runs on one. */
function fieldsOf(input: CaseInput, run: ServingRun, times: RunTimes, replicas: number, gpus: number): Predicted {
  const { requests, prompt, output } = run;
  if (run.kind === 'prompt') {
    const milliseconds = times.prefill * 1000;
    return { prefill_ms: milliseconds, ttft_ms: milliseconds, tokens_per_s: (requests * prompt) / times.prefill };
  }
  const rate = (requests * output * (run.kind === 'queue' ? replicas : 1)) / times.whole;
  const rates = { output_tokens_per_s: rate, output_tokens_per_s_per_gpu: rate / gpus, tokens_per_s: rate };
  if (run.kind === 'queue') return rates;
  return {
    ...rates,
    prefill_ms: times.prefill * 1000,
    ttft_ms: times.prefill * 1000,
    tpot_ms: times.perToken * 1000,
    ...(endsKnown(input, run) ? { e2e_ms: times.whole * 1000, e2e_latency_ms: times.whole * 1000 } : {}),
  };
}

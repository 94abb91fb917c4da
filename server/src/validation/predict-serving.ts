/** A serving estimate under the names and units of `measured`. */
import type { ServingEstimate } from '../core/estimate.ts';
import type { PartialJob } from '../core/job-fields.ts';
import type { Predicted } from './predict-training.ts';
import type { CaseInput } from './row.ts';
import { servedRow } from './serving-names.ts';

const gib = 2 ** 30;

/** Every field of `measured` the serving model can give; times only when the GPU is known and the batch is stated. */
export function predictServing(input: CaseInput, job: PartialJob, estimate: ServingEstimate, timeKnown: boolean): Predicted {
  const { memory } = estimate;
  const predicted: Predicted = { weights_gib: memory.weights.value / gib };
  const sized = timeKnown || servedRow(input).hardware?.gpu_mem_gib !== undefined;
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
  if (timeKnown) Object.assign(predicted, timeFields(input, estimate));
  for (const [name, value] of Object.entries(predicted)) {
    if (typeof value === 'number' && !Number.isFinite(value)) delete predicted[name];
  }
  return predicted;
}

function timeFields(input: CaseInput, estimate: ServingEstimate): Predicted {
  const batch = input.config?.batch_size;
  const [inLength, outLength] = [input.config?.isl, input.config?.osl];
  if (typeof batch !== 'number' || typeof inLength !== 'number') return {};
  // The estimate's prefill covers `prefill.tokens`; prompts of the whole batch are as many times that long.
  const prefill = (estimate.prefill.timeToFirstToken.value * batch * inLength) / Math.max(1, estimate.prefill.tokens);
  const fields: Predicted = { prefill_ms: prefill * 1000, ttft_ms: prefill * 1000 };
  if (typeof outLength !== 'number') return fields;
  const perToken = estimate.decode.timePerToken.value;
  const whole = prefill + Math.max(0, outLength - 1) * perToken;
  fields.tpot_ms = perToken * 1000;
  fields.e2e_ms = whole * 1000;
  fields.e2e_latency_ms = whole * 1000;
  fields.output_tokens_per_s = (batch * outLength) / whole;
  fields.output_tokens_per_s_per_gpu = (batch * outLength) / whole / estimate.gpus;
  return fields;
}

/** Errors of predictions against measurements, per quantity. The only place where both are seen together. */

export interface RowError {
  readonly id: string;
  readonly field: string;
  readonly predicted: number;
  readonly measured: number;
  readonly quantity: Quantity;
  /** (predicted - measured) / measured; for shares in percent, the difference in points / 100. */
  readonly error: number;
}

export interface QuantitySummary {
  readonly rows: number;
  readonly median: number;
  readonly p90: number;
  /** Mean signed error: positive when predictions are too high. */
  readonly bias: number;
  readonly worst: readonly RowError[];
}

export type Quantity =
  | 'collectives'
  | 'memory'
  | 'throughput'
  | 'utilization'
  | 'serving memory'
  | 'serving time'
  | 'kernel time'
  | 'kernel occupancy';

const quantities: Readonly<Record<string, Quantity>> = {
  peak_mem_gib: 'memory',
  peak_mem_gb: 'memory',
  peak_reserved_gib: 'memory',
  nvidia_smi_mem_gib: 'memory',
  resident_mem_gib: 'memory',
  after_step_mem_gib: 'memory',
  memory_usage_mib: 'memory',
  model_state_mem_mib: 'memory',
  activation_mem_mib: 'memory',
  activation_peak_mib: 'memory',
  activation_mem_pct_of_tp_baseline: 'memory',
  tokens_per_s_per_gpu: 'throughput',
  layer_forward_ms: 'throughput',
  layer_backward_ms: 'throughput',
  layer_forward_ms_per_sample: 'throughput',
  iter_s: 'throughput',
  tflops_per_gpu: 'throughput',
  hfu_tflops_per_gpu: 'throughput',
  mfu: 'utilization',
  hfu: 'utilization',
  time_us: 'collectives',
  time_ms: 'collectives',
  latency_us: 'collectives',
  busbw_gb_s: 'collectives',
  algbw_gb_s: 'collectives',
  bandwidth_gb_s: 'collectives',
  bottleneck_bw_gb_s: 'collectives',
  activation_peak_gib: 'serving memory',
  weights_gib: 'serving memory',
  kv_cache_gib: 'serving memory',
  kv_tokens: 'serving memory',
  gpu_blocks: 'serving memory',
  max_concurrency: 'serving memory',
  requests_per_s: 'serving time',
  total_tokens_per_s: 'serving time',
  makespan_s: 'serving time',
  ttft_ms_mean: 'serving time',
  ttft_ms_p50: 'serving time',
  ttft_ms_p99: 'serving time',
  tpot_ms_mean: 'serving time',
  tpot_ms_p50: 'serving time',
  itl_median_ms: 'serving time',
  tpot_ms: 'serving time',
  ttft_ms: 'serving time',
  prefill_ms: 'serving time',
  e2e_ms: 'serving time',
  e2e_latency_ms: 'serving time',
  output_tokens_per_s: 'serving time',
  output_tokens_per_s_per_gpu: 'serving time',
  tokens_per_s: 'serving time',
};

/** The quantity a measured field is judged under; undefined for fields that repeat another one in a different unit. */
function quantityOf(field: string, predicted: Predicted): Quantity | undefined {
  return (isOfKernel(predicted) ? kernelQuantities : quantities)[field];
}

/** Of rows about single kernels: the same names mean other things there. */
const kernelQuantities: Readonly<Record<string, Quantity>> = {
  time_ms: 'kernel time',
  time_us: 'kernel time',
  tflops: 'kernel time',
  gflops: 'kernel time',
  gbps: 'kernel time',
  limit_blocks_sm: 'kernel occupancy',
  limit_blocks_warps: 'kernel occupancy',
  limit_blocks_registers: 'kernel occupancy',
  limit_blocks_shared: 'kernel occupancy',
  theoretical_occupancy_pct: 'kernel occupancy',
  waves_per_sm: 'kernel occupancy',
};

type Predicted = Readonly<Record<string, number | boolean>>;

const isOfKernel = (predicted: Predicted): boolean => 'kernel_us' in predicted || 'limit_blocks_sm' in predicted;

/**
 * Whether a prediction is judged by a field. Tokens per second of a whole machine count for serving engines only (their predictions
 * hold the weights): of training the rate per GPU does.
 */
function isJudged(field: string, predicted: Predicted): boolean {
  return quantityOf(field, predicted) !== undefined && (field !== 'tokens_per_s' || 'weights_gib' in predicted);
}

/** Ways to print one measurement of a collective: a bandwidth is the size over the time of the same row. */
const printings = ['time_us', 'time_ms', 'latency_us', 'busbw_gb_s', 'bandwidth_gb_s', 'bottleneck_bw_gb_s', 'algbw_gb_s'];

/** The same of a kernel: rates are its work over its time. */
const kernelPrintings = ['time_ms', 'time_us', 'tflops', 'gflops', 'gbps'];

/** Whether a field prints again what an earlier one of the list does. */
function repeats(field: string, measured: Predicted, predicted: Predicted): boolean {
  const list = isOfKernel(predicted) ? kernelPrintings : printings;
  const place = list.indexOf(field);
  return list.slice(0, Math.max(0, place)).some((other) => measured[other] !== undefined);
}

/** Errors of one row. Fields that were measured as yes/no, as zero or not at all are left out. */
export function errorsOf(id: string, predicted: Predicted, measured: Predicted): RowError[] {
  const errors: RowError[] = [];
  for (const [field, value] of Object.entries(measured)) {
    const guess = predicted[field];
    const quantity = quantityOf(field, predicted);
    if (typeof value !== 'number' || typeof guess !== 'number' || value === 0 || quantity === undefined) continue;
    if (!isJudged(field, predicted) || repeats(field, measured, predicted)) continue;
    const points = field === 'activation_mem_pct_of_tp_baseline';
    errors.push({ id, field, quantity, predicted: guess, measured: value, error: points ? (guess - value) / 100 : guess / value - 1 });
  }
  return errors;
}

/** Quantities of which a row states something and nothing is predicted. */
export function untoldOf(predicted: Predicted, measured: Predicted): readonly Quantity[] {
  const stated = Object.entries(measured).flatMap(([field, value]) =>
    typeof value === 'number' && value !== 0 && isJudged(field, predicted) ? [field] : [],
  );
  const told = new Set(stated.filter((field) => field in predicted).map((field) => quantityOf(field, predicted)));
  return [...new Set(stated.flatMap((field) => quantityOf(field, predicted) ?? []))].filter((quantity) => !told.has(quantity));
}

/** Median, 90th percentile, bias and the worst rows of a list of errors. */
export function summarize(errors: readonly RowError[], worst = 5): QuantitySummary {
  const sorted = [...errors].sort((a, b) => Math.abs(a.error) - Math.abs(b.error));
  const sum = errors.reduce((total, { error }) => total + error, 0);
  return {
    rows: errors.length,
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    bias: errors.length === 0 ? 0 : sum / errors.length,
    worst: sorted.slice(-worst).reverse(),
  };
}

/** Linear interpolation between the neighbours, as numpy's default. */
function quantile(sorted: readonly RowError[], share: number): number {
  if (sorted.length === 0) return 0;
  const place = (sorted.length - 1) * share;
  const low = Math.abs(sorted[Math.floor(place)]?.error ?? 0);
  const high = Math.abs(sorted[Math.ceil(place)]?.error ?? 0);
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * The figures of docs/accuracy.md: what was compared, by kind, software and device, fitted and held out, and what was
 * refused. A row counts once per kind: throughput and step time are the same measurement in two units.
 */
import type { RowGroup } from './group.ts';
import type { RowResult, ValidationReport } from './run.ts';
import type { Timed } from './serving-run.ts';
import { type QuantitySummary, type RowError, summarize } from './summary.ts';

export interface Kind {
  readonly id: string;
  readonly title: string;
  /** Measured fields; the first that a row has is compared, or with `every` each of them. */
  readonly fields: readonly string[];
  readonly every?: boolean;
  /** Of rows about single kernels, those that state this; other kinds leave such rows alone. */
  readonly kernel?: 'time' | 'occupancy';
  /** Of serving rows, the fields by what the row timed: tokens per second are those of prompts, of single tokens or of whole runs. */
  readonly timed?: Partial<Readonly<Record<Timed, readonly string[]>>>;
}

/** Of a simulated load: its rate, and the mean and middle of what a request waits for. */
const loadFields = ['output_tokens_per_s', 'tokens_per_s', 'ttft_ms', 'ttft_ms_mean', 'tpot_ms', 'tpot_ms_mean', 'itl_median_ms'];

/** What is reported, in the order people ask for it. */
export const kinds: readonly Kind[] = [
  { id: 'peak-memory', title: 'Peak memory', fields: ['peak_mem_gib', 'peak_mem_gb'] },
  {
    id: 'other-memory',
    title: 'Resident, reserved, activation and nvidia-smi memory',
    fields: [
      'resident_mem_gib',
      'after_step_mem_gib',
      'memory_usage_mib',
      'model_state_mem_mib',
      'peak_reserved_gib',
      'nvidia_smi_mem_gib',
      'activation_mem_mib',
      'activation_peak_mib',
      'activation_mem_pct_of_tp_baseline',
    ],
    every: true,
  },
  {
    id: 'throughput',
    title: 'Throughput and step time',
    fields: ['tokens_per_s_per_gpu', 'iter_s', 'tflops_per_gpu', 'hfu_tflops_per_gpu', 'mfu'],
  },
  { id: 'utilization', title: 'MFU and HFU', fields: ['mfu', 'hfu'] },
  { id: 'layers', title: 'Single layers', fields: ['layer_forward_ms', 'layer_backward_ms'], every: true },
  { id: 'collectives', title: 'Collectives', fields: ['time_us', 'time_ms', 'busbw_gb_s', 'bottleneck_bw_gb_s'] },
  {
    id: 'serving-memory',
    title: 'Memory of serving engines',
    fields: ['weights_gib', 'kv_cache_gib', 'kv_tokens', 'gpu_blocks', 'max_concurrency', 'activation_peak_gib'],
    every: true,
  },
  {
    id: 'serving-prompt',
    title: 'First tokens of serving engines',
    fields: [],
    timed: { prompt: ['ttft_ms', 'prefill_ms', 'tokens_per_s'], run: ['ttft_ms', 'prefill_ms'] },
  },
  { id: 'serving-token', title: 'Time per token of serving engines', fields: [], timed: { tokens: ['tokens_per_s'], run: ['tpot_ms'] } },
  {
    id: 'serving-rate',
    title: 'Throughput and whole runs of serving engines',
    fields: [],
    timed: { run: ['output_tokens_per_s', 'output_tokens_per_s_per_gpu', 'tokens_per_s', 'e2e_latency_ms'] },
  },
  {
    id: 'serving-load',
    title: 'Serving engines under a stated load, simulated',
    fields: [],
    timed: { load: loadFields },
    every: true,
  },
  { id: 'kernel-time', title: 'Time of single kernels', fields: ['time_ms', 'time_us', 'tflops', 'gflops', 'gbps'], kernel: 'time' },
  {
    id: 'kernel-occupancy',
    title: 'Occupancy of single kernels',
    fields: [
      'limit_blocks_sm',
      'limit_blocks_warps',
      'limit_blocks_registers',
      'limit_blocks_shared',
      'theoretical_occupancy_pct',
      'waves_per_sm',
    ],
    kernel: 'occupancy',
    every: true,
  },
];

/** One comparison with the group of its row. */
export interface Figure extends RowError {
  readonly kind: string;
  readonly group: RowGroup;
}

/** Every comparison of a report, kind by kind. */
export function figuresOf(report: ValidationReport): readonly Figure[] {
  const groups = new Map(report.rows.map((row) => [row.id, row.group]));
  const byRow = new Map<string, RowError[]>();
  for (const error of report.errors) byRow.set(error.id, [...(byRow.get(error.id) ?? []), error]);
  return kinds.flatMap((kind) =>
    [...byRow].flatMap(([id, errors]) => {
      const group = groups.get(id);
      if (group?.kernel !== kind.kernel) return [];
      const fields = kind.timed === undefined ? kind.fields : (kind.timed[group?.timed ?? 'run'] ?? []);
      const wanted = fields.flatMap((field) => errors.filter((error) => error.field === field));
      return group ? (kind.every ? wanted : wanted.slice(0, 1)).map((error) => ({ ...error, kind: kind.id, group })) : [];
    }),
  );
}

/** Keys of `items`, sorted, each with its items. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [string, readonly T[]])[] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = found.get(key);
    if (list) list.push(item);
    else found.set(key, [item]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

export interface HoldOutComparison {
  readonly fitted: QuantitySummary;
  readonly heldOut: QuantitySummary;
  /** Median error of the held-out sources over that of the others; 1 when there is nothing to compare. */
  readonly ratio: number;
}

/** The two parts of the sources side by side. */
export function holdOut(figures: readonly Figure[]): HoldOutComparison {
  const fitted = summarize(figures.filter(({ group }) => !group.heldOut));
  const heldOut = summarize(figures.filter(({ group }) => group.heldOut));
  const comparable = fitted.rows > 0 && heldOut.rows > 0 && fitted.median > 0;
  return { fitted, heldOut, ratio: comparable ? heldOut.median / fitted.median : 1 };
}

export interface Answered {
  readonly rows: number;
  readonly answered: number;
  /** Reasons with their number of rows, the commonest first. */
  readonly refused: readonly (readonly [string, number])[];
}

/** How many rows were answered, and why the others were not. */
export function answeredOf(rows: readonly RowResult[]): Answered {
  const reasons = groupBy(
    rows.filter(({ refused }) => refused !== null),
    ({ refused }) => refused ?? '',
  ).map(([why, list]) => [why, list.length] as const);
  const refused = [...reasons].sort((a, b) => b[1] - a[1]);
  return { rows: rows.length, answered: rows.length - refused.reduce((sum, [, count]) => sum + count, 0), refused };
}

/** A published aim for some of the figures. */
export interface Target {
  readonly title: string;
  readonly figures: (figure: Figure) => boolean;
  readonly median?: number;
  readonly p90?: number;
  /** Mean of the absolute errors, and the largest one. */
  readonly mean?: number;
  readonly most?: number;
}

const isOf = ({ group, id }: Figure, name: RegExp): boolean => name.test(`${group.source} ${id}`);
const isReal = (figure: Figure): boolean => !isOf(figure, /vtrain|korthikanti/i);

/** What the model is meant to reach, on these rows or, where no row is of that kind, on rows that are not here. */
export const targets: readonly Target[] = [
  {
    title: 'Activation memory of Korthikanti et al. 2022, as shares of the baseline',
    figures: ({ field }) => field === 'activation_mem_pct_of_tp_baseline',
    most: 0.02,
  },
  {
    title: 'Memory of Korthikanti et al. 2022, Figure 1',
    figures: (figure) => figure.kind === 'peak-memory' && isOf(figure, /korthikanti/i),
    most: 0.02,
  },
  {
    title: 'The 8 step times of Korthikanti et al. 2022',
    figures: (figure) => figure.kind === 'throughput' && isOf(figure, /korthikanti/i),
    mean: 0.03,
    most: 0.06,
  },
  {
    title: 'Multi-node step times of vTrain',
    figures: (figure) => figure.kind === 'throughput' && isOf(figure, /vtrain/i) && !figure.id.startsWith('vtrain-single'),
    mean: 0.07,
  },
  {
    title: 'Single-node step times of vTrain',
    figures: ({ id, kind }) => kind === 'throughput' && id.startsWith('vtrain-single'),
    mean: 0.1,
  },
  { title: 'Peak memory of real runs', figures: (figure) => figure.kind === 'peak-memory' && isReal(figure), median: 0.05, p90: 0.12 },
  {
    title: 'Throughput or MFU of real runs',
    figures: (figure) => figure.kind === 'throughput' && isReal(figure),
    median: 0.08,
    p90: 0.2,
  },
  { title: 'Weights of serving engines', figures: ({ field }) => field === 'weights_gib', median: 0.01 },
  { title: 'KV-cache tokens of serving engines', figures: ({ field }) => field === 'kv_tokens', median: 0.03 },
  { title: 'First tokens of serving engines', figures: ({ kind }) => kind === 'serving-prompt', median: 0.1 },
  { title: 'Time per token of serving engines', figures: ({ kind }) => kind === 'serving-token', median: 0.1 },
  { title: 'Throughput of serving engines', figures: ({ kind }) => kind === 'serving-rate', median: 0.1 },
  { title: 'Occupancy of single kernels', figures: ({ kind }) => kind === 'kernel-occupancy', most: 0.005 },
  {
    title: 'Products of libraries and compilers, in the GPUs of the kernel rows',
    figures: (figure) =>
      figure.kind === 'kernel-time' && figure.group.framework !== 'written by hand' && !/vec|softmax|sum/i.test(figure.id),
    mean: 0.15,
  },
];

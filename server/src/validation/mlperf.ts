/**
 * Rows of MLPerf Inference submissions. The rules fix data set, lengths and latency limits (mlcommons/inference, loadgen/mlperf.conf
 * and the benchmarks' pages); engine, format and layout are the submitter's and stand in no table, so they are assumed: the
 * narrowest format of the device, and the fewest GPUs that leave room for a cache.
 */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import { computeSetup } from './mlperf-setup.ts';
import type { CaseInput } from './row.ts';

interface Benchmark {
  readonly name: RegExp;
  readonly card: string;
  /** Mean tokens of prompt and answer. */
  readonly prompt: number;
  readonly output: number;
  /** Limits of the time per output token by scenario, in seconds. */
  readonly server?: number;
  readonly interactive?: number;
  /** The narrowest format presumed to pass the accuracy target, where that is not the device's narrowest. */
  readonly format?: string;
  readonly source: string;
}

/** gpt-oss-120b is not among them: the lengths of its prompts stand in no text (only in a picture). */
const benchmarks: readonly Benchmark[] = [
  { name: /^llama2-70b/i, card: 'Llama-2-70b', prompt: 294, output: 294, server: 0.2, interactive: 0.04, source: 'OpenOrca' },
  { name: /^llama3\.1-8b/i, card: 'Llama-3.1-8B', prompt: 778, output: 128, server: 0.1, interactive: 0.03, source: 'CNN/DailyMail' },
  {
    name: /^llama3\.1-405b/i,
    card: 'Llama-3.1-405B',
    prompt: 9428,
    output: 684,
    server: 0.175,
    interactive: 0.08,
    source: 'LongBench, LongDataCollections, Ruler, GovReport',
  },
  { name: /^mixtral-8x7b/i, card: 'Mixtral-8x7B', prompt: 340, output: 145, server: 0.2, format: 'fp8', source: 'OpenOrca, GSM8K, MBXP' },
  {
    name: /^deepseek-r1/i,
    card: 'deepseek-ai/DeepSeek-R1',
    prompt: 800,
    output: 3886,
    server: 0.08,
    interactive: 0.015,
    source: 'AIME, MATH500, GPQA, MMLU-Pro, LiveCodeBench',
  },
];

export interface MlperfRun {
  readonly card: string;
  readonly prompt: number;
  readonly output: number;
  /** Longest time per output token; absent: Offline, where nothing is limited. */
  readonly tokenLimit: number | undefined;
  readonly format: string | undefined;
  readonly source: string;
}

export const isMlperf = (input: CaseInput): boolean => /mlperf/i.test(input.engine?.name ?? '');

/** The run of a submission, or undefined when the benchmark is not one of language models. */
export function mlperfRun(input: CaseInput): MlperfRun | undefined {
  const id = input.model?.id ?? '';
  const found = benchmarks.find(({ name }) => name.test(id));
  if (!found) return undefined;
  const scenario = String(input.config?.scenario ?? '');
  const tokenLimit = /interactive/i.test(scenario)
    ? (found.interactive ?? found.server)
    : /server/i.test(scenario)
      ? found.server
      : undefined;
  return { card: found.card, prompt: found.prompt, output: found.output, tokenLimit, format: found.format, source: found.source };
}

/** What the row leaves to the submitter, as fields of a job. */
export function mlperfFields(input: CaseInput, run: MlperfRun, capacity: number, fields: PartialJobDraft): readonly Assumption[] {
  const gpus = Math.max(1, input.hardware?.gpus ?? 1);
  const setup = computeSetup(fields as PartialJob, input.hardware?.gpu ?? '', gpus, capacity, run.format);
  Object.assign(fields, setup.fields);
  fields['serving.maxModelLen'] = run.prompt + run.output;
  return [
    {
      field: 'load.inputTokens',
      value: `${run.prompt} tokens in, ${run.output} out`,
      why: `mean lengths of ${run.source}, which the rules prescribe; the prompts' are presumed`,
    },
    { field: 'serving.quantization', value: setup.format, why: 'the narrowest format of the device; submissions are free to choose' },
    {
      field: 'parallel.tensor',
      value: String(setup.tensor),
      why: 'the fewest GPUs on which weights leave room for a cache; the rest are replicas',
    },
  ];
}

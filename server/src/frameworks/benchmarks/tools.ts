/**
 * Programs that send requests to a server, and what their arguments say of the load. Names and defaults: vllm/benchmarks/serve.py and
 * datasets.py, sglang/bench_serving.py 0.5 (random lengths are drawn from ratio * length to length), genai-perf and aiperf
 * (genai_perf/parser.py), guidellm (benchmark/entrypoints), llmperf token_benchmark_ray.py, TensorRT-LLM benchmarks/cpp/prepare_dataset.py.
 */
import type { CommandLine, Word } from '../../syntax/document.ts';

export interface BenchmarkTool {
  readonly label: string;
  readonly rate?: readonly string[];
  readonly concurrency?: readonly string[];
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly model?: readonly string[];
  /** What random lengths are when only one of them is given. */
  readonly usual?: { readonly input: number; readonly output: number };
  /** Lengths are drawn evenly from `random-range-ratio` times the length to the length. */
  readonly drawsBelow?: boolean;
  /** Kind of load and its size in two flags. */
  readonly kindOfRate?: boolean;
}

const vllm: BenchmarkTool = {
  label: 'vllm bench serve',
  rate: ['request-rate'],
  concurrency: ['max-concurrency'],
  input: ['random-input-len', 'input-len', 'sonnet-input-len', 'random-input'],
  output: ['random-output-len', 'output-len', 'sonnet-output-len', 'custom-output-len', 'random-output'],
  model: ['model', 'served-model-name'],
  usual: { input: 1024, output: 128 },
};
const sglang: BenchmarkTool = {
  label: 'sglang.bench_serving',
  rate: ['request-rate'],
  concurrency: ['max-concurrency'],
  input: ['random-input-len', 'random-input'],
  output: ['random-output-len', 'random-output'],
  model: ['model'],
  usual: { input: 1024, output: 1024 },
  drawsBelow: true,
};
const genaiPerf: BenchmarkTool = {
  label: 'genai-perf',
  rate: ['request-rate'],
  concurrency: ['concurrency'],
  input: ['synthetic-input-tokens-mean', 'isl', 'prompt-input-tokens-mean'],
  output: ['output-tokens-mean', 'osl', 'prompt-output-tokens-mean'],
  model: ['model', 'm'],
};
const guidellm: BenchmarkTool = { label: 'guidellm', kindOfRate: true, model: ['model'] };
const llmperf: BenchmarkTool = {
  label: 'llmperf',
  concurrency: ['num-concurrent-requests'],
  input: ['mean-input-tokens'],
  output: ['mean-output-tokens'],
  model: ['model'],
};
const trtllmBench: BenchmarkTool = { label: 'trtllm-bench', concurrency: ['concurrency'], model: ['model', 'm'] };
const prepareDataset: BenchmarkTool = { label: 'prepare_dataset', input: ['input-mean'], output: ['output-mean'] };

/** By the word that is the program; `before`: what stands in front of it. */
const programs: readonly { readonly word: RegExp; readonly before?: RegExp; readonly tool: BenchmarkTool }[] = [
  { word: /^serve$/, before: /^bench$/, tool: vllm },
  { word: /(?:^|[./])benchmark_serving(?:\.py)?$|^vllm\.benchmarks\.serve$/, tool: vllm },
  { word: /(?:^|[./])bench_serving(?:\.py)?$/, tool: sglang },
  { word: /^profile$/, before: /(?:^|\/)(?:genai-perf|aiperf)$/, tool: genaiPerf },
  { word: /(?:^|\/)guidellm$/, tool: guidellm },
  { word: /(?:^|\/)token_benchmark_ray\.py$/, tool: llmperf },
  { word: /(?:^|\/)prepare_dataset\.py$|^prepare-dataset$/, tool: prepareDataset },
  { word: /(?:^|\/)trtllm-bench$/, tool: trtllmBench },
];

/** Programs that only speak of others. */
const speakers = /(?:^|\/)(?:echo|printf|pkill|pgrep|grep|which|man|cat|ls|rm|cp|mv|pip|test|\[)$/;

export interface BenchmarkCommand {
  readonly tool: BenchmarkTool;
  readonly words: readonly Word[];
}

/** The benchmark that a command runs, with its arguments. */
export function benchmarkOf({ words }: CommandLine): BenchmarkCommand | undefined {
  if (speakers.test(words[0]?.text ?? '')) return undefined;
  for (const { word, before, tool } of programs) {
    const at = words.findIndex(
      ({ text }, index) => text !== undefined && word.test(text) && (before === undefined || before.test(words[index - 1]?.text ?? '')),
    );
    if (at >= 0) return { tool, words: words.slice(at + 1) };
  }
  return undefined;
}

/**
 * What a serving row timed: a batch that starts and ends together, or requests of one length that wait from the start and
 * enter as others leave. Told from the row's configuration alone; lengths and numbers that a benchmark fixes are returned as
 * assumptions with where they stand.
 */
import type { Assumption } from '../core/estimate.ts';
import { isMlperf, mlperfRun } from './mlperf.ts';
import type { CaseInput } from './row.ts';
import { servedLoadOf } from './served-load.ts';

export interface ServingRun {
  /**
   * `batch`: all requests start together; `queue`: as many as fit run, the others wait; `steady`: there are always others;
   * `loop`: so many are under way all the time, each followed by another; `prompt`: no token is decoded.
   */
  readonly kind: 'batch' | 'queue' | 'steady' | 'loop' | 'prompt';
  readonly requests: number;
  readonly prompt: number;
  readonly output: number;
  /** Longest time a step may take; absent: as many requests run as fit. */
  readonly tokenLimit?: number;
  readonly assumptions: readonly Assumption[];
}

/** Requests of one run of TensorRT-LLM's benchmark by prompt and output length (docs/source/performance/perf-overview.md). */
const benchmarkRequests: Readonly<Record<string, number>> = {
  '128/128': 30_000,
  '128/2048': 3000,
  '128/4096': 1500,
  '500/2000': 3000,
  '1000/1000': 3000,
  '1000/2000': 1500,
  '2048/128': 3000,
  '2048/2048': 1500,
  '5000/500': 1500,
  '20000/2000': 1000,
};

function number(input: CaseInput, name: string): number | undefined {
  const value = input.config?.[name];
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/** The test of llama-bench: pp512 reads a prompt, tg128 generates behind an empty context. */
function benchRun(input: CaseInput): ServingRun | undefined {
  const test = /^(pp|tg)(\d+)$/.exec(String(input.config?.test ?? ''));
  if (!test) return undefined;
  const tokens = Number(test[2]);
  if (test[1] === 'pp') return { kind: 'prompt', requests: 1, prompt: tokens, output: 0, assumptions: [] };
  return { kind: 'batch', requests: 1, prompt: 0, output: tokens, assumptions: [] };
}

/** A submission to MLPerf: requests never run out, and the rules of the scenario bound the time of a token. */
function steadyRun(input: CaseInput): ServingRun | undefined {
  const run = isMlperf(input) ? mlperfRun(input) : undefined;
  if (!run) return undefined;
  const { prompt, output, tokenLimit } = run;
  return { kind: 'steady', requests: 1, prompt, output, ...(tokenLimit === undefined ? {} : { tokenLimit }), assumptions: [] };
}

/** The run of a row, or undefined where it does not say one. */
export function servingRunOf(input: CaseInput): ServingRun | undefined {
  const bench = benchRun(input) ?? steadyRun(input);
  if (bench) return bench;
  const prompt = number(input, 'isl');
  if (prompt === undefined) return undefined;
  const output = number(input, 'osl');
  const inFlight = number(input, 'in_flight');
  if (inFlight !== undefined && output !== undefined) return { kind: 'loop', requests: inFlight, prompt, output, assumptions: [] };
  const batch = number(input, 'batch_size');
  if (batch !== undefined && output === undefined) return { kind: 'prompt', requests: batch, prompt, output: 1, assumptions: [] };
  if (output === undefined) return undefined;
  if (batch !== undefined) return { kind: 'batch', requests: batch, prompt, output, assumptions: [] };
  const stated = number(input, 'num_prompts');
  if (stated !== undefined) return { kind: 'queue', requests: stated, prompt, output, assumptions: [] };
  const usual = /tensorrt/i.test(input.engine?.name ?? '') ? benchmarkRequests[`${prompt}/${output}`] : undefined;
  const requests = usual ?? 2000;
  const why = usual ? "requests of that length in TensorRT-LLM's benchmark" : 'number of requests not stated: enough for a steady state';
  return { kind: 'queue', requests, prompt, output, assumptions: [{ value: `${requests} requests`, why }] };
}

/** What the clock of a row ran over: prompts, single tokens, whole runs, or requests that came by a load. */
export type Timed = 'prompt' | 'tokens' | 'run' | 'load';

export function timedOf(input: CaseInput): Timed {
  if (servedLoadOf(input)) return 'load';
  const run = servingRunOf(input);
  if (run?.kind === 'prompt') return 'prompt';
  return run?.kind === 'batch' && run.prompt === 0 ? 'tokens' : 'run';
}

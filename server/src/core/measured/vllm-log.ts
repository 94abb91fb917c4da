/**
 * Start-up and statistics lines of vLLM (vllm/v1/worker/gpu_worker.py, v1/core/kv_cache_utils.py, v1/metrics/loggers.py of 0.11; worker/worker.py
 * and engine/metrics.py of 0.6). Lines are given one by one, and of each number at most a few thousand values are kept.
 */
import { type ServingLog, seriesOf } from './trace.ts';

const mostValues = 10_000;
const gibibyte = 2 ** 30;
const value = (line: string, words: RegExp): number | undefined => {
  const found = words.exec(line)?.[1];
  const number = found === undefined ? Number.NaN : Number(found.replaceAll(',', ''));
  return Number.isFinite(number) ? number : undefined;
};
const statistics =
  /Avg prompt throughput:\s*([\d.]+) tokens\/s,\s*Avg generation throughput:\s*([\d.]+) tokens\/s,\s*Running:\s*(\d+) reqs/;

/** Whether a line can only be of such a log. */
export const isVllmLine = (line: string): boolean =>
  statistics.test(line) || /\bGPU KV cache size: [\d,]+ tokens|Model loading took [\d.]+ ?GiB|# (?:GPU|cuda) blocks: \d+/.test(line);

/** What start-up lines tell, and how; sizes in GiB. */
const facts: readonly (readonly [keyof ServingLog & ('weights' | 'activations' | 'graphs' | 'kvCache'), RegExp])[] = [
  ['weights', /Model loading took ([\d.]+) ?Gi?B/],
  ['weights', /model weights take ([\d.]+) ?GiB/],
  ['weights', /Loading model weights took ([\d.]+) ?GB/],
  ['activations', /PyTorch activation peak memory takes ([\d.]+) ?GiB/],
  ['graphs', /Graph capturing finished in [\d.]+ secs?, took ([\d.]+) ?GiB/],
  ['kvCache', /Available KV cache memory: ([\d.]+) ?GiB/],
  ['kvCache', /memory reserved for KV Cache is ([\d.]+) ?GiB/],
];

export class VllmLog {
  private readonly sizes: { -readonly [K in (typeof facts)[number][0]]?: number } = {};
  private kvTokens: number | undefined;
  private concurrency: number | undefined;
  private contextTokens: number | undefined;
  private readonly prompt: number[] = [];
  private readonly generation: number[] = [];
  private readonly running: number[] = [];
  private readonly perToken: number[] = [];

  line(line: string): void {
    const [, prompt, generation, running] = statistics.exec(line) ?? [];
    if (running !== undefined) this.statistics(Number(prompt), Number(generation), Number(running));
    else if (/Gi?B/.test(line)) for (const [what, words] of facts) this.size(what, value(line, words));
    this.kvTokens = value(line, /GPU KV cache size: ([\d,]+) tokens/) ?? this.kvTokens;
    const most = /Maximum concurrency for ([\d,]+) tokens per request: ([\d.]+)x/.exec(line);
    if (!most) return;
    this.contextTokens = Number(most[1]?.replaceAll(',', ''));
    this.concurrency = Number(most[2]);
  }

  finish(): ServingLog {
    const series = { promptRate: this.prompt, generationRate: this.generation, running: this.running, perToken: this.perToken };
    const told = Object.entries(series).flatMap(([name, values]) => {
      const found = seriesOf(values);
      return found ? [[name, found] as const] : [];
    });
    return {
      kind: 'serving',
      ...this.sizes,
      ...(this.kvTokens === undefined ? {} : { kvTokens: this.kvTokens }),
      ...(this.concurrency === undefined ? {} : { concurrency: this.concurrency }),
      ...(this.contextTokens === undefined ? {} : { contextTokens: this.contextTokens }),
      ...Object.fromEntries(told),
    };
  }

  /** Ranks load at the same time and say much the same; the largest counts. */
  private size(what: (typeof facts)[number][0], gib: number | undefined): void {
    if (gib !== undefined) this.sizes[what] = Math.max(this.sizes[what] ?? 0, gib * gibibyte);
  }

  private statistics(prompt: number, generation: number, running: number): void {
    // Intervals in which nothing ran say nothing.
    if ((prompt === 0 && generation === 0) || this.running.length >= mostValues) return;
    if (prompt > 0) this.prompt.push(prompt);
    if (generation > 0) this.generation.push(generation);
    if (running > 0) this.running.push(running);
    // A stretch without prompts decodes only.
    if (generation > 0 && running > 0 && prompt < generation / 10) this.perToken.push(running / generation);
  }
}

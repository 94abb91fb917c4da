/**
 * Iteration lines, memory lines and timers of Megatron-LM (megatron/training/training.py, training_log; core/timers.py; training/utils.py,
 * report_memory; release core_v0.14). Lines are given one by one, and of each number at most a few thousand values are kept.
 */
import { seriesOf, type TrainingLog } from './trace.ts';

const mostValues = 10_000;
const mostTimings = 1000;
const mebibyte = 2 ** 20;
const numberAfter = (line: string, words: RegExp): number | undefined => {
  const found = words.exec(line);
  const value = found?.[1] === undefined ? Number.NaN : Number(found[1].replaceAll(',', ''));
  return Number.isFinite(value) ? value : undefined;
};
const iterationLine = /\biteration\s+(\d+)\s*\/\s*\d+\s*\|/;
const timerLine = /^\s*([a-z][\w-]+)\s*\.{3,}:\s*\(?\s*([\d.]+)(?:\s*,\s*([\d.]+)\s*\))?/;

/** Whether a line can only be of such a log. */
export const isMegatronLine = (line: string): boolean => iterationLine.test(line) && /elapsed time per iteration/.test(line);

export class MegatronLog {
  private readonly steps: number[] = [];
  private readonly flops: number[] = [];
  private readonly tokens: number[] = [];
  private readonly timers = new Map<string, number[]>();
  private globalBatch: number | undefined;
  private allocated = 0;
  private reserved = 0;
  private seen = 0;

  line(line: string): void {
    if (iterationLine.test(line)) this.iteration(line);
    else if (line.includes('max allocated')) this.memory(line);
    else if (line.includes('...')) this.timer(line);
  }

  finish(): TrainingLog {
    const all = seriesOf(this.steps);
    // The first iterations compile, allocate and fill caches.
    const step = all && seriesOf(this.steps.filter((one) => one <= 2 * all.median));
    const flopsPerGpu = seriesOf(this.flops);
    const tokensPerSecondPerGpu = seriesOf(this.tokens);
    return {
      kind: 'training',
      ...(step ? { step } : {}),
      ...(this.globalBatch === undefined ? {} : { globalBatch: this.globalBatch }),
      ...(flopsPerGpu ? { flopsPerGpu } : {}),
      ...(tokensPerSecondPerGpu ? { tokensPerSecondPerGpu } : {}),
      ...(this.allocated > 0 ? { allocated: this.allocated } : {}),
      ...(this.reserved > 0 ? { reserved: this.reserved } : {}),
      timers: [...this.timers].map(([name, values]) => ({ name, seconds: seriesOf(values)?.median ?? 0 })),
    };
  }

  private iteration(line: string): void {
    const elapsed = numberAfter(line, /elapsed time per iteration \(ms\):\s*([\d.]+)/);
    this.seen++;
    if (elapsed !== undefined && this.steps.length < mostValues) this.steps.push(elapsed / 1e3);
    const rate = numberAfter(line, /throughput per GPU \(TFLOP\/s\/GPU\):\s*([\d.]+)/);
    // The first lines stand for iterations that compile and allocate.
    if (rate !== undefined && this.seen > 1 && this.flops.length < mostValues) this.flops.push(rate * 1e12);
    const tokens = numberAfter(line, /tokens(?:\/s\/gpu| per GPU per second| per gpu per second)[^:]*:\s*([\d.]+)/i);
    if (tokens !== undefined && this.tokens.length < mostValues) this.tokens.push(tokens);
    this.globalBatch = numberAfter(line, /global batch size:\s*(\d+)/) ?? this.globalBatch;
  }

  private memory(line: string): void {
    const allocated = numberAfter(line, /max allocated:\s*([\d.]+)/);
    const reserved = numberAfter(line, /max reserved:\s*([\d.]+)/);
    this.allocated = Math.max(this.allocated, (allocated ?? 0) * mebibyte);
    this.reserved = Math.max(this.reserved, (reserved ?? 0) * mebibyte);
  }

  private timer(line: string): void {
    const [, name, low, high] = timerLine.exec(line) ?? [];
    const milliseconds = Number(high ?? low);
    if (name === undefined || !Number.isFinite(milliseconds) || this.timers.size >= 200) return;
    const values = this.timers.get(name) ?? [];
    if (values.length < mostTimings) values.push(milliseconds / 1e3);
    this.timers.set(name, values);
  }
}

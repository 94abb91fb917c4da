/** What the clients of all replicas saw, and what the engines did. */
import { Histogram } from './histogram.ts';
import type { RequestTable } from './request-table.ts';
import type { ServingSlo } from './simulation-options.ts';
import { StepSeries } from './step-series.ts';
import { f64, i32 } from './typed.ts';

export class Recorder {
  readonly ttft = new Histogram();
  readonly tpot = new Histogram();
  readonly itl = new Histogram();
  readonly endToEnd = new Histogram();
  readonly series: StepSeries;
  finished = 0;
  good = 0;
  rejected = 0;
  preemptions = 0;
  promptTokens = 0;
  outputTokens = 0;
  goodTokens = 0;
  hitTokens = 0;
  computedTokens = 0;
  steps = 0;
  /** Seconds of steps with prompts in them, and of decode steps alone. */
  prefillSeconds = 0;
  decodeSeconds = 0;
  lastEnd = 0;

  private readonly table: RequestTable;
  private readonly slo: ServingSlo | undefined;

  constructor(table: RequestTable, slo: ServingSlo | undefined, points: number) {
    this.table = table;
    this.slo = slo;
    this.series = new StepSeries(points);
  }

  finish(slot: number, end: number): void {
    const { table, slo } = this;
    const arrival = f64(table.arrival, slot);
    const output = i32(table.output, slot);
    const ttft = f64(table.first, slot) - arrival;
    const tpot = output > 1 ? (end - f64(table.first, slot)) / (output - 1) : 0;
    this.finished++;
    this.promptTokens += i32(table.prompt, slot);
    this.outputTokens += output;
    this.ttft.add(ttft);
    if (output > 1) this.tpot.add(tpot);
    this.endToEnd.add(end - arrival);
    if (end > this.lastEnd) this.lastEnd = end;
    if (slo === undefined) return;
    const kept = !(ttft > (slo.ttft ?? Number.POSITIVE_INFINITY)) && !(tpot > (slo.tpot ?? Number.POSITIVE_INFINITY));
    if (kept && !(end - arrival > (slo.endToEnd ?? Number.POSITIVE_INFINITY))) {
      this.good++;
      this.goodTokens += output;
    }
  }
}

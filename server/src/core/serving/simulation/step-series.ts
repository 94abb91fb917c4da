/** What the engine did over time, in a bounded number of points: when the points run out, pairs of them become one. */
import { f64 } from './typed.ts';

export interface SeriesPoint {
  /** Start of the interval, and its length. */
  readonly time: number;
  readonly seconds: number;
  readonly steps: number;
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  /** Most requests waiting, and most of the KV blocks in use as a share. */
  readonly waiting: number;
  readonly running: number;
  readonly kvShare: number;
}

const columns = 6;

export class StepSeries {
  private readonly values: Float64Array;
  private width = 1e-3;
  private limit = 0;
  private at = 0;
  private used = 0;

  private readonly points: number;

  constructor(points: number) {
    this.points = points;
    this.values = new Float64Array(points * columns);
    this.limit = this.width;
  }

  /** One step that ends at `end`. */
  add(end: number, prefill: number, decode: number, waiting: number, running: number, kv: number): void {
    if (end >= this.limit) this.move(end);
    const { values, at } = this;
    values[at] = f64(values, at) + 1;
    values[at + 1] = f64(values, at + 1) + prefill;
    values[at + 2] = f64(values, at + 2) + decode;
    if (waiting > f64(values, at + 3)) values[at + 3] = waiting;
    if (running > f64(values, at + 4)) values[at + 4] = running;
    if (kv > f64(values, at + 5)) values[at + 5] = kv;
  }

  private move(end: number): void {
    while (end >= this.width * this.points) this.halve();
    const point = Math.min(this.points - 1, Math.floor(end / this.width));
    this.at = point * columns;
    this.limit = (point + 1) * this.width;
    this.used = Math.max(this.used, point + 1);
  }

  private halve(): void {
    const { values, points } = this;
    for (let point = 0; point < points; point++) {
      const to = point * columns;
      for (let column = 0; column < columns; column++) {
        const left = 2 * point < points ? f64(values, 2 * to + column) : 0;
        const right = 2 * point + 1 < points ? f64(values, 2 * to + columns + column) : 0;
        values[to + column] = column < 3 ? left + right : Math.max(left, right);
      }
    }
    this.width *= 2;
    this.used = Math.ceil(this.used / 2);
  }

  read(): readonly SeriesPoint[] {
    const { values, width } = this;
    return Array.from({ length: this.used }, (_, point) => {
      const at = point * columns;
      return {
        time: point * width,
        seconds: width,
        steps: f64(values, at),
        prefillTokens: f64(values, at + 1),
        decodeTokens: f64(values, at + 2),
        waiting: f64(values, at + 3),
        running: f64(values, at + 4),
        kvShare: f64(values, at + 5),
      };
    });
  }
}

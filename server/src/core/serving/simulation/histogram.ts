/**
 * Percentiles of any number of samples in bounded memory: counts in logarithmic bins of 1/512 octave, so that a percentile is
 * within 0.07 % of the exact one; mean, least and largest are exact.
 */
const perOctave = 512;
const lowestOctave = -40;
const octaves = 72;

export interface Percentiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export class Histogram {
  private readonly bins = new Float64Array(perOctave * octaves);
  private last = 0;
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** Adds `times` samples of one value of at least 0. */
  add(value: number, times = 1): void {
    if (times <= 0) return;
    this.count += times;
    this.sum += value * times;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    // Steps follow each other with nearly the same time: most samples fall into the bin of the one before.
    if (!(value >= this.low && value < this.high)) this.find(value);
    this.bins[this.last] = (this.bins[this.last] as number) + times;
  }

  private find(value: number): void {
    const at = value > 0 ? Math.floor((Math.log2(value) - lowestOctave) * perOctave) : 0;
    this.last = Math.min(this.bins.length - 1, Math.max(0, at));
    this.low = 2 ** (this.last / perOctave + lowestOctave);
    this.high = 2 ** ((this.last + 1) / perOctave + lowestOctave);
  }

  /** The value that `share` of the samples do not exceed. */
  quantile(share: number): number {
    if (this.count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let bin = 0; bin < this.bins.length; bin++) {
      seen += this.bins[bin] as number;
      if (seen >= wanted) return Math.min(this.max, Math.max(this.min, 2 ** ((bin + 0.5) / perOctave + lowestOctave)));
    }
    return this.max;
  }

  percentiles(): Percentiles {
    const { count } = this;
    return {
      count,
      mean: count === 0 ? Number.NaN : this.sum / count,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      max: count === 0 ? Number.NaN : this.max,
    };
  }
}

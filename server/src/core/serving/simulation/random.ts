/**
 * Chance by seed: the same seed gives the same numbers on every machine. sfc32 (Doty-Humphrey, PractRand) for uniform numbers;
 * gamma by Marsaglia and Tsang (2000); normal by the polar method.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;
  private spare = Number.NaN;

  /** Streams of one seed do not overlap in practice: arrivals, lengths and acceptance each draw from their own. */
  constructor(seed: number, stream = 0) {
    this.a = (seed ^ 0x9e3779b9) | 0;
    this.b = (Math.floor(seed / 2 ** 32) ^ 0x243f6a88) | 0;
    this.c = Math.imul(stream + 1, 0x85ebca6b) | 0;
    for (let round = 0; round < 15; round++) this.uniform();
  }

  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** Mean 1. */
  exponential(): number {
    return -Math.log(1 - this.uniform());
  }

  /** Mean 0, variance 1. */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const kept = this.spare;
      this.spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.spare = y * scale;
        return x * scale;
      }
    }
  }

  /** Mean `shape`, variance `shape`. */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

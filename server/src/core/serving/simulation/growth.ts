/**
 * How many blocks the decoding requests of a lane need at each of its decode steps, without looking at the requests: every request
 * is entered when it begins. One token a step: its blocks fall due every `page` steps, so a ring of `page` counters is enough. When
 * speculating, its steps are entered one by one into a ring as long as the longest answer.
 */
import { grownInts, i32, powerAbove } from './typed.ts';

export class Growth {
  private ring: Int32Array;

  /** `ahead`: tokens beyond the next one for which room is kept in every step, the drafted ones. */
  private readonly page: number;
  private readonly ahead: number;

  constructor(page: number, ahead: number) {
    this.page = page;
    this.ahead = ahead;
    this.ring = new Int32Array(ahead > 0 ? 64 : page);
  }

  /** Steps that fit between now and the last one entered; more need `widen`. */
  get span(): number {
    return this.ahead > 0 ? this.ring.length - 1 : Number.POSITIVE_INFINITY;
  }

  /** Makes room for longer answers. The caller enters the requests anew. */
  widen(steps: number): void {
    this.ring = new Int32Array(powerAbove(steps));
  }

  /** Blocks needed by the decode step with this number. */
  at(step: number): number {
    return i32(this.ring, this.ahead > 0 ? step & (this.ring.length - 1) : step % this.page);
  }

  /** The step has its blocks. */
  settle(step: number): void {
    if (this.ahead > 0) this.ring[step & (this.ring.length - 1)] = 0;
  }

  /** Blocks of a request after `done` of its decode steps; it began with `tokens` in the cache. */
  blocks(tokens: number, rate: number, done: number): number {
    if (done === 0) return Math.ceil(tokens / this.page);
    if (this.ahead === 0) return Math.ceil((tokens + done) / this.page);
    return Math.ceil((tokens + Math.floor((done - 1) * rate + 1e-9) + 1 + this.ahead) / this.page);
  }

  /** Enters (`sign` 1) or removes (-1) the steps `done` and later of a request that began at `begun`. */
  enter(begun: number, tokens: number, rate: number, done: number, steps: number, sign: 1 | -1): void {
    const { ring, page } = this;
    if (this.ahead === 0) {
      const at = (((begun - tokens) % page) + page) % page;
      ring[at] = i32(ring, at) + sign;
      return;
    }
    const mask = ring.length - 1;
    let before = this.blocks(tokens, rate, done);
    for (let step = done; step < steps; step++) {
      const after = this.blocks(tokens, rate, step + 1);
      if (after > before) {
        const at = (begun + step) & mask;
        ring[at] = i32(ring, at) + sign * (after - before);
      }
      before = Math.max(before, after);
    }
  }
}

/** Decode steps at which requests end: a ring of lists. */
export class DueRing {
  heads = new Int32Array(64).fill(-1);

  get span(): number {
    return this.heads.length - 1;
  }

  widen(steps: number): void {
    this.heads = grownInts(new Int32Array(0), powerAbove(steps)).fill(-1);
  }

  at(step: number): number {
    return i32(this.heads, step & (this.heads.length - 1));
  }

  set(step: number, slot: number): void {
    this.heads[step & (this.heads.length - 1)] = slot;
  }
}

/**
 * A batch that runs through the model step after step. Without pipeline parallelism an engine has one; with PP it has one per stage,
 * in flight at once. Decoding requests are kept as sums, so that a decode step costs the same with one request and with a thousand.
 */
import { DueRing, Growth } from './growth.ts';
import type { KvPool } from './kv-pool.ts';
import { phase, type RequestTable } from './request-table.ts';
import { f64, grownInts, i32 } from './typed.ts';

const none = -1;

export class Lane {
  /** Running requests in the order of admission. */
  head = none;
  tail = none;
  running = 0;
  /** Decode steps done; requests decoding, tokens in their caches, tokens they gain per step. */
  step = 0;
  decoding = 0;
  cached = 0;
  gain = 0;
  /** Requests that ended but keep their place in a static batch, and the tokens in their caches. */
  idle = 0;
  idleCached = 0;
  /** A request whose prompt is computed in part, the last of the running ones. */
  partial = none;
  /** The step in flight: whether the decoding requests take part, and the chunks of prompts. */
  decodes = false;
  chunks = 0;
  chunkSlot = new Int32Array(64);
  chunkTokens = new Int32Array(64);
  prefillTokens = 0;
  pairs = 0;
  sampled = 0;
  inFlight = false;
  /** When the step in flight ends, and before that when the lane may start. */
  end = 0;
  begin = 0;
  asleep = true;
  lastDecode = Number.NaN;
  /** Requests that began to decode since the last decode step. */
  fresh: number[] = [];
  readonly growth: Growth;
  readonly due = new DueRing();

  private readonly table: RequestTable;

  constructor(table: RequestTable, pool: KvPool, drafted: number) {
    this.table = table;
    this.growth = new Growth(pool.page, drafted);
  }

  clearStep(): void {
    this.decodes = false;
    this.chunks = 0;
    this.prefillTokens = 0;
    this.pairs = 0;
    this.sampled = 0;
  }

  addChunk(slot: number, tokens: number): void {
    if (this.chunks === this.chunkSlot.length) {
      this.chunkSlot = grownInts(this.chunkSlot, this.chunks * 2);
      this.chunkTokens = grownInts(this.chunkTokens, this.chunks * 2);
    }
    this.chunkSlot[this.chunks] = slot;
    this.chunkTokens[this.chunks] = tokens;
    this.chunks++;
    this.prefillTokens += tokens;
    this.pairs += tokens * i32(this.table.computed, slot) + (tokens * (tokens + 1)) / 2;
  }

  /** Joins the running requests as the last. */
  join(slot: number): void {
    const { table } = this;
    table.previous[slot] = this.tail;
    table.next[slot] = none;
    if (this.tail === none) this.head = slot;
    else table.next[this.tail] = slot;
    this.tail = slot;
    this.running++;
    table.phase[slot] = phase.prefill;
  }

  /** Leaves the running requests. */
  leave(slot: number): void {
    const { table } = this;
    const before = i32(table.previous, slot);
    const after = i32(table.next, slot);
    if (before === none) this.head = after;
    else table.next[before] = after;
    if (after === none) this.tail = before;
    else table.previous[after] = before;
    this.running--;
    if (this.partial === slot) this.partial = none;
  }

  /** The prompt is computed: `computed` tokens are cached, and `steps` decode steps bring `tokens` more. */
  startDecoding(slot: number, steps: number, tokens: number): void {
    const { table } = this;
    const rate = tokens / steps;
    if (steps > this.due.span || steps > this.growth.span) this.widen(steps);
    table.phase[slot] = phase.decode;
    table.begun[slot] = this.step;
    table.steps[slot] = steps;
    table.rate[slot] = rate;
    this.enter(slot, 0);
    this.decoding++;
    this.cached += i32(table.computed, slot);
    this.gain += rate;
    this.fresh.push(slot);
  }

  private enter(slot: number, done: number): void {
    const { table } = this;
    const last = i32(table.begun, slot) + i32(table.steps, slot);
    const first = this.due.at(last);
    table.previousDue[slot] = none;
    table.nextDue[slot] = first;
    if (first !== none) table.previousDue[first] = slot;
    this.due.set(last, slot);
    this.growth.enter(i32(table.begun, slot), i32(table.computed, slot), f64(table.rate, slot), done, i32(table.steps, slot), 1);
  }

  /** Longer rings for a longer answer; those that decode are entered anew. */
  private widen(steps: number): void {
    const { table } = this;
    const longer = this.growth.span < steps;
    this.due.widen(steps);
    if (longer) this.growth.widen(steps);
    for (let slot = this.head; slot !== none; slot = i32(table.next, slot)) {
      if (i32(table.phase, slot) !== phase.decode) continue;
      if (!longer) this.unplan(slot);
      this.enter(slot, this.step - i32(table.begun, slot));
    }
  }

  private unplan(slot: number): void {
    const { table } = this;
    const begun = i32(table.begun, slot);
    this.growth.enter(begun, i32(table.computed, slot), f64(table.rate, slot), this.step - begun, i32(table.steps, slot), -1);
  }

  /** Takes a request out of the sums. Afterwards `computed`, `generated` and `own` are what it has by now. */
  stopDecoding(slot: number): void {
    const { table } = this;
    const begun = i32(table.begun, slot);
    const done = this.step - begun;
    const before = i32(table.previousDue, slot);
    const after = i32(table.nextDue, slot);
    if (before === none) this.due.set(begun + i32(table.steps, slot), after);
    else table.nextDue[before] = after;
    if (after !== none) table.previousDue[after] = before;
    this.unplan(slot);
    const rate = f64(table.rate, slot);
    const computed = i32(table.computed, slot);
    table.own[slot] = this.growth.blocks(computed, rate, done) - i32(table.shared, slot);
    this.decoding--;
    this.cached -= computed + done * rate;
    this.gain -= rate;
    if (this.decoding === 0) {
      this.cached = 0;
      this.gain = 0;
    }
    const gained = Math.floor(done * rate + 1e-9);
    table.computed[slot] = computed + gained;
    table.generated[slot] = i32(table.generated, slot) + gained;
    if (done === 0) this.fresh.splice(this.fresh.indexOf(slot), 1);
    else table.latest[slot] = this.lastDecode;
  }
}

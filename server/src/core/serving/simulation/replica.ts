/**
 * One engine: its queue, its KV cache and its lanes, driven by steps. A step is scheduled when its lane is free, lasts as long as the
 * timer says, and takes effect at its end. Runs of decode steps in which nothing else can happen go through a short loop that does
 * exactly what scheduling each of them would do.
 */
import { KvPool } from './kv-pool.ts';
import { Lane } from './lane.ts';
import { PrefixCache } from './prefix-cache.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';
import { phase, type RequestTable } from './request-table.ts';
import type { EngineOptions } from './simulation-options.ts';
import { SlotQueue } from './slot-queue.ts';
import { decodeSteps } from './speculation.ts';
import { f64, i32 } from './typed.ts';

const none = -1;

/** What a scheduler decides: which requests take part in the next step of a lane, with how many tokens. */
export interface Policy {
  /** Running requests of one lane at most. */
  readonly maxRunning: number;
  /** Fills the lane's step; an empty one means that nothing can run until something changes. */
  schedule(replica: Replica, lane: Lane): void;
  /** After a step of decoding alone: whoever waits cannot be admitted before a request ends. */
  isSteady(replica: Replica, lane: Lane): boolean;
  /** A request ended, or was preempted. */
  ended?(lane: Lane): void;
}

export class Replica {
  readonly waiting = new SlotQueue();
  readonly pool: KvPool;
  readonly prefix: PrefixCache;
  readonly lanes: readonly Lane[];
  readonly drafted: number;
  /** Requests here, and their sum over time with the blocks in use and the requests waiting. */
  present = 0;
  presentSeconds = 0;
  usedSeconds = 0;
  waitingSeconds = 0;
  busySeconds = 0;
  clock = 0;
  /** Ends of requests go here instead of being finished: a prefill engine hands them on. */
  handOver: ((slot: number, end: number) => void) | undefined;
  private readonly stageFree: Float64Array;
  private nextEvent = Number.POSITIVE_INFINITY;

  readonly options: EngineOptions;
  readonly table: RequestTable;
  readonly recorder: Recorder;
  private readonly policy: Policy;
  private readonly random: Random;
  private readonly everyStep: boolean;

  constructor(options: EngineOptions, table: RequestTable, recorder: Recorder, policy: Policy, random: Random, everyStep: boolean) {
    this.options = options;
    this.table = table;
    this.recorder = recorder;
    this.policy = policy;
    this.random = random;
    this.everyStep = everyStep;
    this.drafted = options.speculation?.drafted ?? 0;
    this.pool = new KvPool(Math.floor(options.kvTokens / options.page), options.page, options.prefixCache && options.policy !== 'static');
    this.prefix = new PrefixCache(table, this.pool);
    this.lanes = Array.from({ length: options.pipeline }, () => new Lane(table, this.pool, this.drafted));
    this.stageFree = new Float64Array(options.pipeline);
  }

  /** Why a request can never run here, or undefined. */
  refuses(slot: number): boolean {
    const { table, options } = this;
    const longest = i32(table.prompt, slot) + i32(table.limit, slot) + this.drafted;
    if (this.pool.blocksFor(longest) + 1 > this.pool.blocks) return true;
    return (
      !options.chunkedPrefill &&
      options.policy !== 'static' &&
      options.policy !== 'sglang' &&
      i32(table.prompt, slot) > options.maxBatchedTokens
    );
  }

  /** A request arrives; everything before `time` must have been advanced. */
  submit(slot: number, time: number): void {
    this.touch(time);
    this.present++;
    this.waiting.pushBack(slot);
    this.wake(time);
  }

  private wake(time: number): void {
    for (const lane of this.lanes) {
      if (!lane.asleep) continue;
      lane.asleep = false;
      lane.begin = Math.max(lane.begin, time);
    }
  }

  private touch(time: number): void {
    const passed = time - this.clock;
    this.presentSeconds += this.present * passed;
    this.usedSeconds += this.pool.used * passed;
    this.waitingSeconds += this.waiting.length * passed;
    this.clock = time;
  }

  /** Runs everything that ends until `until` and starts before it. */
  advance(until: number): void {
    for (;;) {
      const lane = this.nextLane();
      const when = this.nextEvent;
      if (lane === undefined || when > until || (when === until && !lane.inFlight)) return;
      this.touch(when);
      if (lane.inFlight) this.complete(lane);
      else this.start(lane, when, until);
    }
  }

  /** When something ends or starts next; infinite while all lanes sleep. */
  nextTime(): number {
    this.nextLane();
    return this.nextEvent;
  }

  /** The lane on which something happens next, at `nextEvent`. */
  private nextLane(): Lane | undefined {
    let next: Lane | undefined;
    let when = Number.POSITIVE_INFINITY;
    for (const lane of this.lanes) {
      if (lane.asleep) continue;
      const time = lane.inFlight ? lane.end : Math.max(lane.begin, f64(this.stageFree, 0));
      // At the same time an end comes before a start.
      if (time < when || (time === when && lane.inFlight && !next?.inFlight)) {
        next = lane;
        when = time;
      }
    }
    this.nextEvent = when;
    return next;
  }

  private start(lane: Lane, time: number, until: number): void {
    lane.clearStep();
    this.policy.schedule(this, lane);
    if (!lane.decodes && lane.chunks === 0) {
      lane.asleep = true;
      return;
    }
    lane.begin = time;
    lane.inFlight = true;
    if (this.lanes.length > 1) this.startStaged(lane, time);
    else {
      lane.end = time + this.stepTime(lane);
      if (lane.chunks === 0 && !this.everyStep && this.policy.isSteady(this, lane)) this.decodeOn(lane, until);
    }
  }

  private stepTime(lane: Lane): number {
    const { timer, speculation } = this.options;
    const places = lane.decodes ? lane.decoding + lane.idle : 0;
    const tokens = places * (1 + this.drafted);
    const seconds = timer.seconds(
      lane.prefillTokens + tokens,
      lane.sampled + tokens,
      lane.pairs,
      lane.decodes ? lane.cached + lane.idleCached : 0,
    );
    if (speculation === undefined || places === 0) return seconds;
    return seconds + speculation.drafted * speculation.draftShare * timer.seconds(places, places, 0, lane.cached + lane.idleCached);
  }

  /** Each stage takes its share of the time; a stage serves one batch after the other. */
  private startStaged(lane: Lane, time: number): void {
    const share = this.stepTime(lane) / this.lanes.length;
    let at = time;
    for (let stage = 0; stage < this.stageFree.length; stage++) {
      at = Math.max(at, f64(this.stageFree, stage)) + share;
      this.stageFree[stage] = at;
    }
    lane.end = at;
  }

  /** Completes decode steps and starts the next while nobody ends, nothing can be admitted and the blocks suffice. */
  private decodeOn(lane: Lane, until: number): void {
    const { pool } = this;
    const { growth, due } = lane;
    while (lane.end <= until) {
      this.touch(lane.end);
      this.account(lane);
      if (due.at(lane.step) !== none) {
        lane.inFlight = false;
        lane.decodes = false;
        this.finishDue(lane);
        lane.begin = lane.end;
        this.wake(lane.end);
        return;
      }
      const needed = growth.at(lane.step);
      if (lane.end === until || needed > pool.free) {
        lane.inFlight = false;
        lane.decodes = false;
        lane.begin = lane.end;
        return;
      }
      if (needed > 0) pool.take(needed);
      growth.settle(lane.step);
      lane.begin = lane.end;
      lane.end = lane.begin + this.stepTime(lane);
    }
  }

  /** What every step leaves in the records; decode steps also move the lane on. */
  private account(lane: Lane): void {
    const { recorder } = this;
    const seconds = lane.end - lane.begin;
    recorder.steps++;
    this.busySeconds += seconds / this.lanes.length;
    if (lane.chunks > 0) recorder.prefillSeconds += seconds / this.lanes.length;
    else recorder.decodeSeconds += seconds / this.lanes.length;
    if (lane.decodes) {
      const { itl } = recorder;
      const { fresh } = lane;
      if (lane.decoding > fresh.length) itl.add(lane.end - lane.lastDecode, lane.decoding - fresh.length);
      if (fresh.length > 0) {
        for (const slot of fresh) itl.add(lane.end - f64(this.table.latest, slot));
        fresh.length = 0;
      }
      lane.step++;
      lane.cached += lane.gain;
      lane.idleCached += lane.idle;
      lane.lastDecode = lane.end;
    }
    const decoded = lane.decodes ? lane.gain : 0;
    recorder.series.add(lane.end, lane.prefillTokens, decoded, this.waiting.length, lane.running, this.pool.used / this.pool.blocks);
  }

  private complete(lane: Lane): void {
    const { table } = this;
    const { end } = lane;
    lane.inFlight = false;
    this.account(lane);
    if (lane.decodes) this.finishDue(lane);
    lane.decodes = false;
    for (let index = 0; index < lane.chunks; index++) {
      const slot = i32(lane.chunkSlot, index);
      const computed = i32(table.computed, slot) + i32(lane.chunkTokens, index);
      table.computed[slot] = computed;
      this.recorder.computedTokens += i32(lane.chunkTokens, index);
      this.prefix.commit(slot, computed);
      if (computed < this.target(slot)) continue;
      if (lane.partial === slot) lane.partial = none;
      this.promptDone(lane, slot, end);
    }
    lane.begin = end;
    this.wake(end);
  }

  /** A prompt is computed, and a token was drawn. */
  private promptDone(lane: Lane, slot: number, end: number): void {
    const { table } = this;
    const generated = i32(table.generated, slot) + 1;
    table.generated[slot] = generated;
    if (generated === 1) table.first[slot] = end;
    else this.recorder.itl.add(end - f64(table.latest, slot));
    table.latest[slot] = end;
    if (generated >= i32(table.output, slot) || this.handOver) this.finish(lane, slot, end);
    else this.beginDecoding(lane, slot);
  }

  private beginDecoding(lane: Lane, slot: number): void {
    const left = i32(this.table.output, slot) - i32(this.table.generated, slot);
    lane.startDecoding(slot, decodeSteps(left, this.options.speculation, this.random), left);
  }

  private finishDue(lane: Lane): void {
    for (let slot = lane.due.at(lane.step); slot !== none; slot = lane.due.at(lane.step)) {
      const kept = i32(this.table.computed, slot) + (lane.step - i32(this.table.begun, slot));
      lane.stopDecoding(slot);
      this.finish(lane, slot, lane.end);
      if (this.options.policy === 'static') {
        lane.idle++;
        lane.idleCached += kept;
      }
    }
    if (lane.decoding === 0) {
      lane.idle = 0;
      lane.idleCached = 0;
    }
  }

  private finish(lane: Lane, slot: number, end: number): void {
    const { table } = this;
    this.prefix.commit(slot, i32(table.computed, slot));
    this.prefix.release(slot, i32(table.own, slot), false, i32(table.computed, slot));
    lane.leave(slot);
    this.policy.ended?.(lane);
    this.present--;
    if (this.handOver) {
      this.handOver(slot, end);
      return;
    }
    this.recorder.finish(slot, end);
    table.giveBack(slot);
  }

  // What policies are built from.

  /** Tokens a waiting or prefilling request has to have in the cache before it draws its next token. */
  target(slot: number): number {
    return i32(this.table.prompt, slot) + i32(this.table.generated, slot);
  }

  /** Blocks a prefilling request lacks to hold `tokens`. */
  blocksMissing(slot: number, tokens: number): number {
    return Math.max(0, this.pool.blocksFor(tokens) - i32(this.table.own, slot) - i32(this.table.shared, slot));
  }

  /** The next chunk of a request that runs, with the blocks it needs. */
  takeChunk(lane: Lane, slot: number, chunk: number, blocks: number): void {
    const { table } = this;
    if (blocks > 0) this.pool.take(blocks);
    table.own[slot] = i32(table.own, slot) + blocks;
    lane.addChunk(slot, chunk);
    if (i32(table.computed, slot) + chunk < this.target(slot)) lane.partial = slot;
    else lane.sampled++;
  }

  /** The first waiting request runs with what `prefix.match` found for it and a chunk behind that. */
  admit(lane: Lane, chunk: number): number {
    const slot = this.waiting.shift();
    const { prefix, table } = this;
    const { tokens } = prefix;
    prefix.hold(slot);
    table.computed[slot] = tokens;
    this.recorder.hitTokens += tokens;
    lane.join(slot);
    this.takeChunk(lane, slot, chunk, this.blocksMissing(slot, tokens + chunk));
    return slot;
  }

  /** The first waiting request has its prompt in the cache already and joins the decoding ones, which take part in this step. */
  admitReceived(lane: Lane): void {
    const slot = this.waiting.shift();
    const { table } = this;
    lane.join(slot);
    table.received[slot] = 0;
    this.beginDecoding(lane, slot);
    this.pool.take(lane.growth.blocks(i32(table.computed, slot), f64(table.rate, slot), 1));
    lane.growth.settle(lane.step);
  }

  /** All decoding requests take part in the step; their blocks must be there. */
  decode(lane: Lane): void {
    const needed = lane.growth.at(lane.step);
    if (needed > 0) this.pool.take(needed);
    lane.growth.settle(lane.step);
    lane.decodes = true;
  }

  /** Preempts the last running requests until the decoding ones have the blocks of their next step. */
  makeRoomToDecode(lane: Lane): void {
    while (lane.decoding > 0 && lane.growth.at(lane.step) > this.pool.free) this.preempt(lane, lane.tail);
  }

  /** A running request loses its blocks and waits again, first in the queue or last. */
  preempt(lane: Lane, slot: number, last = false): void {
    const { table } = this;
    const decoding = i32(table.phase, slot) === phase.decode;
    if (decoding) lane.stopDecoding(slot);
    const keep = this.options.policy !== 'sglang';
    this.prefix.release(slot, i32(table.own, slot), keep, i32(table.computed, slot));
    lane.leave(slot);
    this.policy.ended?.(lane);
    table.computed[slot] = 0;
    table.phase[slot] = phase.waiting;
    table.preempted[slot] = i32(table.preempted, slot) + 1;
    this.recorder.preemptions++;
    if (last) this.waiting.pushBack(slot);
    else this.waiting.pushFront(slot);
  }
}

/**
 * SGLang (python/sglang/srt/managers/scheduler.py get_next_batch_to_run, schedule_policy.py PrefillAdder, schedule_batch.py
 * retract_decode): a batch of new prompts goes first, the decoding requests wait for it. A prompt is admitted when the cache has room
 * for it, its answer, and a share of what the running answers may still grow by. The share starts at 0.7 times the conservativeness,
 * falls to 0.14 of that in 600 decode steps, and is set anew when the cache ran full: then the requests with the fewest tokens generated
 * are retracted until each of the others has room for 20 more, and wait at the end of the queue. A prompt longer than the
 * chunk is computed in chunks, one such request at a time. The queue is first come first served, SGLang's default.
 */
import type { Lane } from '../lane.ts';
import type { Policy, Replica } from '../replica.ts';
import { phase, type RequestTable } from '../request-table.ts';
import { i32 } from '../typed.ts';

const startShare = 0.7;
const leastShare = 0.14;
const decaySteps = 600;
const retractSteps = 20;
/** An answer is planned with this many tokens at most. */
const clip = 4096;

interface Plan {
  /** The share was `share` at the lane's decode step `at`. */
  share: number;
  at: number;
  full: boolean;
}

export class SglangPolicy implements Policy {
  readonly maxRunning: number;
  private readonly start: number;
  private readonly least: number;
  private readonly plans = new Map<Lane, Plan>();

  private readonly chunk: number;
  private readonly chunked: boolean;
  private readonly maxPrefill: number;
  private readonly drafted: number;

  constructor(
    maxSequences: number,
    lanes: number,
    chunk: number,
    chunked: boolean,
    maxPrefill: number,
    conservativeness: number,
    drafted: number,
  ) {
    this.chunk = chunk;
    this.chunked = chunked;
    this.maxPrefill = maxPrefill;
    this.drafted = drafted;
    this.maxRunning = Math.max(1, Math.floor(maxSequences / lanes));
    this.start = Math.min(1, startShare * conservativeness);
    this.least = Math.min(1, this.start * leastShare);
  }

  private planOf(lane: Lane): Plan {
    let plan = this.plans.get(lane);
    if (plan === undefined) {
      plan = { share: this.start, at: 0, full: false };
      this.plans.set(lane, plan);
    }
    return plan;
  }

  private shareNow(lane: Lane, plan: Plan): number {
    return Math.max(this.least, plan.share - ((lane.step - plan.at) * (this.start - this.least)) / decaySteps);
  }

  schedule(replica: Replica, lane: Lane): void {
    const plan = this.planOf(lane);
    if (lane.partial !== -1 || (replica.waiting.length > 0 && !plan.full)) this.prefill(replica, lane, plan);
    if (lane.chunks > 0 || lane.decodes) return;
    if (lane.decoding === 0) {
      // A prompt half done for which no block is left gives way.
      if (lane.partial !== -1) replica.preempt(lane, lane.partial, true);
      return;
    }
    if (lane.growth.at(lane.step) > replica.pool.free) this.retract(replica, lane, plan);
    if (lane.decoding > 0) replica.decode(lane);
  }

  isSteady({ waiting }: Replica, lane: Lane): boolean {
    return waiting.length === 0 || this.planOf(lane).full;
  }

  ended(lane: Lane): void {
    this.planOf(lane).full = false;
  }

  /** Tokens the running answers may still grow by, each clipped. */
  private expected(table: RequestTable, lane: Lane): number {
    let sum = 0;
    for (let slot = lane.head; slot !== -1; slot = i32(table.next, slot)) {
      const done = i32(table.phase, slot) === phase.decode ? lane.step - i32(table.begun, slot) : 0;
      sum += Math.min(clip, i32(table.limit, slot) - i32(table.generated, slot) - done);
    }
    return sum;
  }

  private prefill(replica: Replica, lane: Lane, plan: Plan): void {
    const { pool, prefix, table, waiting } = replica;
    const { page } = pool;
    const ceil = (tokens: number) => Math.ceil(tokens / page) * page;
    let room = 0;
    for (const each of replica.lanes) room -= this.expected(table, each) * this.shareNow(each, this.planOf(each));
    room += pool.free * page;
    let input = this.maxPrefill;
    let chunk = this.chunked ? this.chunk : Number.POSITIVE_INFINITY;
    const charge = (tokens: number, answer: number) => {
      room -= ceil(tokens) + answer + page;
      input -= ceil(tokens);
      chunk -= ceil(tokens);
    };
    if (lane.partial !== -1) {
      const slot = lane.partial;
      const left = replica.target(slot) - i32(table.computed, slot);
      const tokens = Math.min(left, chunk, Math.max(0, pool.free * page));
      if (tokens <= 0) return;
      lane.partial = -1;
      replica.takeChunk(lane, slot, tokens, replica.blocksMissing(slot, i32(table.computed, slot) + tokens));
      charge(tokens, tokens < left ? 0 : Math.min(clip, i32(table.limit, slot)));
    }
    while (waiting.length > 0 && input > 0 && chunk > 0 && lane.partial === -1) {
      if (lane.running >= this.maxRunning) {
        plan.full = true;
        return;
      }
      const slot = waiting.first;
      const target = replica.target(slot);
      const answer = Math.min(clip, i32(table.limit, slot) - i32(table.generated, slot));
      if (i32(table.received, slot) === 1) {
        if (ceil(target) + answer + page >= room && lane.running > 0) plan.full = true;
        if (plan.full || lane.growth.at(lane.step) + pool.blocksFor(target + this.drafted) > pool.free) return;
        if (!lane.decodes) replica.decode(lane);
        replica.admitReceived(lane);
        room -= ceil(target) + answer + page;
        continue;
      }
      prefix.match(slot, target);
      const missing = target - prefix.tokens;
      const alone = lane.running === 0 && replica.present - waiting.length === 0;
      if ((ceil(missing) + answer + page >= room - prefix.freeBlocks * page && !alone) || this.lacks(replica, missing)) {
        plan.full = lane.running > 0;
        return;
      }
      if (ceil(missing) >= input && lane.chunks > 0) return;
      const cut = missing <= chunk ? missing : Math.floor(chunk / page) * page;
      if (cut <= 0) return;
      replica.admit(lane, cut);
      charge(cut, cut < missing ? 0 : answer);
    }
  }

  private lacks({ pool, prefix }: Replica, missing: number): boolean {
    return pool.blocksFor(missing) + prefix.freeBlocks > pool.free;
  }

  /** The fewest generated tokens go first, among equals the longest prompt. */
  private retract(replica: Replica, lane: Lane, plan: Plan): void {
    const { table, pool } = replica;
    const slots: number[] = [];
    for (let slot = lane.head; slot !== -1; slot = i32(table.next, slot)) if (i32(table.phase, slot) === phase.decode) slots.push(slot);
    const generated = (slot: number) => i32(table.generated, slot) + lane.step - i32(table.begun, slot);
    slots.sort((a, b) => generated(b) - generated(a) || i32(table.prompt, a) - i32(table.prompt, b));
    let first = true;
    while (slots.length > 1 && (first || pool.free * pool.page < slots.length * retractSteps || lane.growth.at(lane.step) > pool.free)) {
      replica.preempt(lane, slots.pop() as number, true);
      first = false;
    }
    // One request alone: it fits by itself, so others hold the blocks.
    if (lane.growth.at(lane.step) > pool.free) for (const slot of slots) replica.preempt(lane, slot, true);
    let decoded = 0;
    let most = 0;
    for (const slot of slots) {
      decoded += generated(slot);
      most += i32(table.limit, slot);
    }
    plan.share = Math.min(1, (decoded + retractSteps * slots.length) / (most + 1));
    plan.at = lane.step;
    plan.full = false;
  }
}

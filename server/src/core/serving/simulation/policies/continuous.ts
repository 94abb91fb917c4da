/**
 * Batches that change at every step: the running requests first, in the order of admission, one token each (and the drafted ones) or
 * the next chunk of a prompt; then the waiting ones while tokens of the step are left. When blocks run out the last running request is
 * preempted and computes everything again; no request is admitted in such a step. Engines differ in when a request is admitted.
 */
import type { Lane } from '../lane.ts';
import type { Policy, Replica } from '../replica.ts';
import { i32 } from '../typed.ts';

/** Whether the first waiting request, of which `prefix.match` has found a part, may have blocks for `reach` tokens now. */
export type Admission = (replica: Replica, slot: number, reach: number) => boolean;

export class ContinuousPolicy implements Policy {
  readonly maxRunning: number;
  private readonly perDecode: number;
  /** The latest step admitted all it could. */
  private admits = true;

  private readonly tokens: number;
  private readonly chunked: boolean;
  private readonly fits: Admission;

  constructor(maxSequences: number, tokens: number, chunked: boolean, drafted: number, fits: Admission) {
    this.tokens = tokens;
    this.chunked = chunked;
    this.fits = fits;
    this.perDecode = 1 + drafted;
    this.maxRunning = Math.max(1, Math.min(maxSequences, Math.floor(tokens / this.perDecode)));
  }

  schedule(replica: Replica, lane: Lane): void {
    const before = replica.recorder.preemptions;
    replica.makeRoomToDecode(lane);
    let budget = this.tokens;
    if (lane.decoding > 0) {
      replica.decode(lane);
      budget -= lane.decoding * this.perDecode;
    }
    if (lane.partial !== -1) budget -= this.continuePrompt(replica, lane, budget);
    this.admits = replica.recorder.preemptions === before;
    if (!this.admits) return;
    while (replica.waiting.length > 0 && budget > 0 && lane.running < this.maxRunning) {
      const taken = this.admit(replica, lane, budget);
      if (taken < 0) break;
      budget -= taken;
    }
  }

  /** What the first one finds in the cache may change by eviction, so then every step is looked at. */
  isSteady({ waiting, prefix }: Replica): boolean {
    return waiting.length === 0 || (this.admits && prefix.blocks === 0);
  }

  private continuePrompt(replica: Replica, lane: Lane, budget: number): number {
    const slot = lane.partial;
    const computed = i32(replica.table.computed, slot);
    const chunk = Math.min(replica.target(slot) - computed, budget);
    if (chunk <= 0) return 0;
    const needed = replica.blocksMissing(slot, computed + chunk);
    if (needed > replica.pool.free) {
      replica.preempt(lane, slot);
      return 0;
    }
    replica.takeChunk(lane, slot, chunk, needed);
    return chunk;
  }

  /** Tokens taken by the first waiting request, or -1 when it cannot be admitted now. */
  private admit(replica: Replica, lane: Lane, budget: number): number {
    const { prefix, table } = replica;
    const slot = replica.waiting.first;
    const target = replica.target(slot);
    if (i32(table.received, slot) === 1) {
      prefix.clear();
      if (budget < this.perDecode || !this.fits(replica, slot, target + this.perDecode - 1)) return -1;
      if (!lane.decodes) replica.decode(lane);
      replica.admitReceived(lane);
      return this.perDecode;
    }
    prefix.match(slot, target);
    const missing = target - prefix.tokens;
    // Alone, a request that was preempted may be longer than a step.
    if (!this.chunked && missing > budget && lane.running > 0) return -1;
    const chunk = this.chunked ? Math.min(missing, budget) : missing;
    if (!this.fits(replica, slot, prefix.tokens + chunk)) return -1;
    replica.admit(lane, chunk);
    return chunk;
  }
}

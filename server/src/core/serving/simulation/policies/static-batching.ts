/**
 * Static batching, as engines did before batches changed at every step (FasterTransformer; Hugging Face generate): the requests that
 * wait when the engine is free make a batch, their prompts are computed, then all decode until the longest answer ends. Places of
 * shorter answers are computed along. Blocks are set aside for all prompts and answers.
 */
import type { Lane } from '../lane.ts';
import type { Policy, Replica } from '../replica.ts';
import { i32 } from '../typed.ts';
import { outstanding } from './outstanding.ts';

export class StaticPolicy implements Policy {
  readonly maxRunning: number;
  private readonly tokens: number;

  constructor(maxRunning: number, tokens: number) {
    this.maxRunning = maxRunning;
    this.tokens = tokens;
  }

  schedule(replica: Replica, lane: Lane): void {
    const { pool, prefix, table, waiting } = replica;
    if (lane.running === 0) {
      // With several batches in flight, the others' blocks to their ends are taken.
      let free = pool.free - outstanding(replica);
      let longest = 0;
      while (waiting.length > 0 && lane.running < this.maxRunning) {
        const slot = waiting.first;
        const needed = pool.blocksFor(i32(table.prompt, slot) + i32(table.limit, slot) + replica.drafted);
        // Everybody's place is as long as the longest one's.
        const place = Math.max(longest, needed);
        if (place * (lane.running + 1) > pool.blocks || needed > free) break;
        longest = place;
        free -= needed;
        prefix.match(slot, replica.target(slot));
        if (i32(table.received, slot) === 1) {
          if (!lane.decodes) replica.decode(lane);
          replica.admitReceived(lane);
        } else lane.join(waiting.shift());
      }
    }
    if (lane.decodes) return;
    let budget = this.tokens;
    let waitingPrompts = 0;
    for (let slot = lane.head; slot !== -1; slot = i32(table.next, slot)) {
      const left = replica.target(slot) - i32(table.computed, slot);
      if (i32(table.generated, slot) > 0 || left <= 0) continue;
      waitingPrompts++;
      // A prompt longer than a step is a step of its own.
      if (left > budget && lane.chunks > 0) break;
      replica.takeChunk(lane, slot, left, replica.blocksMissing(slot, left));
      budget -= left;
    }
    if (waitingPrompts === 0 && lane.decoding > 0) replica.decode(lane);
  }

  isSteady(): boolean {
    return true;
  }
}

/**
 * TensorRT-LLM's in-flight batching (cpp/tensorrt_llm/batch_manager/capacityScheduler.cpp, microBatchScheduler.cpp). GUARANTEED_NO_EVICT,
 * the default: a request is admitted when the blocks it may need to its end are free beside what the running ones may still need, so
 * none is ever paused. MAX_UTILIZATION: when its whole prompt fits; the last one is paused when blocks run out, as in a
 * continuous batch.
 */

import type { Replica } from '../replica.ts';
import { phase } from '../request-table.ts';
import { f64, i32 } from '../typed.ts';
import type { Admission } from './continuous.ts';

/** Blocks the running requests may still ask for; those of the step at hand they have. */
function outstanding({ lanes, pool, table, drafted }: Replica): number {
  let sum = 0;
  for (const lane of lanes) {
    for (let slot = lane.head; slot !== -1; slot = i32(table.next, slot)) {
      const decoding = i32(table.phase, slot) === phase.decode;
      const held = decoding
        ? lane.growth.blocks(i32(table.computed, slot), f64(table.rate, slot), lane.step - i32(table.begun, slot) + (lane.decodes ? 1 : 0))
        : i32(table.own, slot) + i32(table.shared, slot);
      sum += Math.max(0, pool.blocksFor(i32(table.prompt, slot) + i32(table.limit, slot) + drafted) - held);
    }
  }
  return sum;
}

export const noEvictAdmission: Admission = (replica, slot) => {
  const { pool, prefix, table, drafted } = replica;
  const needed = pool.blocksFor(i32(table.prompt, slot) + i32(table.limit, slot) + drafted) - prefix.blocks + prefix.freeBlocks;
  return needed + outstanding(replica) <= pool.free;
};

/**
 * TensorRT-LLM's in-flight batching (cpp/tensorrt_llm/batch_manager/capacityScheduler.cpp, microBatchScheduler.cpp). GUARANTEED_NO_EVICT,
 * the default: a request is admitted when the blocks it may need to its end are free beside what the running ones may still need, so
 * none is ever paused. MAX_UTILIZATION: when its whole prompt fits; the last one is paused when blocks run out, as in a
 * continuous batch.
 */

import { i32 } from '../typed.ts';
import type { Admission } from './continuous.ts';
import { outstanding } from './outstanding.ts';

export const noEvictAdmission: Admission = (replica, slot) => {
  const { pool, prefix, table, drafted } = replica;
  const needed = pool.blocksFor(i32(table.prompt, slot) + i32(table.limit, slot) + drafted) - prefix.blocks + prefix.freeBlocks;
  return needed + outstanding(replica) <= pool.free;
};

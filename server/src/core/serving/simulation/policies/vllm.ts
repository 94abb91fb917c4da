/**
 * vLLM V1 (vllm/v1/core/sched/scheduler.py Scheduler.schedule, kv_cache_manager.py allocate_slots): a continuous batch; a preempted
 * request goes to the front of the queue. A prompt is admitted only when all of it fits (`scheduler_reserve_full_isl`, on by
 * default), or in older releases when its first chunk does.
 */
import type { Admission } from './continuous.ts';

/** Blocks a waiting request would take from the free ones to hold `tokens`. */
export const vllmAdmission =
  (reservePrompt: boolean): Admission =>
  (replica, slot, reach) => {
    const { pool, prefix } = replica;
    const tokens = reservePrompt ? Math.max(reach, replica.target(slot)) : reach;
    return Math.max(0, pool.blocksFor(tokens) - prefix.blocks) + prefix.freeBlocks <= pool.free;
  };

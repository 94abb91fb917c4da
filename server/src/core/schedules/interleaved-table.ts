/**
 * The k-th forward or backward pass of a rank that interleaves its chunks: a group of micro batches runs through every
 * chunk before the next group starts; backward passes take the chunks from the last to the first. The last group holds
 * what is left over.
 *
 * Source: `get_schedule_table` of megatron/core/pipeline_parallel/schedules.py in Megatron-LM.
 */
import type { ScheduleProblem, VisitOperation } from './schedule.ts';

export interface InterleavedTable {
  /** Passes of each kind of one rank: micro batches times chunks. */
  readonly total: number;
  /** Visits the k-th pass of that kind. */
  readonly step: (kind: 'forward' | 'backward' | 'backward-input' | 'backward-weight', k: number, paired?: boolean) => void;
}

/**
 * Micro batches that run on one chunk before the next. Megatron-LM takes the number of stages, and starts only when what
 * is left for the last group is nothing or again at least that many; otherwise it has to be told a larger group, which
 * here is the smallest that will do. Fewer micro batches than stages are one group.
 */
export function groupOf({ stages, microBatches, microBatchGroup }: ScheduleProblem): number {
  if (microBatchGroup !== undefined) return microBatchGroup;
  for (let group = stages; group < microBatches; group++) {
    const left = microBatches % group;
    if (left === 0 || left >= stages) return group;
  }
  return microBatches;
}

/** The table of one rank; `group` micro batches run on one chunk before the next. */
export function interleavedTable({ microBatches, virtualStages }: ScheduleProblem, group: number, visit: VisitOperation): InterleavedTable {
  const perGroup = group * virtualStages;
  return {
    total: microBatches * virtualStages,
    step: (kind, k, paired) => {
      const first = Math.floor(k / perGroup) * group;
      const size = Math.min(group, microBatches - first);
      const inGroup = k % perGroup;
      const chunk = Math.floor(inGroup / size);
      visit(kind, first + (inGroup % size), kind === 'forward' ? chunk : virtualStages - 1 - chunk, paired);
    },
  };
}

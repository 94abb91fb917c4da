/** The kernels for adapters are built for a few ranks. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { choices, isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';
import { isBefore, isSince } from './shared/serving.ts';

/** Ranks of all releases; 320 and 512 came in 0.8, 1 in 0.12. */
const ranks = [8, 16, 32, 64, 128, 256] as const;

export const loraRankUnsupported = defineRule({
  id: 'lora-rank-unsupported',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.loraRank'],
  mayRead: ['serving.engineVersion'],
  check({ job, sources, report }) {
    const rank = job['serving.loraRank'];
    const version = job['serving.engineVersion'];
    if (!isCount(rank) || !isWritten(sources, 'serving.loraRank')) return;
    const one = version === undefined || isSince(version, '0.12') ? [1] : [];
    const valid = [...one, ...ranks, ...(isBefore(version, '0.8') ? [] : [320, 512])];
    if (valid.includes(rank)) return;
    const next = valid.find((value) => value > rank);
    report({
      at: 'serving.loraRank',
      what: `An adapter rank of ${rank} is not among those vLLM has kernels for`,
      why: '"max_lora_rank ({}) must be one of"; adapters of smaller rank fit in',
      advice: next === undefined ? `the largest is ${valid.at(-1)}` : `use ${choices(valid, rank, 3)}`,
      fixes: next === undefined ? [] : onlyFix(`Set the rank to ${next}`, 'serving.loraRank', next),
    });
  },
});

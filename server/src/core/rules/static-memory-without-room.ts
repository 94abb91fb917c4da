/** SGLang's share must hold the weights and some KV cache. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { gib } from './shared/format.ts';
import { high, low } from './shared/memory.ts';
import { isWritten } from './shared/origins.ts';

const digits = 100;

export const staticMemoryWithoutRoom = defineRule({
  id: 'static-memory-without-room',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  reads: ['serving.staticMemoryShare'],
  mayRead: ['parallel.tensor'],
  needsEstimate: true,
  check({ job, sources, estimate, tryChange, report }) {
    const share = job['serving.staticMemoryShare'];
    if (estimate?.kind !== 'serving' || !isWritten(sources, 'serving.staticMemoryShare')) return;
    const { weights, overhead, usable } = estimate.memory;
    // With weights that fit nowhere no share would help.
    if (low(weights) < share * usable.value || high(weights) + high(overhead) > usable.value) return;
    const most = Math.floor((1 - high(overhead) / usable.value) * digits) / digits;
    const tried = tryChange?.({ 'serving.staticMemoryShare': most });
    const works = tried?.kind === 'serving' && tried.kvTokens.value > 0;
    const least = Math.ceil((high(weights) / usable.value) * digits) / digits;
    report({
      at: 'serving.staticMemoryShare',
      related: ['parallel.tensor'],
      what: `A static share of ${share} is ${gib(share * usable.value)}, the weights alone take ${gib(weights.value)}`,
      why: '"Not enough memory. Please try to increase --mem-fraction-static."',
      advice: works ? `use more than ${least} and at most ${most}` : 'raise TP, or use weights in fewer bits',
      fixes: works ? onlyFix(`Set the static share to ${most}`, 'serving.staticMemoryShare', most) : [],
    });
  },
});

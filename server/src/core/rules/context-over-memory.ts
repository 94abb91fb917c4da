/** llama.cpp allocates the whole context before it answers anything. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { gib } from './shared/format.ts';
import { high, low } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const contextOverMemory = defineRule({
  id: 'context-over-memory',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['llama-cpp', 'ollama'],
  reads: ['serving.maxModelLen'],
  mayRead: ['serving.gpuLayers'],
  needsEstimate: true,
  check({ job, framework, sources, estimate, report }) {
    const context = job['serving.maxModelLen'];
    if (estimate?.kind !== 'serving' || !isCount(context) || !isWritten(sources, 'serving.maxModelLen')) return;
    const { weights, overhead, usable } = estimate.memory;
    // Ollama gives every request that runs beside others a context of its own.
    const copies = framework === 'ollama' ? (estimate.slots?.count ?? 1) : 1;
    const perToken = estimate.kvBytesPerToken.value * copies;
    const left = usable.value - high(weights) - high(overhead);
    const needed = low(weights) + low(overhead) + perToken * context;
    if (!(needed > usable.value) || !(left > 0) || !(perToken > 0)) return;
    const fitting = Math.floor(left / perToken / 256) * 256;
    if (fitting < 256) return;
    // With a number of layers written, nothing is moved to the host to make room.
    const isFixed = framework === 'llama-cpp' && isWritten(sources, 'serving.gpuLayers');
    report({
      at: 'serving.maxModelLen',
      related: ['serving.gpuLayers'],
      severity: isFixed ? 'error' : 'warning',
      what: `A context of ${context} takes ${gib(perToken * context)} beside ${gib(weights.value)} of weights in ${gib(usable.value)}`,
      why: isFixed
        ? 'llama.cpp stops: "failed to allocate buffer for kv cache"'
        : 'layers are moved to the host until it fits, and every token waits for them',
      advice: `use ${fitting} tokens, an 8-bit cache (--cache-type-k, --cache-type-v), or fewer layers on the GPU`,
      fixes: onlyFix(`Set the context to ${fitting} tokens`, 'serving.maxModelLen', fitting),
    });
  },
});

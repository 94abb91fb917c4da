/** llama.cpp's context is that of all slots together. */
import { defineRule } from '../finding.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const contextSharedBySlots = defineRule({
  id: 'context-shared-by-slots',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['llama-cpp'],
  reads: ['serving.maxModelLen', 'serving.maxSequences'],
  mayRead: ['serving.unifiedCache'],
  check({ job, sources, report }) {
    const { 'serving.maxModelLen': context, 'serving.maxSequences': slots } = job;
    if (!isCount(context) || !isCount(slots) || slots === 1 || job['serving.unifiedCache'] === true) return;
    if (!isWritten(sources, 'serving.maxModelLen') || !isWritten(sources, 'serving.maxSequences')) return;
    const each = Math.floor(context / slots);
    report({
      at: 'serving.maxModelLen',
      related: ['serving.maxSequences'],
      what: `Each of the ${slots} slots gets ${each} of the ${context} tokens`,
      why: 'llama-server divides --ctx-size by --parallel ("n_ctx_slot"); longer requests are cut or refused',
      advice: `for ${context} tokens in every slot set --ctx-size ${context * slots}, or share one pool with --kv-unified`,
    });
  },
});

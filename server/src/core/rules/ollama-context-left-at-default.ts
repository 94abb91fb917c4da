/** Ollama cuts prompts at a context that depends on the GPU, not on the model. */
import { defineRule } from '../finding.ts';
import { isLeftOut } from './shared/origins.ts';

export const ollamaContextLeftAtDefault = defineRule({
  id: 'ollama-context-left-at-default',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['ollama'],
  reads: ['model.name'],
  mayRead: ['serving.maxModelLen'],
  check({ sources, report }) {
    if (!isLeftOut(sources, 'serving.maxModelLen')) return;
    report({
      at: 'model.name',
      related: ['serving.maxModelLen'],
      what: "The context is left at Ollama's default",
      why: '2048 tokens at first, 4096 since, by memory today (4k below 24 GiB, 32k, 256k from 48 GiB); longer prompts are cut without an error',
      advice: 'write PARAMETER num_ctx, or OLLAMA_CONTEXT_LENGTH for the server',
    });
  },
});

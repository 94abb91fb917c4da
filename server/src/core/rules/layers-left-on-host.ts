/** Layers on the host make every token wait for its memory. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { gib } from './shared/format.ts';
import { high } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

/** More than any model has: what people write for "all". */
const all = 99;

export const layersLeftOnHost = defineRule({
  id: 'layers-left-on-host',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['llama-cpp', 'ollama'],
  reads: ['serving.gpuLayers', 'model.layers'],
  needsEstimate: true,
  check({ job, sources, estimate, tryChange, report }) {
    const { 'serving.gpuLayers': placed, 'model.layers': layers } = job;
    if (!isCount(layers) || placed < 0 || placed >= layers || !isWritten(sources, 'serving.gpuLayers') || estimate?.kind !== 'serving')
      return;
    const then = tryChange?.({ 'serving.gpuLayers': all });
    if (then?.kind !== 'serving') return;
    const { weights, overhead, kvCache, usable } = then.memory;
    if (high(weights) + high(overhead) + kvCache.value > usable.value) return;
    report({
      at: 'serving.gpuLayers',
      related: ['model.layers'],
      what: `${layers - placed} of ${layers} layers stay on the host although all fit on the GPU`,
      why: `with all of them it needs ${gib(weights.value + overhead.value + kvCache.value)} of ${gib(usable.value)}; each token now waits for the host's memory`,
      advice: `set it to ${all}, or leave it out in newer releases`,
      fixes: onlyFix('Put all layers on the GPU', 'serving.gpuLayers', all),
    });
  },
});

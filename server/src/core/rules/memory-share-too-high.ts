/** What an engine does not count needs memory too: the context, CUDA graphs, NCCL, and in SGLang the activations. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { gib } from './shared/format.ts';
import { low } from './shared/memory.ts';
import { isWritten } from './shared/origins.ts';

const step = 0.01;
/** The least that a CUDA context takes: about half a GiB on today's drivers, less on small GPUs. */
const leastContext = 0.4 * 2 ** 30;
const shareFields = { vllm: 'serving.gpuMemoryUtilization', sglang: 'serving.staticMemoryShare' } as const;

export const memoryShareTooHigh = defineRule({
  id: 'memory-share-too-high',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: [],
  mayRead: ['serving.gpuMemoryUtilization', 'serving.staticMemoryShare', 'serving.kvCacheBytes', 'serving.maxKvTokens'],
  needsEstimate: true,
  check({ job, framework, sources, estimate, tryChange, report }) {
    const field = framework === 'sglang' ? shareFields.sglang : shareFields.vllm;
    const share = job[field];
    if (estimate?.kind !== 'serving' || share === undefined || !isWritten(sources, field)) return;
    if (job['serving.kvCacheBytes'] !== undefined || job['serving.maxKvTokens'] !== undefined) return;
    const { weights, overhead, kvCache, usable } = estimate.memory;
    // vLLM looks at what is free before it loads anything, and there is a context by then.
    const short = framework === 'vllm' ? leastContext - (1 - share) * usable.value : 0;
    const rest = weights.value + kvCache.value - usable.value;
    const [surely, over] = [Math.max(short, rest + low(overhead)), Math.max(short, rest + overhead.value)];
    const told = framework === 'sglang' ? over : surely;
    if (!(told > 0) || weights.value + low(overhead) > usable.value) return;
    // What the share leaves must hold what lies outside it: certain by the low end, advised by the middle of the estimate.
    const fitting = Math.floor((share - over / usable.value) / step + 1e-9) * step;
    const rounded = Math.round(fitting * 100) / 100;
    const tried = tryChange?.({ [field]: rounded });
    const works = tried?.kind === 'serving' && tried.kvTokens.value > 0;
    report({
      at: field,
      severity: surely > 0 ? 'warning' : 'info',
      what: `A share of ${share} leaves ${gib((1 - share) * usable.value)}, ${gib(told)} too little for what lies outside it`,
      why:
        framework === 'sglang'
          ? 'activations and CUDA graphs lie outside: "CUDA out of memory. Try reducing --mem-fraction-static"'
          : 'the context and graphs lie outside: "Free memory on device on startup is less than desired GPU memory utilization"',
      advice: works ? `use ${rounded} or less` : 'lower it, with fewer batched tokens or smaller CUDA graphs',
      fixes: works ? onlyFix(`Set the share to ${rounded}`, field, rounded) : [],
    });
  },
});

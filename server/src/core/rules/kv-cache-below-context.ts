/** The KV cache must hold at least one request of the longest length allowed. */
import { defineRule, type TryChange } from '../finding.ts';
import { onlyFix, setFixes } from './shared/fixes.ts';
import { high, low } from './shared/memory.ts';
import { isCount } from './shared/numbers.ts';

/** vLLM's default block size in tokens. */
const defaultBlock = 16;

/** Shares that still leave room for the context and graphs, and that start on most machines. */
const shares = [0.85, 0.88, 0.9, 0.92, 0.94, 0.95] as const;

/** The smallest share of the memory with which one request fits for certain. */
function sufficientShare(now: number | undefined, tryChange: TryChange | undefined): number | undefined {
  return shares.find((share) => {
    if (now === undefined || share <= now) return false;
    const then = tryChange?.({ 'serving.gpuMemoryUtilization': share });
    return then?.kind === 'serving' && then.memory.fits === 'yes' && low(then.concurrency) >= 1;
  });
}

export const kvCacheBelowContext = defineRule({
  id: 'kv-cache-below-context',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.maxModelLen'],
  mayRead: ['serving.blockSize', 'serving.gpuMemoryUtilization', 'parallel.tensor', 'serving.kvCacheDtype'],
  needsEstimate: true,
  check({ job, estimate, tryChange, report }) {
    const wanted = job['serving.maxModelLen'];
    if (estimate?.kind !== 'serving' || !isCount(wanted) || !(low(estimate.concurrency) < 1)) return;
    // Weights that do not fit at all have a rule of their own.
    if (!(high(estimate.kvTokens) > 0)) return;
    const block = job['serving.blockSize'];
    const size = isCount(block) ? block : defaultBlock;
    const fitting = Math.floor(low(estimate.kvTokens) / size) * size;
    const share = sufficientShare(job['serving.gpuMemoryUtilization'], tryChange);
    const severity = high(estimate.concurrency) < 1 ? 'error' : 'warning';
    const held =
      severity === 'error'
        ? `holds about ${Math.floor(estimate.kvTokens.value)} tokens`
        : `may hold as few as ${Math.floor(low(estimate.kvTokens))} tokens`;
    report({
      at: 'serving.maxModelLen',
      related: ['serving.gpuMemoryUtilization', 'parallel.tensor', 'serving.kvCacheDtype'],
      severity,
      what: `The KV cache ${held}, one request may need ${wanted}`,
      why: '"To serve at least one request with the models\'s max seq len ({})" vLLM needs a larger KV cache, and does not start',
      advice: `${fitting > 0 ? `lower --max-model-len to ${fitting}, ` : ''}${share === undefined ? '' : `raise --gpu-memory-utilization to ${share}, `}raise TP, or use an fp8 KV cache`,
      fixes: [
        ...(fitting > 0
          ? onlyFix(`Set the context to ${fitting} tokens (longer requests are refused)`, 'serving.maxModelLen', fitting)
          : []),
        ...(share === undefined ? [] : setFixes('serving.gpuMemoryUtilization', [share], (value) => `Use ${value} of the memory`)),
      ],
    });
  },
});

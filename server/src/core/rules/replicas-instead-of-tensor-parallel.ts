/** Where fewer GPUs hold the model, several servers answer more than one wide one. */
import { defineRule } from '../finding.ts';
import { percent } from './shared/format.ts';
import { low } from './shared/memory.ts';
import { halves, isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';
import { servingGain } from './shared/serving-gains.ts';

const worthALine = 1.2;
/** Requests of the full context that the narrower server must still hold at once. */
const leastConcurrency = 8;

export const replicasInsteadOfTensorParallel = defineRule({
  id: 'replicas-instead-of-tensor-parallel',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang', 'tensorrt-llm', 'lmdeploy'],
  reads: ['parallel.tensor'],
  mayRead: ['cluster.gpusPerNode'],
  needsEstimate: true,
  check({ job, sources, estimate, tryChange, report }) {
    const tensor = job['parallel.tensor'];
    if (!isCount(tensor) || !isWritten(sources, 'parallel.tensor') || tensor > (job['cluster.gpusPerNode'] ?? tensor)) return;
    const found = halves(tensor)
      .map((value) => ({ value, gain: servingGain(estimate, tryChange, { 'parallel.tensor': value }) }))
      .filter(
        ({ gain }) =>
          gain && gain.then.memory.fits === 'yes' && low(gain.then.concurrency) >= leastConcurrency && gain.throughput >= worthALine,
      )
      .toSorted((a, b) => (b.gain?.throughput ?? 0) - (a.gain?.throughput ?? 0));
    const [best] = found;
    if (!best?.gain) return;
    const { value, gain } = best;
    const longer = -gain.time;
    report({
      at: 'parallel.tensor',
      what: `${tensor / value} servers with TP ${value} give ${percent(gain.throughput - 1)} more tokens per second than TP ${tensor}`,
      why: `by the model; each token then takes ${longer >= 0 ? `${percent(longer)} longer` : `${percent(-longer)} less`}, and ${Math.floor(gain.then.concurrency.value)} full requests fit at once`,
      advice: `use TP ${value} and data parallelism or replicas, unless the time per token matters most`,
    });
  },
});

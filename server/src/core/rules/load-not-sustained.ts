/** The stated load is more than the server settles to, or settles to beyond the latency limits. */
import type { LoadEstimate } from '../estimate.ts';
import { defineRule, type FindingPlace } from '../finding.ts';
import type { LoadLimit } from '../serving-load.ts';
import { high } from './shared/memory.ts';

/** What would have to be larger for the load to fit. */
const bounds: Readonly<Record<LoadLimit, FindingPlace>> = {
  'prompt time': 'parallel.tensor',
  sequences: 'serving.maxSequences',
  'batched tokens': 'serving.maxBatchedTokens',
  'KV cache': 'serving.gpuMemoryUtilization',
};

const digits = (value: number): string => value.toPrecision(3).replace(/\.?0+$/, '');

function broken({ timeToFirstToken, timePerToken }: LoadEstimate, ttft: number | undefined, tpot: number | undefined): string | undefined {
  const told = (name: string, value: number, limit: number): string =>
    `${name} is about ${digits(value * 1000)} ms under load, over the limit of ${digits(limit * 1000)} ms`;
  if (ttft !== undefined && timeToFirstToken && timeToFirstToken.value > ttft) return told('TTFT', timeToFirstToken.value, ttft);
  if (tpot !== undefined && timePerToken && timePerToken.value > tpot) return told('TPOT', timePerToken.value, tpot);
  return undefined;
}

export const loadNotSustained = defineRule({
  id: 'load-not-sustained',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  reads: ['load.requestRate', 'load.inputTokens', 'load.outputTokens'],
  mayRead: ['load.firstTokenLimit', 'load.perTokenLimit', 'serving.replicas', 'serving.dataParallel'],
  needsEstimate: true,
  check({ job, sources, estimate, report }) {
    if (estimate?.kind !== 'serving' || !estimate.load) return;
    const { load } = estimate;
    const { overloaded, sustainedRate } = load;
    const rate = job['load.requestRate'] / ((job['serving.replicas'] ?? 1) * (job['serving.dataParallel'] ?? 1));
    const late = broken(load, job['load.firstTokenLimit'], job['load.perTokenLimit']);
    if (overloaded === undefined && late === undefined) return;
    const { value } = sustainedRate;
    const engines = value > 0 ? Math.ceil(job['load.requestRate'] / value) : undefined;
    report({
      at: overloaded === undefined ? 'load.requestRate' : bounds[overloaded],
      related: ['load.requestRate', 'load.inputTokens', 'load.outputTokens'],
      // Inside the band the load may still be carried, and a benchmark in the file may mean to send too much.
      severity: rate > high(sustainedRate) && sources['load.requestRate']?.kind !== 'key' ? 'warning' : 'info',
      what: late ?? `${digits(rate)} requests/s are more than one engine sustains (about ${digits(value)}): the queue grows without end`,
      why:
        overloaded === undefined
          ? `one engine keeps the limits up to about ${digits(value)} requests/s`
          : `${overloaded === 'prompt time' ? 'prompts take all of the time' : `the limit is reached at the ${overloaded}`}`,
      ...(engines === undefined ? {} : { advice: `about ${engines} engines carry ${digits(job['load.requestRate'])} requests/s` }),
      fixes: [],
    });
  },
});

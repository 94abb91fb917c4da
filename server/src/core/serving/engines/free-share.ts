/** Engines that take a share of what is free once the weights are there: TensorRT-LLM, LMDeploy and TGI do so each in its way. */
import type { ServingJob } from '../../estimate-inputs.ts';
import { contextBytes, type Pool, type PoolQuestion } from './engine.ts';

/** `share` of what the context, the weights and `held` leave. */
export function freeSharePool(
  job: ServingJob,
  { usable, weights, caches }: PoolQuestion,
  held: number,
  names: { readonly share: string; readonly held: string; readonly source: string },
): Pool {
  const states = caches.state.layers * caches.state.bytes * job.maxSequences;
  const free = Math.max(0, usable - contextBytes - weights - held - states);
  return {
    bytes: job.kvCacheBytes ?? free * job.share,
    budget: usable,
    formula: `${names.share} * (total memory - context - weights - ${names.held}${states > 0 ? ' - states' : ''})`,
    inputs: [
      { name: names.share, value: job.share, field: 'serving.freeMemoryShare' },
      { name: 'total memory', value: usable, field: 'cluster.gpu' },
      { name: names.held, value: held },
    ],
    source: names.source,
    states,
  };
}

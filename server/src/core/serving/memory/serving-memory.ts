/** The memory of a serving engine's fullest GPU, as numbers: what each pipeline stage holds, and what is left for the cache. */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { TermInput } from '../../term.ts';
import { GiB } from '../../units.ts';
import { engineOf } from '../engines/engines.ts';
import { stageCaches } from './cache-layers.ts';
import { draftBytes, draftCaches } from './draft-memory.ts';
import type { PoolTokens } from './kv-pool.ts';
import { stageLayers } from './stages.ts';
import { loraBytes, stageWeights } from './weight-bytes.ts';

export interface ServingMemory {
  /** The stage that holds the fewest tokens. */
  readonly stage: number;
  readonly weights: number;
  /** Of the weights: those of a model that drafts, and what of them the budget does not see. */
  readonly draft: number;
  readonly unbudgeted: number;
  readonly lora: number;
  readonly activation: number;
  readonly outside: number;
  readonly unseen?: number;
  readonly captured: number;
  /** What weights, activations and cache may take together. */
  readonly budget: number;
  readonly pool: number;
  readonly poolFormula: string;
  readonly poolInputs: readonly TermInput[];
  readonly poolSource: string;
  /** The pool is configured, not estimated. */
  readonly isPoolExact: boolean;
  /** States of sequences that lie beside the pool. */
  readonly states: number;
  readonly perToken: number;
  readonly perTokenFormula: string;
  readonly block: number;
  readonly tokens: number;
  /** What the memory would hold without a stated number of tokens. */
  readonly unlimited: number;
  readonly concurrency: number;
  /** Tokens in the pool when every request has cached so many. */
  readonly held: (each: number) => number;
}

/** All stages, the one that holds the fewest tokens first told: the scheduler may use no more than it has. */
export function servingMemory(job: ServingJob, usable: number): ServingMemory {
  const engine = engineOf(job.engine.id);
  const layers = stageLayers(job);
  const overhead = engine.overhead(job);
  const offloaded = GiB(job.cpuOffloadGiB);
  const drafting = draftBytes(job);
  const drafted = draftCaches(job);
  let from = 0;
  const stages = stageWeights(job).map((held, stage): ServingMemory => {
    const to = from + (layers[stage] ?? 0);
    const isLast = to === job.model.layers;
    const draft = isLast ? drafting : 0;
    const caches = stageCaches(job, from, to, isLast ? drafted : [], engine.draftAfterPool);
    from = to;
    const weights = Math.max(0, (engine.resident?.(job, held) ?? held.bytes) - offloaded) + draft;
    const unbudgeted = engine.draftAfterPool === true ? draft : 0;
    const pool = engine.pool(job, { usable, weights: weights - unbudgeted, caches, ...overhead });
    const whole = engine.tokens(job, caches, pool.bytes);
    const cache = capped(job, whole);
    return {
      stage,
      weights,
      draft,
      unbudgeted,
      lora: loraBytes(job, layers[stage] ?? 0),
      ...overhead,
      budget: pool.budget,
      pool: Math.min(pool.bytes, cache.tokens < (job.maxKvTokens ?? Number.POSITIVE_INFINITY) ? pool.bytes : cache.tokens * cache.perToken),
      poolFormula: pool.formula,
      poolInputs: pool.inputs,
      poolSource: pool.source,
      isPoolExact: pool.isExact ?? false,
      states: pool.states ?? 0,
      perToken: cache.perToken,
      perTokenFormula: cache.formula,
      block: cache.block,
      tokens: cache.tokens,
      unlimited: whole.tokens,
      concurrency: cache.concurrency,
      held: cache.held,
    };
  });
  return stages.reduce((least, stage) => (isFuller(stage, least) ? stage : least));
}

const isFuller = (stage: ServingMemory, other: ServingMemory): boolean =>
  stage.tokens < other.tokens || (stage.tokens === other.tokens && stage.weights > other.weights);

/** A stated number of tokens caps what the memory would hold. */
function capped(job: ServingJob, cache: PoolTokens): PoolTokens {
  const most = job.maxKvTokens;
  if (most === undefined || most >= cache.tokens) return cache;
  const part = most / cache.tokens;
  return { ...cache, tokens: most, concurrency: cache.concurrency * part, held: (each) => cache.held(each) * part };
}

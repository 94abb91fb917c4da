/**
 * How many tokens a pool of so many bytes holds. vLLM's V1 engine keeps full attention, windows and states in groups of equally many layers that
 * share pages of one size (vllm/v1/core/kv_cache_utils.py, _get_kv_cache_groups_uniform_page_size); other engines give each token all layers.
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { StageCaches } from './cache-layers.ts';

export interface PoolTokens {
  /** Bytes of the pool that one token takes. */
  readonly perToken: number;
  /** Tokens per page, where the engine changes what was asked for. */
  readonly block: number;
  readonly tokens: number;
  /** Requests of the full context at once. */
  readonly concurrency: number;
  /** Tokens in the pool when every request has cached so many: more than `tokens` where windows give back what is behind them. */
  readonly held: (each: number) => number;
  readonly formula: string;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Attention kernels take pages of a multiple of this many tokens. */
const kernelBlock = 16;

/** Layers of a group: as many as the smallest kind has, unless the kinds are about equal. */
function groupSize(counts: readonly number[]): number {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return most < least * 1.25 ? most : least;
}

/** One page size for all layers: pages of attention grow until a state fits into one. */
export function groupedPool(job: ServingJob, caches: StageCaches, bytes: number): PoolTokens {
  const { full, window, state } = caches;
  const counts = [full.layers, window.layers, state.layers].filter((count) => count > 0);
  if (counts.length === 0)
    return { perToken: 0, block: job.blockSize, tokens: 0, concurrency: 0, held: () => 0, formula: 'no layer keeps a cache' };
  const perLayer = Math.max(full.bytes, window.bytes);
  if (perLayer === 0) return statesOnly(job, state, bytes);
  const block = state.layers > 0 ? Math.max(job.blockSize, roundUp(state.bytes / perLayer, kernelBlock)) : job.blockSize;
  const size = groupSize(counts);
  const [fulls, windows, states] = [full.layers, window.layers, state.layers].map((count) => Math.ceil(count / size)) as [
    number,
    number,
    number,
  ];
  const page = block * perLayer;
  const blocks = Math.floor(bytes / (page * size));
  const groups = fulls + windows + states;
  const context = Math.ceil(job.maxModelLen / block / job.contextRanks);
  const inWindow = Math.min(context, Math.ceil((window.size - 1 + job.maxBatchedTokens) / block) + 1);
  const needed = fulls * context + windows * inWindow + states;
  // While decoding, a window and the page it ends in are kept; requests of any length are meant, so pages are not rounded up.
  const pagesAt = (each: number): number =>
    (fulls * each) / (block * job.contextRanks) + windows * Math.min(each / block, window.size / block + 1) + states;
  return {
    perToken: (groups * size * perLayer) / job.contextRanks,
    block,
    tokens: Math.floor(blocks / groups) * block * job.contextRanks,
    concurrency: needed === 0 ? 0 : blocks / needed,
    held: (each) => (each > 0 ? Math.floor((blocks * each) / pagesAt(each)) : 0),
    formula:
      groups === 1
        ? 'layers on this GPU * bytes of one layer'
        : `groups of ${size} layers: ${fulls} of full attention, ${windows} of windows, ${states} of states; each takes a page of the same size`,
  };
}

function statesOnly(job: ServingJob, state: StageCaches['state'], bytes: number): PoolTokens {
  const sequences = Math.floor(bytes / (state.layers * state.bytes));
  const tokens = sequences * job.maxModelLen;
  return {
    perToken: (state.layers * state.bytes) / job.maxModelLen,
    block: job.maxModelLen,
    tokens,
    concurrency: sequences,
    held: (each) => sequences * each,
    formula: 'states of one size per request, however long it is',
  };
}

/** Every token takes its share in all layers that attend; `windowShare` of it in those with a window, where the engine sizes them apart. */
export function plainPool(job: ServingJob, caches: StageCaches, bytes: number, windowShare = 1): PoolTokens {
  const { full, window, state } = caches;
  const perToken = full.layers * full.bytes + windowShare * window.layers * window.bytes;
  if (perToken === 0) return state.layers > 0 ? statesOnly(job, state, bytes) : groupedPool(job, caches, bytes);
  const pages = Math.floor(bytes / (perToken * job.blockSize));
  const tokens = pages * job.blockSize * job.contextRanks;
  return {
    perToken: perToken / job.contextRanks,
    block: job.blockSize,
    tokens,
    // The last page of a request is partly empty.
    concurrency: tokens / roundUp(job.maxModelLen, job.blockSize),
    held: () => tokens,
    formula: 'layers on this GPU * bytes of one layer',
  };
}

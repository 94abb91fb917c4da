/** The numbers of a serving estimate as terms with their formulas, inputs and bands. */
import { bands } from '../calibration/bands.ts';
import type { ServingEstimate } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { bandOf } from '../memory/stage-terms.ts';
import { firstAttention, type ModelShape } from '../model-shape.ts';
import { totalParameters } from '../parameters/model-parameters.ts';
import { sumOf, type Term, type TermInput } from '../term.ts';
import { speedTerms } from './speed-terms.ts';

export interface ServingNumbers {
  readonly weights: number;
  readonly activation: number;
  readonly outside: number;
  readonly captured: number;
  readonly budget: number;
  readonly pool: number;
  readonly perToken: number;
  readonly tokens: number;
}

const banded = (term: Term, band: { readonly share: number; readonly basis: string }): Term => ({
  ...term,
  band: bandOf(term.value, band),
});

/** Terms of one serving job. The parts of `n` are bytes, seconds and tokens per GPU or replica. */
export function servingTerms(job: ServingJob, usable: Term, n: ServingNumbers): ServingEstimate {
  const weights = weightsTerm(job, n);
  const overhead = overheadTerm(job, n);
  const kvCache = poolTerm(job, n);
  const total = banded(sumOf('memory.total', 'Memory per GPU', 'B', [weights, overhead, kvCache]), bands.servingTotal);
  const needed = n.weights + n.activation + n.outside;
  const fits = needed > n.budget ? 'no' : n.tokens < job.maxModelLen ? 'close' : 'yes';
  return {
    kind: 'serving',
    gpus: job.tensor * job.pipeline * job.dataParallel,
    parameters: { id: 'parameters', label: 'Parameters', value: totalParameters(job.model), unit: 'count' },
    memory: { weights, overhead, kvCache, total, usable, fits },
    ...cacheTerms(job, n),
    ...speedTerms(job, n.tokens),
    assumptions: job.assumptions,
  };
}

function weightsTerm(job: ServingJob, n: ServingNumbers): Term {
  const term: Term = {
    id: 'memory.weights',
    label: 'Weights',
    unit: 'B',
    value: n.weights,
    formula: 'parameters on this GPU * bytes each, scales included',
    inputs: [
      { name: 'parameters', value: totalParameters(job.model), field: 'model.name' },
      { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
      { name: 'format', value: job.weights, field: 'serving.quantization' },
    ],
    source: 'vllm/model_executor/layers',
  };
  return banded(term, bands.weights);
}

function overheadTerm(job: ServingJob, n: ServingNumbers): Term {
  const activation: Term = {
    id: 'memory.activations',
    label: 'Activation peak of the profile run',
    unit: 'B',
    value: n.activation,
    formula: 'max(MLP tensors of a full batch, logits of all sequences)',
    inputs: [
      { name: 'batched tokens', value: job.maxBatchedTokens, field: 'serving.maxBatchedTokens' },
      { name: 'sequences', value: job.maxSequences, field: 'serving.maxSequences' },
    ],
    source: 'vllm/v1/worker/gpu_worker.py determine_available_memory',
  };
  const outside: Term = {
    id: 'memory.outside',
    label: 'CUDA context and NCCL',
    unit: 'B',
    value: n.outside,
    formula: 'a fixed size, and more when several GPUs work together',
    inputs: [{ name: 'bytes', value: n.outside, from: 'engine logs' }],
  };
  const graphs: Term = {
    id: 'memory.graphs',
    label: 'CUDA graphs',
    unit: 'B',
    value: n.captured,
    formula: 'a fixed size, none in eager mode',
    inputs: [{ name: 'enforce eager', value: String(job.enforceEager), field: 'serving.enforceEager' }],
  };
  return banded(sumOf('memory.overhead', 'Activations, graphs and libraries', 'B', [activation, outside, graphs]), bands.servingOverhead);
}

function poolTerm(job: ServingJob, n: ServingNumbers): Term {
  const term: Term = {
    id: 'memory.kv-cache',
    label: 'KV cache pool',
    unit: 'B',
    value: n.pool,
    formula: job.kvCacheBytes === undefined ? 'utilization * usable memory - weights - activation peak - outside' : 'as configured',
    inputs: [
      { name: 'utilization', value: job.gpuMemoryUtilization, field: 'serving.gpuMemoryUtilization' },
      { name: 'budget', value: n.budget, field: 'cluster.gpu' },
    ],
    source: 'vllm/v1/worker/gpu_worker.py determine_available_memory',
  };
  return banded(term, bands.serving);
}

/** What one token leaves in a layer: KV heads, or the compressed pair of MLA. */
function cacheInputs(model: ModelShape): readonly TermInput[] {
  const mixer = firstAttention(model);
  if (mixer?.kind === 'mla') return [{ name: 'KV rank + rope', value: mixer.kvRank + mixer.ropeDim, field: 'model.kvLoraRank' }];
  return mixer ? [{ name: 'KV heads', value: mixer.kvHeads, field: 'model.kvHeads' }] : [];
}

function cacheTerms(job: ServingJob, n: ServingNumbers): Pick<ServingEstimate, 'kvBytesPerToken' | 'kvTokens' | 'concurrency'> {
  return {
    kvBytesPerToken: {
      id: 'kv.bytes-per-token',
      label: 'KV cache bytes per token and GPU',
      unit: 'B',
      value: n.perToken,
      formula: '2 * layers / PP * max(1, KV heads / TP) * head size * bytes',
      inputs: [
        { name: 'layers', value: job.model.layers, field: 'model.layers' },
        ...cacheInputs(job.model),
        { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
        { name: 'format', value: job.kvCache, field: 'serving.kvCacheDtype' },
      ],
      source: 'vllm/v1/kv_cache_interface.py',
    },
    kvTokens: banded(
      {
        id: 'kv.tokens',
        label: 'Tokens that fit in the KV cache',
        unit: 'tokens',
        value: n.tokens,
        formula: 'pool / bytes per token, whole blocks',
        inputs: [{ name: 'block', value: job.blockSize, field: 'serving.blockSize' }],
      },
      bands.serving,
    ),
    concurrency: banded(
      {
        id: 'kv.concurrency',
        label: 'Requests of the full context at once',
        unit: 'count',
        value: n.tokens / job.maxModelLen,
        formula: 'KV tokens / max model length',
        inputs: [{ name: 'max model length', value: job.maxModelLen, field: 'serving.maxModelLen' }],
      },
      bands.serving,
    ),
  };
}

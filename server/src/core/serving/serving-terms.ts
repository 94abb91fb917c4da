/** The numbers of a serving estimate as terms with their formulas, inputs and bands. */
import { servingBand, totalBand } from '../calibration/serving-bands.ts';
import type { LoadEstimate, ServingEstimate } from '../estimate.ts';
import type { ServingDraft, ServingJob } from '../estimate-inputs.ts';
import { bandOf } from '../memory/stage-terms.ts';
import { firstAttention, type ModelShape } from '../model-shape.ts';
import { totalParameters } from '../parameters/model-parameters.ts';
import { sumOf, type Term, type TermInput } from '../term.ts';
import { engineOf } from './engines/engines.ts';
import { loadTerms } from './load/load-terms.ts';
import type { ServingMemory } from './memory/serving-memory.ts';
import { speedTerms } from './speed-terms.ts';
import { tokensOfReplica } from './tokens-of-replica.ts';

/** Sums of sizes that fill a budget to the last byte. */
const roomForRounding = 1 + 1e-9;

const banded = (term: Term, band: { readonly share: number; readonly basis: string }): Term => ({
  ...term,
  band: bandOf(term.value, band),
});

/** Terms of one serving job. The parts of `n` are bytes, seconds and tokens per GPU or replica. */
export function servingTerms(job: ServingJob, usable: Term, n: ServingMemory): ServingEstimate {
  const weights = weightsTerm(job, n);
  const overhead = overheadTerm(job, n);
  const kvCache = poolTerm(job, n);
  const total = banded(sumOf('memory.total', 'Memory per GPU', 'B', [weights, overhead, kvCache]), totalBand);
  const needed = n.weights - n.unbudgeted + n.activation + n.outside + n.states;
  const tooMuch = needed > n.budget || total.value > Math.max(usable.value, n.budget) * roomForRounding;
  const fits = tooMuch ? 'no' : n.concurrency < 1 ? 'close' : 'yes';
  const held = (each: number): number => tokensOfReplica(job, n.held(each));
  let load: LoadEstimate | undefined;
  return {
    kind: 'serving',
    gpus: job.tensor * job.pipeline * job.dataParallel,
    parameters: { id: 'parameters', label: 'Parameters', value: totalParameters(job.model), unit: 'count' },
    memory: { weights, overhead, kvCache, total, usable, fits },
    ...cacheTerms(job, n),
    heldTokens: n.held,
    ...(engineOf(job.engine.id).contexts && job.maxSequences > 1 ? { slots: { count: job.maxSequences, each: job.maxModelLen } } : {}),
    ...speedTerms(job, held),
    assumptions: job.assumptions,
    // Asked by who shows it: of the dozens of changes that rules try, nobody does.
    get load() {
      load ??= loadTerms(job, held);
      return load;
    },
  };
}

function weightsTerm(job: ServingJob, n: ServingMemory): Term {
  const term: Term = {
    id: n.draft > 0 ? 'memory.weights.model' : 'memory.weights',
    label: n.draft > 0 ? 'Weights of the model' : 'Weights',
    unit: 'B',
    value: n.weights - n.draft,
    formula: `matrices as ${job.scheme.label}; embedding, norms and what is left out in 16 bits${n.lora > 0 ? '; slots for adapters' : ''}`,
    inputs: [
      { name: 'parameters', value: totalParameters(job.model), field: 'model.name' },
      { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
      { name: 'format', value: job.scheme.label, field: 'serving.quantization' },
      ...(n.lora > 0 ? [{ name: 'adapter slots', value: job.loraSlots, field: 'serving.loraSlots' } as const] : []),
    ],
    source: job.scheme.source,
  };
  const draft = job.draft && n.draft > 0 ? [draftTerm(job.draft, n.draft)] : [];
  return banded(draft.length > 0 ? sumOf('memory.weights', 'Weights', 'B', [term, ...draft]) : term, servingBand(job, 'weights'));
}

const drafts = {
  model: 'all of its matrices',
  eagle: "its layers and what joins hidden states to them; embedding and output are the model's",
  eagle3: "its layers, what joins three hidden states to them, and an output of its own; the embedding is the model's",
} as const;

/** The model that drafts, beside the one that is served. */
function draftTerm({ kind, job }: ServingDraft, bytes: number): Term {
  return {
    id: 'memory.weights.draft',
    label: 'Weights of the draft',
    unit: 'B',
    value: bytes,
    formula: `${drafts[kind]}, as ${job.scheme.label}`,
    inputs: [
      { name: 'parameters', value: totalParameters(job.model), field: 'serving.draftModel' },
      { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
    ],
    source: 'docs/model/serving.md, drafts',
  };
}

function overheadTerm(job: ServingJob, n: ServingMemory): Term {
  const activation: Term = {
    id: 'memory.activations',
    label: 'Activation peak',
    unit: 'B',
    value: n.activation,
    formula: 'max(tensors of a full batch, drawing tokens from the logits of all sequences, image encoder)',
    inputs: [
      { name: 'batched tokens', value: job.maxBatchedTokens, field: 'serving.maxBatchedTokens' },
      { name: 'sequences', value: job.maxSequences, field: 'serving.maxSequences' },
    ],
    source: n.poolSource,
  };
  const outside: Term = {
    id: 'memory.outside',
    label: 'Outside the allocator',
    unit: 'B',
    value: n.outside,
    formula: 'fixed sizes, more when several GPUs work together',
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
  const states: Term = {
    id: 'memory.states',
    label: 'States of recurrent layers',
    unit: 'B',
    value: n.states,
    formula: 'one of each layer per sequence, beside the pool',
    inputs: [{ name: 'sequences', value: job.maxSequences, field: 'serving.maxSequences' }],
  };
  const context: Term = {
    id: 'memory.context',
    label: 'Driver context, not in the arithmetic of the pool',
    unit: 'B',
    value: n.unseen ?? 0,
    formula: 'a fixed size',
    inputs: [{ name: 'bytes', value: n.unseen ?? 0, from: 'engine logs' }],
  };
  const children = [activation, outside, graphs, ...(context.value > 0 ? [context] : []), ...(n.states > 0 ? [states] : [])];
  return banded(sumOf('memory.overhead', 'Activations, graphs and libraries', 'B', children), servingBand(job, 'overhead'));
}

/** How far pools are from what logs say; a configured one is what it is, and a stated number of tokens is never exceeded. */
function likePool(term: Term, job: ServingJob, { isPoolExact, tokens, unlimited }: ServingMemory): Term {
  if (isPoolExact) return term;
  const { share, basis } = servingBand(job, 'pool');
  if (tokens >= unlimited) return banded(term, { share, basis });
  const low = term.value * Math.min(1, (unlimited / tokens) * (1 - share));
  return low < term.value ? { ...term, band: { low, high: term.value, basis } } : term;
}

function poolTerm(job: ServingJob, n: ServingMemory): Term {
  const term: Term = {
    id: 'memory.kv-cache',
    label: 'KV cache pool',
    unit: 'B',
    value: n.pool,
    formula: n.poolFormula,
    inputs: [...n.poolInputs, { name: 'budget', value: n.budget, field: 'cluster.gpu' }],
    source: n.poolSource,
  };
  return likePool(term, job, n);
}

/** What one token leaves in a layer: KV heads, or the compressed pair of MLA. */
function cacheInputs(model: ModelShape): readonly TermInput[] {
  const mixer = firstAttention(model);
  if (mixer?.kind === 'mla') return [{ name: 'KV rank + rope', value: mixer.kvRank + mixer.ropeDim, field: 'model.kvLoraRank' }];
  return mixer ? [{ name: 'KV heads', value: mixer.kvHeads, field: 'model.kvHeads' }] : [];
}

function cacheTerms(job: ServingJob, n: ServingMemory): Pick<ServingEstimate, 'kvBytesPerToken' | 'kvTokens' | 'concurrency'> {
  return {
    kvBytesPerToken: {
      id: 'kv.bytes-per-token',
      label: 'KV cache bytes per token and GPU',
      unit: 'B',
      value: n.perToken,
      formula: n.perTokenFormula,
      inputs: [
        { name: 'layers', value: job.model.layers, field: 'model.layers' },
        ...cacheInputs(job.model),
        { name: 'TP', value: job.tensor, field: 'parallel.tensor' },
        { name: 'format', value: job.kvCache, field: 'serving.kvCacheDtype' },
      ],
      source: n.poolSource,
    },
    kvTokens: likePool(
      {
        id: 'kv.tokens',
        label: job.attentionData > 1 ? 'Tokens that fit in the KV cache of each attention group' : 'Tokens that fit in the KV cache',
        unit: 'tokens',
        value: n.tokens,
        formula: 'pool / bytes per token, whole blocks',
        inputs: [{ name: 'block', value: n.block, field: 'serving.blockSize' }],
      },
      job,
      n,
    ),
    concurrency: likePool(
      {
        id: 'kv.concurrency',
        label: engineOf(job.engine.id).contexts ? `Requests of ${job.maxModelLen} tokens at once` : 'Requests of the full context at once',
        unit: 'count',
        value: n.concurrency * job.attentionData,
        formula: `pages of the pool / pages of one request of the longest context${job.attentionData > 1 ? ' * attention groups' : ''}`,
        inputs: [
          { name: 'max model length', value: job.maxModelLen, field: 'serving.maxModelLen' },
          ...(job.attentionData > 1
            ? [{ name: 'attention groups', value: job.attentionData, field: 'serving.attentionDataParallel' } as const]
            : []),
        ],
      },
      job,
      n,
    ),
  };
}

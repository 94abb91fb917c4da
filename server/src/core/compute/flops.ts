/**
 * FLOPs of one step: what the forward pass multiplies, token by token, and what a reporting convention makes of it.
 *
 * MFU and TFLOP/s mean nothing without the convention behind them, so it is named wherever they are shown. The table of
 * conventions, with formulas and sources, is `flops-conventions.ts`. Routed experts count for the tokens that visit them.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { FlopsConvention } from '../job-fields.ts';
import { type Block, countKinds, type Mixer, type Tower } from '../model-shape.ts';
import { activeParameters, towerParameters } from '../parameters/model-parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Flops } from '../units.ts';
import { attendedPairs } from './attended-pairs.ts';
import { commonProducts, mixerProducts, mlpProducts, type Product } from './products.ts';

export interface ForwardFlops {
  readonly linear: Flops;
  readonly attention: Flops;
  readonly head: Flops;
}

const area = (products: readonly Product[]): number => products.reduce((sum, [n, k]) => sum + n * k, 0);

/** Products of one layer per token: projections, MLP, and of the routed experts those that a token visits. */
export function linearFlopsPerToken(block: Block, hidden: number): Flops {
  const { mixer, feedForward, cross } = block;
  const mixing = (mixer ? area(mixerProducts(mixer, hidden, 1)) : 0) + (cross ? area(mixerProducts(cross, hidden, 1)) : 0);
  const common = feedForward ? area(commonProducts(feedForward, hidden, 1)) : 0;
  const routed =
    feedForward?.kind === 'moe'
      ? feedForward.topK * area(mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || hidden, 1))
      : 0;
  return 2 * (mixing + common + routed);
}

/** What a mixer does between its projections, per token of a sequence of `length`; `causal` counts the masked half out. */
export function mixingFlopsPerToken(mixer: Mixer, length: number, causal: boolean): Flops {
  switch (mixer.kind) {
    case 'attention':
      return (4 * mixer.heads * mixer.headDim * attendedPairs(length, causal && mixer.causal, mixer.window)) / length;
    case 'mla':
      return (2 * mixer.heads * (mixer.nopeDim + mixer.ropeDim + mixer.valueDim) * attendedPairs(length, causal)) / length;
    case 'mamba1':
    case 'mamba2':
      // Discretise, decay, update and read the state (Megatron-LM training.py, mamba_layer_flops).
      return 7 * mixer.inner * mixer.state;
    case 'delta':
      // Decay, read, correct, write and query a state of key x value per head.
      return 8 * mixer.valueHeads * mixer.keyDim * mixer.valueDim;
  }
}

/**
 * How a convention counts the keys a query meets: all of them whatever the mask (`square`), half of them (`half`), or
 * those the mask leaves (`mask`: the causal half, or the window).
 */
export type KeyCount = 'square' | 'half' | 'mask';

/** What a convention that adds up products counts. */
export interface ProductCount {
  readonly keys: KeyCount;
  /** Whether the router counts. */
  readonly router: boolean;
  /** Whether the vocabulary is the one stored, padding included. */
  readonly padded: boolean;
}

/** The conventions that are three times the products of a forward pass, so that every part of the model has its share. */
export const productCounts: Partial<Readonly<Record<FlopsConvention, ProductCount>>> = {
  megatron: { keys: 'square', router: false, padded: true },
  nanotron: { keys: 'square', router: false, padded: true },
  'megatron-causal': { keys: 'half', router: false, padded: true },
  maxtext: { keys: 'mask', router: true, padded: false },
};

/** FLOPs of a mixer per token by one way of counting keys. */
export function countedMixing(mixer: Mixer, length: number, keys: KeyCount): Flops {
  if (mixer.kind !== 'attention') return mixingFlopsPerToken(mixer, length, keys !== 'square');
  if (keys === 'mask') return mixingFlopsPerToken(mixer, length, true);
  return 4 * mixer.heads * mixer.headDim * length * (keys === 'half' && mixer.causal ? 0.5 : 1);
}

export const routerFlopsPerToken = ({ feedForward }: Block, hidden: number): Flops =>
  feedForward?.kind === 'moe' ? 2 * feedForward.experts * hidden : 0;

/** FLOPs of the forward pass over `tokens` tokens: matrix products of the layers, mixing, and output head. */
function forwardFlops(job: TrainingJob, tokens: number, keys: KeyCount, router = false, vocab = job.model.paddedVocab): ForwardFlops {
  const { model } = job;
  const counts = countKinds(model, 0, model.layers);
  let linear = 0;
  let attention = 0;
  model.blocks.forEach((block, kind) => {
    // A prediction layer is one more of the last kind, with a product of 2h x h in front.
    const extra = kind === (model.order.at(-1) ?? 0) ? model.mtpLayers : 0;
    const count = (counts[kind] ?? 0) + extra;
    const each = linearFlopsPerToken(block, model.hidden) - (router ? 0 : routerFlopsPerToken(block, model.hidden));
    linear += count * each + extra * 4 * model.hidden * model.hidden;
    for (const mixer of [block.mixer, block.cross]) {
      if (mixer) attention += count * countedMixing(mixer, job.sequenceLength, keys);
    }
  });
  const head = 2 * (1 + model.mtpLayers) * model.hidden * vocab;
  const towers = towerFlops(job);
  return { linear: tokens * (linear + towers.linear), attention: tokens * (attention + towers.attention), head: tokens * head };
}

/** Towers, spread over the tokens of the sequence they belong to. */
function towerFlops(job: TrainingJob): { readonly linear: number; readonly attention: number } {
  let linear = 0;
  let attention = 0;
  for (const tower of job.model.towers) {
    const flops = flopsOfTower(tower, job.sequenceLength);
    linear += flops.linear;
    attention += flops.attention;
  }
  return { linear, attention };
}

/** One tower, spread over the tokens of a sequence of `sequence`. */
export function flopsOfTower({ block, hidden, layers, tokens }: Tower, sequence: number): Pick<ForwardFlops, 'linear' | 'attention'> {
  const length = tokens > 0 ? tokens : sequence;
  const share = (layers * length) / sequence;
  const attention = block.mixer ? share * mixingFlopsPerToken(block.mixer, length, false) : 0;
  return { linear: share * linearFlopsPerToken(block, hidden), attention };
}

/** Normalisations and activation functions of one token's forward pass, at the profiler's 5 and 1 FLOPs per element. */
function elementwiseFlops({ model, sequenceLength, attention }: TrainingJob): Flops {
  const counts = countKinds(model, 0, model.layers);
  const layers = model.blocks.reduce((sum, { norms, mixer, feedForward }, kind) => {
    const width = feedForward?.kind === 'moe' ? feedForward.topK * feedForward.ffn + feedForward.sharedFfn : (feedForward?.ffn ?? 0);
    const softmax = attention === 'unfused' && mixer?.kind === 'attention' ? mixer.heads * sequenceLength : 0;
    return sum + (counts[kind] ?? 0) * (5 * norms * model.hidden + width + softmax);
  }, 0);
  return layers + 5 * model.hidden;
}

const sumOf = ({ linear, attention, head }: ForwardFlops): Flops => linear + attention + head;

/** Parameters that multiply something: all a token meets but the embedding that is only looked up. */
function multipliedParameters({ model }: TrainingJob): number {
  const lookup = (model.tiedEmbeddings ? 0 : model.paddedVocab * model.hidden) + positions(model);
  return activeParameters(model) - lookup;
}

const positions = ({ positionEmbedding, maxPositions, hidden }: TrainingJob['model']): number =>
  positionEmbedding === 'learned' ? maxPositions * hidden : 0;

/** Model FLOPs of one step over `tokens` tokens by a convention. */
export function modelFlops(job: TrainingJob, tokens: number, convention: FlopsConvention): Flops {
  const square = (): Flops => forwardFlops(job, tokens, 'square').attention;
  const count = productCounts[convention];
  if (count) return 3 * sumOf(forwardFlops(job, tokens, count.keys, count.router, count.padded ? job.model.paddedVocab : job.model.vocab));
  switch (convention as Exclude<FlopsConvention, 'megatron' | 'nanotron' | 'megatron-causal' | 'maxtext'>) {
    case 'deepspeed':
      return 3 * (sumOf(forwardFlops(job, tokens, 'square', true)) + tokens * elementwiseFlops(job));
    case 'palm':
      return 6 * tokens * multipliedParameters(job) + 3 * square();
    case 'torchtitan': {
      const towers = job.model.towers.reduce((sum, tower) => sum + towerParameters(tower), 0);
      return 6 * tokens * (multipliedParameters(job) - towers) + 3 * tokens * stackAttention(job);
    }
    case 'llm-foundry':
      return 6 * tokens * activeParameters(job.model) + 12 * tokens * job.model.layers * job.model.hidden * job.sequenceLength;
    case 'layers-only':
      return 3 * forwardFlops(job, tokens, 'square').linear;
  }
}

/** Attention per token as torchtitan counts it: without towers, over the window where there is one, three passes over a delta state. */
function stackAttention({ model, sequenceLength }: TrainingJob): Flops {
  const counts = countKinds(model, 0, model.layers);
  return model.blocks.reduce((sum, { mixer }, kind) => {
    if (!mixer) return sum;
    const window = mixer.kind === 'attention' ? Math.min(mixer.window ?? sequenceLength, sequenceLength) : sequenceLength;
    const each =
      mixer.kind === 'delta'
        ? 6 * mixer.valueHeads * mixer.keyDim * mixer.valueDim
        : countedMixing(mixer, sequenceLength, 'square') * (window / sequenceLength);
    return sum + (counts[kind] ?? 0) * each;
  }, 0);
}

/** FLOPs of a step as a publisher counts them: the model's, and with what recomputation runs again. */
export interface CountedFlops {
  readonly model: Flops;
  readonly hardware: Flops;
}

export function countedFlops(job: TrainingJob, tokens: number, convention: FlopsConvention): CountedFlops {
  return { model: modelFlops(job, tokens, convention), hardware: hardwareFlops(job, tokens, convention) };
}

/**
 * FLOPs of the modules that selective recomputation runs again: `attention` unless modules are named that leave it out, the
 * dense MLPs, the experts. Norms and activation functions count for nothing, as in every convention here.
 */
function selectedFlops({ model, recomputeModules }: TrainingJob, tokens: number, attention: Flops): Flops {
  const has = (name: string): boolean => recomputeModules.includes(name);
  const counts = countKinds(model, 0, model.layers);
  const again = model.blocks.reduce((sum, { feedForward }, kind) => {
    const named = feedForward !== undefined && has(feedForward.kind === 'moe' ? 'moe' : 'mlp');
    if (!named) return sum;
    const alone: Block = { norms: 0, parallel: false, feedForward };
    return sum + (counts[kind] ?? 0) * (linearFlopsPerToken(alone, model.hidden) - routerFlopsPerToken(alone, model.hidden));
  }, 0);
  return (recomputeModules.length === 0 || has('core_attn') ? attention : 0) + tokens * again;
}

/** Model FLOPs and those of recomputation, as the publishers of a convention add them. */
export function hardwareFlops(job: TrainingJob, tokens: number, convention: FlopsConvention): Flops {
  const model = modelFlops(job, tokens, convention);
  const { granularity } = job.recompute;
  // nanotron returns the model's FLOPs for both.
  if (granularity === 'none' || convention === 'nanotron') return model;
  const { linear, attention } = forwardFlops(
    job,
    tokens,
    convention === 'megatron-causal' ? 'half' : convention === 'maxtext' ? 'mask' : 'square',
  );
  if (granularity === 'selective') return convention === 'layers-only' ? model : model + selectedFlops(job, tokens, attention);
  const byLayer = convention === 'megatron' || convention === 'megatron-causal' || convention === 'maxtext';
  // Who counts by products runs the layers again; who counts by parameters adds a third pass of everything.
  return model + (byLayer ? linear + attention : model / 3) * recomputedShare(job);
}

/** What sets layers apart from each other and from the family's habit: patterns, biases, parallel blocks, encoders. */
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import type { Setting } from '../setting.ts';
import type { Keys } from './keys.ts';
import { keysOf } from './keys.ts';
import { outsideParameters } from './outside.ts';
import { feedForwardPattern, mixerPattern } from './patterns.ts';
import { readSearchedBlocks } from './searched-blocks.ts';
import { readStateSpace } from './state-space.ts';

/** Families with operators that no formula here follows: shared layers, several mixers in one layer, gated recurrences. */
const unlike = new Set(['zamba2', 'falcon_h1', 'recurrent_gemma', 'lfm2', 'deepseek_v4', 'gemma4_text', 'gemma3n_text']);
/** Families whose attention has no bias on its output, whatever `attention_bias` says. */
const bareOutput = new Set(['glm', 'glm4', 'glm4_moe', 'mimo', 'seed_oss']);
/** Families whose one switch for biases holds for queries, keys and values too. */
const oneSwitch = new Set(['falcon', 'starcoder2', 'ernie4_5', 'ernie4_5_moe']);

/** Families whose heads and widths are those of state-space layers. */
const attentionFree = new Set(['mamba', 'mamba2', 'falcon_mamba']);

function dropAttention(draft: Draft): void {
  for (const field of ['model.heads', 'model.kvHeads', 'model.headDim', 'model.ffn'] as const) {
    delete draft.job[field];
    delete draft.sources[field];
  }
}

/** After the rows and the family: everything that may differ from layer to layer. */
export function readLayers(draft: Draft, settings: readonly Setting[]): void {
  const keys = keysOf(draft, settings);
  const type = draft.job['model.type'] ?? '';
  if (attentionFree.has(type)) dropAttention(draft);
  readBiases(draft, keys, type);
  readParallel(draft, keys, type);
  readEncoder(draft, keys, type);
  if (type === 'nemotron-nas') readSearchedBlocks(draft, keys);
  else readPatterns(draft, keys, type);
  readKind(draft);
  const outside = outsideParameters(keys, draft.job, type);
  if (outside !== undefined && Number.isSafeInteger(outside) && outside > 0) {
    setDerived(draft, 'model.otherParameters', outside, ['model.hidden'], `what the class of ${type} has beside its layers`);
  }
}

function readBiases(draft: Draft, keys: Keys, type: string): void {
  const attention = keys.flag('attention_bias');
  if (attention !== undefined && draft.sources['model.attentionOutBias'] === undefined) {
    const out = attention && !bareOutput.has(type);
    setDerived(draft, 'model.attentionOutBias', out, ['model.qkvBias'], `attention_bias of ${type}`);
  }
  const all = keys.flag('use_bias', 'bias');
  if (all !== undefined && oneSwitch.has(type))
    setDerived(draft, 'model.qkvBias', all, ['model.linearBias'], `one switch for all of ${type}`);
  if (type === 'mpt' && keys.flag('no_bias') === false) {
    for (const field of ['model.linearBias', 'model.qkvBias'] as const) setDerived(draft, field, true, [], 'no_bias is off');
    setDerived(draft, 'model.normalization', 'layernorm', [], 'no_bias is off');
  }
}

function readParallel(draft: Draft, keys: Keys, type: string): void {
  if (type === 'falcon') {
    const renewed = keys.flag('new_decoder_architecture') ?? false;
    const parallel = renewed || (keys.flag('parallel_attn') ?? true);
    const norms = parallel ? (renewed && keys.number('num_ln_in_parallel_attn') !== 1 ? 2 : 1) : 2;
    setDerived(draft, 'model.parallelBlocks', parallel, [], 'parallel_attn and new_decoder_architecture');
    setDerived(draft, 'model.normsPerLayer', norms, [], 'parallel_attn and new_decoder_architecture');
  }
  const parallel = keys.flag('use_parallel_residual');
  if (parallel === undefined) return;
  setDerived(draft, 'model.parallelBlocks', parallel, [], 'use_parallel_residual');
  if (type === 'stablelm') setDerived(draft, 'model.normsPerLayer', parallel ? 1 : 2, [], 'use_parallel_residual');
}

function readEncoder(draft: Draft, keys: Keys, type: string): void {
  const encoder = type === 't5' || type === 'mt5' ? keys.number('num_layers') : keys.number('encoder_layers');
  if (encoder === undefined || !Number.isSafeInteger(encoder) || encoder < 1) return;
  setDerived(draft, 'model.encoderLayers', encoder, [], `layers of the encoder of ${type}`);
  const decoder = keys.number('num_decoder_layers', 'decoder_layers') ?? encoder;
  if (Number.isSafeInteger(decoder) && decoder > 0 && decoder !== draft.job['model.layers'])
    setDerived(draft, 'model.layers', decoder, [], `layers of the decoder of ${type}`);
  const gated = keys.word('feed_forward_proj')?.startsWith('gated');
  if (gated === undefined) return;
  setDerived(draft, 'model.gatedMlp', gated, [], 'feed_forward_proj');
  setDerived(draft, 'model.activation', gated ? 'geglu' : 'relu', [], 'feed_forward_proj');
}

function readPatterns(draft: Draft, keys: Keys, type: string): void {
  const listed = keys.list('layers_block_type');
  if (listed !== undefined && draft.job['model.layers'] === undefined) {
    setDerived(draft, 'model.layers', listed.length, [], 'the length of layers_block_type');
  }
  const layers = draft.job['model.layers'];
  if (layers === undefined || layers > 10_000) return;
  const mixers = unlike.has(type) ? 'hybrid' : mixerPattern(keys, type, layers);
  if (mixers === 'hybrid') {
    setDerived(draft, 'model.attentionKind', 'hybrid', ['model.type'], `layers of ${type} that no formula here follows`);
    return;
  }
  if (mixers !== undefined) {
    const alike = mixers === (mixers[0] ?? '').repeat(mixers.length);
    const plain = alike && mixers[0] === (draft.job['model.slidingWindow'] === undefined ? '*' : 'w');
    if (!plain)
      setDerived(draft, 'model.mixerPattern', alike ? (mixers[0] ?? '') : mixers, ['model.layers'], `the kinds of layer of ${type}`);
    readStateSpace(draft, keys, mixers);
  }
  const forwards = feedForwardPattern(keys, type, layers);
  const experts = (draft.job['model.experts'] ?? 0) > 1;
  if (forwards === undefined || (!forwards.includes('.') && !experts)) return;
  if (forwards !== 'E') setDerived(draft, 'model.ffnPattern', forwards, ['model.layers'], `which layers of ${type} hold experts`);
}

function readKind(draft: Draft): void {
  const { job } = draft;
  const { 'model.heads': heads, 'model.kvHeads': kv, 'model.mixerPattern': pattern } = job;
  if (job['model.attentionKind'] === 'hybrid') return;
  if (pattern !== undefined && /[Mmd]/.test(pattern)) {
    setDerived(draft, 'model.attentionKind', 'hybrid', ['model.mixerPattern'], 'layers that keep a state');
  } else if (job['model.kvLoraRank'] !== undefined) {
    setDerived(draft, 'model.attentionKind', 'MLA', ['model.kvLoraRank'], 'kv_lora_rank is given');
  } else if (heads !== undefined && kv !== undefined) {
    const kind = kv === heads ? 'MHA' : kv === 1 ? 'MQA' : 'GQA';
    setDerived(draft, 'model.attentionKind', kind, ['model.heads', 'model.kvHeads'], 'KV heads against heads');
  }
}

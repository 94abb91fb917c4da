/** From the fields of a job to what mixes tokens in one layer, or what is missing. */
import type { JobField, PartialJob } from '../job-fields.ts';
import type { AttentionMixer, DeltaMixer, LatentMixer, Mixer, StateSpaceMixer } from '../model-shape.ts';

/** Letters of a mixer pattern (`model.mixerPattern`). */
export type MixerLetter = '*' | 'w' | 'M' | 'm' | 'd' | '.';

export type CompletedMixer = { readonly mixer: Mixer } | { readonly missing: readonly JobField[] };

/** The mixer of a layer with this letter; `linearBias` is the family's habit for what is not stated. */
export function completeMixer(job: PartialJob, letter: MixerLetter, linearBias: boolean): CompletedMixer {
  if (letter === 'M' || letter === 'm') return stateSpace(job, letter);
  if (letter === 'd') return delta(job);
  if (job['model.kvLoraRank'] !== undefined) return latent(job);
  return attention(job, letter === 'w', linearBias);
}

function absent(job: PartialJob, fields: readonly JobField[]): readonly JobField[] {
  return fields.filter((field) => job[field] === undefined);
}

function attention(job: PartialJob, windowed: boolean, linearBias: boolean): CompletedMixer {
  const { 'model.hidden': hidden, 'model.heads': heads, 'model.slidingWindow': window } = job;
  if (hidden === undefined || heads === undefined) return { missing: absent(job, ['model.hidden', 'model.heads']) };
  const mixer: AttentionMixer = {
    kind: 'attention',
    heads,
    kvHeads: job['model.kvHeads'] ?? heads,
    headDim: job['model.headDim'] ?? hidden / heads,
    ...(windowed && window !== undefined ? { window } : {}),
    qkvBias: job['model.qkvBias'] ?? linearBias,
    outBias: job['model.attentionOutBias'] ?? linearBias,
    qkNorm: job['model.qkNorm'] ? (job['model.qkNormSpan'] ?? 'head') : 'none',
    gate: job['model.attentionGate'] ?? false,
    sinks: job['model.attentionSinks'] ?? false,
    causal: job['model.causal'] ?? true,
  };
  return { mixer };
}

function latent(job: PartialJob): CompletedMixer {
  const { 'model.heads': heads, 'model.kvLoraRank': kvRank, 'model.qkNopeHeadDim': nopeDim, 'model.qkRopeHeadDim': ropeDim } = job;
  if (heads === undefined || kvRank === undefined || nopeDim === undefined || ropeDim === undefined) {
    return { missing: absent(job, ['model.heads', 'model.kvLoraRank', 'model.qkNopeHeadDim', 'model.qkRopeHeadDim']) };
  }
  const mixer: LatentMixer = {
    kind: 'mla',
    heads,
    queryRank: job['model.qLoraRank'] ?? 0,
    kvRank,
    nopeDim,
    ropeDim,
    valueDim: job['model.valueHeadDim'] ?? nopeDim,
    bias: job['model.qkvBias'] ?? false,
    ...indexOf(job),
  };
  return { mixer };
}

function indexOf(job: PartialJob): Pick<LatentMixer, 'index'> {
  const { 'model.indexHeads': heads, 'model.indexHeadDim': dim, 'model.indexTokens': tokens } = job;
  return heads === undefined || dim === undefined || tokens === undefined ? {} : { index: { heads, dim, tokens } };
}

function stateSpace(job: PartialJob, letter: 'M' | 'm'): CompletedMixer {
  const { 'model.hidden': hidden, 'model.ssmInner': inner, 'model.ssmState': state, 'model.ssmHeads': heads } = job;
  const second = letter === 'M';
  if (hidden === undefined || inner === undefined || state === undefined || (second && heads === undefined)) {
    return { missing: absent(job, ['model.hidden', 'model.ssmInner', 'model.ssmState', ...(second ? (['model.ssmHeads'] as const) : [])]) };
  }
  const mixer: StateSpaceMixer = {
    kind: second ? 'mamba2' : 'mamba1',
    inner,
    state,
    heads: second ? (heads ?? 1) : 1,
    groups: second ? (job['model.ssmGroups'] ?? 1) : 1,
    conv: job['model.ssmConv'] ?? 4,
    timeRank: second ? 0 : (job['model.ssmTimeRank'] ?? Math.ceil(hidden / 16)),
    bias: job['model.ssmBias'] ?? false,
    convBias: job['model.ssmConvBias'] ?? true,
    ...(job['model.ssmInnerNorms'] ? { innerNorms: true } : {}),
  };
  return { mixer };
}

function delta(job: PartialJob): CompletedMixer {
  const { 'model.linearKeyHeads': keyHeads, 'model.linearValueHeads': valueHeads, 'model.linearKeyHeadDim': keyDim } = job;
  if (keyHeads === undefined || valueHeads === undefined || keyDim === undefined) {
    return { missing: absent(job, ['model.linearKeyHeads', 'model.linearValueHeads', 'model.linearKeyHeadDim']) };
  }
  const mixer: DeltaMixer = {
    kind: 'delta',
    keyHeads,
    valueHeads,
    keyDim,
    valueDim: job['model.linearValueHeadDim'] ?? keyDim,
    conv: job['model.linearConv'] ?? 4,
    ...(job['model.linearFixedDecay'] ? { fixedDecay: true } : {}),
    ...(job['model.linearGateRank'] === undefined ? {} : { gateRank: job['model.linearGateRank'] }),
  };
  return { mixer };
}

/**
 * TPOT, TTFT and throughput of a serving job as terms that open into what a step is made of: weights streamed, products beyond
 * that, attention, collectives, head and host. The same parts make up the timer of the simulation (time/timer-of-job.ts).
 */
import { factorBand, type ServingTime, servingBand } from '../calibration/serving-bands.ts';
import type { ServingEstimate } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { sumOf, type Term, type TermInput } from '../term.ts';
import type { Seconds } from '../units.ts';
import { runsLlamaCpp } from './engines/engine-id.ts';
import { stageWeights } from './memory/weight-bytes.ts';
import { stepParts } from './time/step-parts.ts';
import { sequencesOfReplica } from './tokens-of-replica.ts';

/** Tokens of the prompt that the time to first token is told for, at most half the context. */
const usualPrompt = 4096;

/** Tiny chunk sizes are told from this many chunks on. */
const mostChunks = 256;

/** Seconds of the parts of one step or of several after each other. */
interface Spent {
  readonly layers: Seconds;
  readonly attention: Seconds;
  readonly collectives: Seconds;
  readonly head: Seconds;
  readonly host: Seconds;
}

const banded = (job: ServingJob, term: Term, quantity: ServingTime): Term => ({
  ...term,
  band: factorBand(term.value, servingBand(job, quantity)),
});

function decodeStep(job: ServingJob, batch: number, live: number): Spent {
  const { layers, collectives, head, attention, host } = stepParts(job);
  const parts = { layers: layers(batch), attention: attention.decode(batch, live), collectives: collectives(batch), head: head(batch) };
  const device = parts.layers + parts.attention + parts.collectives + parts.head;
  return { ...parts, host: host.waits(device, batch, 0) };
}

/** A prompt in chunks of at most the batched tokens; each chunk attends to all before it, and the last draws a token. */
function promptSteps(job: ServingJob, prompt: number): Spent {
  const { layers, collectives, head, attention, host } = stepParts(job);
  const sum = { layers: 0, attention: 0, collectives: 0, head: 0, host: 0 };
  for (let done = 0; done < prompt; ) {
    const chunk = Math.max(Math.min(prompt - done, job.maxBatchedTokens), prompt / mostChunks);
    const pairs = chunk * done + (chunk * (chunk + 1)) / 2;
    const last = done + chunk >= prompt ? 1 : 0;
    const step = {
      layers: layers(chunk),
      attention: attention.prompts(chunk, pairs),
      collectives: collectives(chunk),
      head: last && head(1),
    };
    sum.layers += step.layers;
    sum.attention += step.attention;
    sum.collectives += step.collectives;
    sum.head += step.head;
    sum.host += host.waits(step.layers + step.attention + step.collectives + step.head, last, pairs);
    done += chunk;
  }
  return sum;
}

interface Named {
  readonly id: 'decode' | 'prefill';
  readonly attention: { readonly label: string; readonly formula: string; readonly inputs: readonly TermInput[] };
  readonly passes: number;
  readonly tokens: TermInput;
}

/** The parts of a step as terms; the products open into the bytes of the weights over the bandwidth and what is above it. */
function partTerms(job: ServingJob, { id, attention, passes, tokens }: Named, spent: Spent): readonly Term[] {
  const { accelerator } = job.cluster;
  const bandwidth: TermInput = {
    name: 'bandwidth',
    value: accelerator.memory.bandwidth.value,
    field: 'cluster.gpu',
    from: `data sheet of ${accelerator.label}`,
  };
  // The embedding is looked up, not streamed; the head has a part of its own.
  const bytes = stageWeights(job).reduce((sum, stage) => sum + stage.bytes - stage.input - stage.output, 0);
  const streamed = Math.min(spent.layers, (passes * bytes) / accelerator.memory.bandwidth.value);
  const part = (name: string, label: string, value: Seconds, formula: string, inputs: readonly TermInput[], source?: string): Term => ({
    id: `${id}.${name}`,
    label,
    unit: 's',
    value,
    formula,
    inputs,
    ...(source === undefined ? {} : { source }),
  });
  return [
    part('weights', 'Weights streamed', streamed, 'bytes of the weights / bandwidth, each pass', [
      { name: 'bytes', value: bytes, field: 'serving.quantization' },
      bandwidth,
      { name: 'passes', value: passes },
    ]),
    part(
      'products',
      'Products and streaming kernels beyond that',
      spent.layers - streamed,
      'products of the layers by shape and format, norms and activations - weights streamed',
      [tokens, { name: 'format', value: job.weights, field: 'serving.quantization' }],
      'docs/model/parameters.md, matrix products',
    ),
    part(
      'attention',
      attention.label,
      spent.attention,
      attention.formula,
      [...attention.inputs, bandwidth],
      'docs/model/parameters.md, attention',
    ),
    part(
      'communication',
      'Collectives of TP and PP',
      spent.collectives,
      '2 all-reduces of tokens * hidden * 2 bytes in each layer',
      [tokens, { name: 'TP', value: job.tensor, field: 'parallel.tensor' }],
      'docs/model/parameters.md, collectives',
    ),
    part('head', 'Head and sampling', spent.head, 'logits of the drawn tokens and their pass through the sampler', [
      { name: 'vocabulary', value: job.model.paddedVocab, field: 'model.vocab' },
    ]),
    part('host', 'Waiting for the host', spent.host, 'work between steps, and launches where the kernels are shorter', [
      { name: 'engine', value: job.framework },
      { name: 'enforce eager', value: String(job.enforceEager), field: 'serving.enforceEager' },
    ]),
  ];
}

/** Requests decoding at once when each has half of the context behind it. */
function usualBatch(job: ServingJob, poolTokens: number): number {
  return Math.max(1, Math.min(sequencesOfReplica(job), Math.floor(poolTokens / Math.max(1, job.maxModelLen / 2))));
}

/** `held`: tokens in the KV cache of one replica when every request has cached so many. */
export function speedTerms(job: ServingJob, held: (each: number) => number): Pick<ServingEstimate, 'decode' | 'prefill' | 'cost'> {
  const poolTokens = held(job.maxModelLen / 2);
  const batch = usualBatch(job, poolTokens);
  const live = Math.min(poolTokens, batch * (job.maxModelLen / 2));
  // Pipeline stages work on groups of requests at the same time; a token of a group passes all stages. llama.cpp decodes all in one batch.
  const group = runsLlamaCpp(job.engine) ? batch : Math.ceil(batch / job.pipeline);
  const step = decodeStep(job, group, (live * group) / batch);
  const decoded: Named = {
    id: 'decode',
    passes: 1,
    tokens: { name: 'batch', value: group, field: 'serving.maxSequences' },
    attention: {
      label: 'KV cache read',
      formula: 'live tokens * bytes a token / bandwidth, in each layer',
      inputs: [{ name: 'live tokens', value: live, field: 'serving.maxModelLen' }],
    },
  };
  const timePerToken = sumOf(
    'decode.time-per-token',
    `TPOT with ${batch} ${batch === 1 ? 'request' : 'requests'} at half the context`,
    's',
    partTerms(job, decoded, step),
    { inputs: [{ name: 'batch', value: batch, field: 'serving.maxSequences' }] },
  );
  const prompt = Math.max(1, Math.min(usualPrompt, Math.floor(job.maxModelLen / 2)));
  const rate = (batch * job.dataParallel) / timePerToken.value;
  return {
    decode: { batch, timePerToken: banded(job, timePerToken, 'decode'), tokensPerSecond: banded(job, rateTerm(batch, rate), 'decode') },
    prefill: { tokens: prompt, timeToFirstToken: banded(job, firstTokenTerm(job, prompt), 'prefill') },
    ...costTerm(job, rate),
  };
}

function rateTerm(batch: number, rate: number): Term {
  return {
    id: 'decode.tokens',
    label: 'Decode tokens per second',
    unit: 'tokens/s',
    value: rate,
    formula: 'batch / TPOT * replicas',
    inputs: [{ name: 'batch', value: batch }],
  };
}

function firstTokenTerm(job: ServingJob, prompt: number): Term {
  const tokens: TermInput = { name: 'prompt tokens', value: prompt, field: 'serving.maxModelLen' };
  const named: Named = {
    id: 'prefill',
    passes: Math.ceil(prompt / job.maxBatchedTokens),
    tokens,
    attention: { label: 'Attention', formula: 'pairs of query and key * FLOPs of a pair / rate of the kernel', inputs: [tokens] },
  };
  return sumOf('prefill.time', `TTFT of a prompt of ${prompt} tokens, not queued`, 's', partTerms(job, named, promptSteps(job, prompt)), {
    inputs: [tokens, { name: 'batched tokens', value: job.maxBatchedTokens, field: 'serving.maxBatchedTokens' }],
  });
}

function costTerm(job: ServingJob, rate: number): Pick<ServingEstimate, 'cost'> {
  const price = job.cluster.pricePerGpuHour;
  if (price === undefined) return {};
  const gpus = job.tensor * job.pipeline * job.dataParallel;
  const perMillionTokens: Term = {
    id: 'cost.per-million-tokens',
    label: 'Cost of a million generated tokens',
    unit: 'USD',
    value: ((price * gpus) / 3600 / rate) * 1e6,
    formula: 'price * GPUs / 3600 / tokens per second * 1e6',
    inputs: [{ name: 'price', value: price, field: 'cluster.pricePerGpuHour' }],
  };
  return { cost: { perMillionTokens: banded(job, perMillionTokens, 'decode') } };
}

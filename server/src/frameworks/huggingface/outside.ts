/**
 * Parameters that a language model's class has outside layers, embedding and head: norms of embeddings, tables of types and
 * relative positions, biases of the head, poolers, the convolutions in front of speech. Source: modeling_<family>.py of transformers 5.23.
 */
import type { PartialJob } from '../../core/job-fields.ts';
import { convolutionParameters, linearParameters } from '../../core/parameters/outside-blocks.ts';
import type { Keys } from './keys.ts';

type Count = (keys: Keys, job: PartialJob) => number;

const hidden = (job: PartialJob): number => job['model.hidden'] ?? 0;
const headBias: Count = (_keys, job) => job['model.vocab'] ?? 0;

/** Both stacks have a table of relative positions in their first layer, one row a bucket and one column a head. */
const relativePositions: Count = (keys, job) => 2 * (keys.number('relative_attention_num_buckets') ?? 32) * (job['model.heads'] ?? 0);

/** The encoder's positions; its two rows in front and the decoder's, which no token uses, are stored too. */
const bart: Count = (_keys, job) => ((job['model.maxPositions'] ?? 0) + 4) * hidden(job);

/** Types of tokens and the pooler behind the first one. The norm of the embeddings takes the place of a final norm. */
const bert: Count = (keys, job) => (keys.number('type_vocab_size') ?? 2) * hidden(job) + linearParameters(hidden(job), hidden(job), true);

/** Two convolutions over the spectrum and the encoder's positions; keys have no bias in any attention. */
const whisper: Count = (keys, job) => {
  const width = hidden(job);
  const convolutions =
    convolutionParameters(keys.number('num_mel_bins') ?? 80, width, 3, true) + convolutionParameters(width, width, 3, true);
  const attentions = (job['model.encoderLayers'] ?? 0) + 2 * (job['model.layers'] ?? 0);
  return convolutions + (keys.number('max_source_positions') ?? 1500) * width - attentions * width;
};

/** Layers that attend to the image have norms of queries and keys and two gates; eight further tokens have embeddings only. */
const mllama: Count = (keys, job) => {
  const crossed = keys.list('cross_attention_layers')?.length ?? 0;
  return crossed * (2 * (job['model.headDim'] ?? hidden(job) / (job['model.heads'] ?? 1)) + 2) + 8 * hidden(job);
};

const counts: { readonly [type: string]: Count } = {
  bloom: (_keys, job) => 2 * hidden(job),
  // Two rows of positions in front of the first.
  opt: (_keys, job) => 2 * hidden(job),
  codegen: headBias,
  gptj: headBias,
  phi: headBias,
  // Two factors of its activation in every layer.
  apertus: (_keys, job) => 2 * (job['model.layers'] ?? 0),
  phimoe: (keys, job) => (keys.flag('lm_head_bias') ? headBias(keys, job) : 0),
  t5: relativePositions,
  mt5: relativePositions,
  bart,
  bert,
  roberta: bert,
  whisper,
  mllama_text_model: mllama,
};

/** Elements outside layers, embedding and head, or undefined for a family that has none. */
export function outsideParameters(keys: Keys, job: PartialJob, type: string): number | undefined {
  return Object.hasOwn(counts, type) ? counts[type]?.(keys, job) : undefined;
}

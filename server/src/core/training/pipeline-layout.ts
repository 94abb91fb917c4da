/**
 * A pipeline written out by hand (Megatron-LM --pipeline-model-parallel-layout): one letter per piece of the model, stages
 * apart by `|`. `E` embedding, `t` transformer layer, `m` multi-token prediction layer, `L` head with the loss; `x*n`
 * repeats a letter, `(...)*n` a part that may span stages, commas mean nothing: `Ettt|(tt|)*29,m|L`. Stage s is chunk
 * floor(s / p) of rank s mod p.
 *
 * Source: megatron/core/transformer/pipeline_parallel_layer_layout.py of Megatron-LM (parse_str_to_list,
 * validate_layer_layout).
 */

export interface LayoutChunk {
  readonly embedding: boolean;
  readonly layers: number;
  readonly prediction: number;
  readonly loss: boolean;
}

export interface PipelineLayout {
  readonly virtualStages: number;
  /** `chunks[rank][chunk]`. */
  readonly chunks: readonly (readonly LayoutChunk[])[];
}

/** Letters a written layout may grow to; no model has so many pieces. */
const mostLetters = 100_000;

/** Writes out one kind of repetition; undefined when the result would be out of all bounds. */
function unroll(text: string, repetition: RegExp): string | undefined {
  let grown = 0;
  for (const [, part = '', times = ''] of text.matchAll(repetition)) grown += part.length * Number(times);
  if (grown > mostLetters) return undefined;
  return text.replace(repetition, (_all, part: string, times: string) => part.repeat(Number(times)));
}

function chunkOf(stage: string): LayoutChunk {
  const count = (letter: string): number => stage.split(letter).length - 1;
  return { embedding: stage.includes('E'), layers: count('t'), prediction: count('m'), loss: stage.includes('L') };
}

/** What Megatron-LM refuses about a sequence of pieces, as a sentence. */
function problemOf(pieces: string): string | undefined {
  const strange = /[^EtmL]/.exec(pieces)?.[0];
  if (strange !== undefined) return `the pipeline layout has "${strange}", which is none of E, t, m, L and |`;
  if (pieces.indexOf('E') !== 0 || pieces.lastIndexOf('E') !== 0) return 'the pipeline layout must start with its only E';
  if (pieces.indexOf('L') !== pieces.length - 1) return 'the pipeline layout must end with its only L';
  if (/m.*t/.test(pieces)) return 'the pipeline layout has a t behind an m';
  return undefined;
}

/** The layout for `pipeline` ranks, or why there is none, in words that go on a sentence. */
export function parsePipelineLayout(text: string, pipeline: number): PipelineLayout | { readonly refused: string } {
  const parts = unroll(text.replaceAll(',', '').trim(), /\(([^)]+)\)\*(\d+)/g);
  const letters = parts === undefined ? undefined : unroll(parts, /(.)\*(\d+)/g);
  if (letters === undefined) return { refused: `the pipeline layout has more than ${mostLetters} pieces` };
  const problem = problemOf(letters.replaceAll('|', ''));
  if (problem !== undefined) return { refused: problem };
  const stages = letters.split('|').map(chunkOf);
  if (stages.length % pipeline !== 0) {
    return { refused: `the pipeline layout has ${stages.length} stages, which PP ${pipeline} does not divide` };
  }
  const virtualStages = stages.length / pipeline;
  const none: LayoutChunk = { embedding: false, layers: 0, prediction: 0, loss: false };
  const chunks = Array.from({ length: pipeline }, (_, rank) =>
    Array.from({ length: virtualStages }, (_unused, chunk) => stages[chunk * pipeline + rank] ?? none),
  );
  return { virtualStages, chunks };
}

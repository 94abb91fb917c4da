/** The kinds of layer of a model and their order, from the patterns and fields of a job. */
import type { JobField, PartialJob } from '../job-fields.ts';
import type { Block } from '../model-shape.ts';
import { denseOf, expertsOf, type FeedForwardLetter, feedForwardPattern } from './complete-feed-forward.ts';
import { completeMixer, type MixerLetter } from './complete-mixer.ts';

export interface CompletedBlocks {
  readonly blocks: readonly Block[];
  readonly order: readonly number[];
}

export interface Widths {
  readonly layers: number;
  readonly ffn: number;
  readonly gated: boolean;
  readonly linearBias: boolean;
}

type BlocksResult = CompletedBlocks | { readonly missing: readonly JobField[] } | { readonly unsupported: string };

/** One letter for all layers, or as many as there are layers. */
function letterAt(pattern: string, layer: number, otherwise: string): string {
  return pattern.length <= 1 ? (pattern[0] ?? otherwise) : (pattern[layer] ?? otherwise);
}

function patternProblem(name: string, pattern: string, letters: RegExp, layers: number): string | undefined {
  if (!letters.test(pattern)) return `the pattern of ${name} "${pattern.slice(0, 40)}" holds a letter that is not known`;
  if (pattern.length > 1 && pattern.length !== layers) return `the pattern of ${name} has ${pattern.length} letters for ${layers} layers`;
  return undefined;
}

function widthsProblem(wide: readonly number[], layers: number): string | undefined {
  if (wide.length === 0) return undefined;
  if (wide.length !== layers) return `there are ${wide.length} widths of MLPs for ${layers} layers`;
  return wide.every((width) => Number.isInteger(width) && width >= 0 && width < 1e9)
    ? undefined
    : 'a width of an MLP is not a whole number';
}

/** Equal layers share one block; `order` is empty when all are equal. */
export function completeBlocks(job: PartialJob, widths: Widths): BlocksResult {
  const mixers = job['model.mixerPattern'] ?? (job['model.slidingWindow'] === undefined ? '*' : 'w');
  const forwards = feedForwardPattern(job, widths.layers);
  const wide = job['model.ffnWidths']?.split(',').map(Number) ?? [];
  const problem =
    widthsProblem(wide, widths.layers) ??
    patternProblem('mixers', mixers, /^[*wMmd.]*$/, widths.layers) ??
    patternProblem('MLPs', forwards, /^[-E.]*$/, widths.layers);
  if (problem) return { unsupported: problem };
  const kinds = new Map<string, number>();
  const blocks: Block[] = [];
  const order: number[] = [];
  const uniform = mixers.length <= 1 && forwards.length <= 1 && wide.length === 0;
  for (let layer = 0; layer < (uniform ? 1 : widths.layers); layer++) {
    const mixer = letterAt(mixers, layer, '*') as MixerLetter;
    const forward = letterAt(forwards, layer, '-') as FeedForwardLetter;
    const ffn = wide[layer] ?? widths.ffn;
    const key = `${mixer}${forward}${ffn}`;
    let kind = kinds.get(key);
    if (kind === undefined) {
      const made = blockOf(job, mixer, forward, { ...widths, ffn });
      if ('missing' in made) return made;
      kind = blocks.push(made) - 1;
      kinds.set(key, kind);
    }
    order.push(kind);
  }
  return { blocks, order: blocks.length > 1 ? order : [] };
}

function blockOf(
  job: PartialJob,
  mixer: MixerLetter,
  forward: FeedForwardLetter,
  { ffn, gated, linearBias }: Widths,
): Block | { readonly missing: readonly JobField[] } {
  const mixed = mixer === '.' ? undefined : completeMixer(job, mixer, linearBias);
  if (mixed && 'missing' in mixed) return mixed;
  const feedForward = forward === '.' ? undefined : forward === 'E' ? expertsOf(job, ffn, gated) : denseOf(job, ffn, gated, linearBias);
  const halves = (mixed ? 1 : 0) + (feedForward ? 1 : 0);
  const parallel = job['model.parallelBlocks'] ?? false;
  const norms = halves < 2 ? halves : (job['model.normsPerLayer'] ?? (parallel ? 1 : 2));
  const modulation = job['model.modulationParameters'];
  return {
    ...(mixed ? { mixer: mixed.mixer } : {}),
    ...(feedForward ? { feedForward } : {}),
    norms,
    parallel,
    ...(modulation === undefined ? {} : { modulation }),
  };
}

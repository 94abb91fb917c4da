/**
 * The diffusion transformer DiT as diffusers writes it (`transformer/config.json`). Source: models/transformers/
 * dit_transformer_2d.py and models/attention.py of diffusers 0.42; Peebles and Xie 2023 (arXiv 2212.09748), section 3.
 */
import { chainParameters, linearParameters, patchCount, patchParameters } from '../../core/parameters/outside-blocks.ts';
import type { Draft } from '../draft.ts';
import { setDefault, setDerived } from '../draft.ts';
import type { Keys } from './keys.ts';

/** Classes whose layers the formulas follow. */
export const diffusionClasses: readonly string[] = ['DiTTransformer2DModel'];

/** Sines of the time step that the embedding starts from. */
const timeWaves = 256;

/** Every token is a square of the latent image; nothing is masked, and the output is a square again instead of a word. */
export function readDiffusion(draft: Draft, keys: Keys): void {
  const heads = keys.number('num_attention_heads') ?? 16;
  const headDim = keys.number('attention_head_dim') ?? 72;
  const layers = keys.number('num_layers') ?? 28;
  const patch = keys.number('patch_size') ?? 2;
  const sample = keys.number('sample_size') ?? 32;
  const channels = keys.number('in_channels') ?? 4;
  const classes = (keys.number('num_embeds_ada_norm') ?? 1000) + 1;
  const outputs = (keys.number('out_channels') ?? channels) * patch * patch;
  const hidden = heads * headDim;
  if (![heads, headDim, layers, patch, sample, channels, classes, outputs].every((one) => Number.isSafeInteger(one) && one > 0)) return;
  const how = 'configuration of DiTTransformer2DModel';
  setDerived(draft, 'model.layers', layers, [], how);
  setDerived(draft, 'model.hidden', hidden, [], `${how}: heads x head dimension`);
  setDerived(draft, 'model.heads', heads, [], how);
  setDerived(draft, 'model.headDim', headDim, [], how);
  setDerived(draft, 'model.ffn', 4 * hidden, ['model.hidden'], how);
  setDerived(draft, 'model.vocab', outputs, [], `${how}: numbers in one square of the output, which take the place of words`);
  setDerived(draft, 'model.maxPositions', patchCount(sample, patch), [], `${how}: squares of the latent image`);
  for (const [field, value] of Object.entries(habits))
    setDefault(draft, field as keyof typeof habits, value, 'class DiTTransformer2DModel');
  // Each layer embeds time step and class anew and makes scales, shifts and gates of them.
  const embedding = chainParameters([timeWaves, hidden, hidden], true) + classes * hidden;
  setDerived(draft, 'model.modulationParameters', embedding + linearParameters(hidden, 6 * hidden, true), ['model.hidden'], how);
  const ends =
    patchParameters(hidden, patch, channels, 1, true) +
    linearParameters(hidden, 2 * hidden, true) +
    linearParameters(hidden, outputs, true);
  // Embedding and head of the shape count as many rows as there are outputs.
  setDerived(
    draft,
    'model.otherParameters',
    ends - 2 * outputs * hidden,
    ['model.hidden'],
    `${how}: squares in and out, and the last norm`,
  );
}

const habits = {
  'model.gatedMlp': false,
  'model.activation': 'gelu',
  'model.normalization': 'layernorm-plain',
  'model.positionEmbedding': 'none',
  'model.linearBias': true,
  'model.qkvBias': true,
  'model.qkNorm': false,
  'model.tiedEmbeddings': false,
  'model.causal': false,
} as const;

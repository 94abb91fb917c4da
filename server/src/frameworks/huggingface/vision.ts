/**
 * The image encoder and the projector of a model that sees, by the type of its `vision_config`. Source:
 * modeling_<family>.py of transformers 5.23. What stands outside the layers is counted, because it differs by family.
 */
import type { Normalization } from '../../core/job-fields.ts';
import { chainParameters, linearParameters, patchCount, patchParameters, poolingParameters } from '../../core/parameters/outside-blocks.ts';
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import { encoderDefaults } from './class-defaults.ts';
import type { Keys } from './keys.ts';

interface Tower {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly ffn: number;
  readonly gated: boolean;
  readonly bias: boolean;
  readonly normalization: Normalization;
  /** Patches of one image at the size the file states; 0 where images keep their own size. */
  readonly tokens: number;
  /** Parameters outside layers and projector. */
  readonly other: number;
  readonly projector: number;
}

/** Numbers every vision configuration has under one name or another. */
interface Sizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly ffn: number;
  readonly patch: number;
  readonly image: number;
  readonly channels: number;
}

type Describe = (keys: Keys, sizes: Sizes, text: number) => Tower;

function sizesOf(keys: Keys): Sizes | undefined {
  const usual = encoderDefaults[keys.word('model_type') ?? ''] ?? {};
  const number = (...names: readonly string[]): number | undefined =>
    keys.number(...names) ?? names.map((name) => usual[name]).find(Number.isFinite);
  const hidden = keys.number('vt_hidden_size', 'embed_dim') ?? number('hidden_size');
  const layers = number('num_hidden_layers', 'depth', 'vt_num_hidden_layers');
  const heads = number('num_attention_heads', 'num_heads', 'attention_heads', 'vt_num_attention_heads');
  if (hidden === undefined || layers === undefined || heads === undefined) return undefined;
  return {
    hidden,
    layers,
    heads,
    ffn: number('intermediate_size', 'vt_intermediate_size') ?? (keys.number('mlp_ratio') ?? 4) * hidden,
    patch: number('patch_size') ?? 14,
    image: number('image_size') ?? 0,
    channels: keys.number('num_channels', 'in_channels', 'in_chans') ?? 3,
  };
}

/** Layers of a plain vision transformer: LayerNorm, biases, an MLP without gate. */
const plain = ({ layers, hidden, heads, ffn }: Sizes) =>
  ({ layers, hidden, heads, ffn, gated: false, bias: true, normalization: 'layernorm' }) as const;
const twoLayers = (from: number, to: number): number => chainParameters([from, to, to], true);

/** Class token, positions for it and every patch, norms in front and behind. */
const clip: Describe = (_keys, sizes, text) => {
  const { hidden, patch, image, channels } = sizes;
  const tokens = patchCount(image, patch) + 1;
  const other = patchParameters(hidden, patch, channels, 1, false) + hidden + tokens * hidden + 4 * hidden;
  return { ...plain(sizes), tokens, other, projector: twoLayers(hidden, text) };
};

const siglip: Describe = (keys, sizes, text) => {
  const { hidden, patch, image, channels, ffn } = sizes;
  const tokens = patchCount(image, patch);
  const head = keys.flag('vision_use_head') === false ? 0 : poolingParameters(hidden, ffn);
  const other = patchParameters(hidden, patch, channels, 1, true) + tokens * hidden + 2 * hidden + head;
  return { ...plain(sizes), tokens, other, projector: twoLayers(hidden, text) };
};

/** Gemma 3 pools SigLIP's patches and projects them with one product behind a norm. */
const gemma3: Describe = (keys, sizes, text) => {
  const tower = siglip(keys, sizes, text);
  return { ...tower, projector: sizes.hidden * text + sizes.hidden };
};

const pixtral: Describe = (_keys, sizes, text) => {
  const { layers, hidden, heads, ffn, patch, channels } = sizes;
  const other = patchParameters(hidden, patch, channels, 1, false) + hidden;
  return {
    layers,
    hidden,
    heads,
    ffn,
    gated: true,
    bias: false,
    normalization: 'rmsnorm',
    tokens: 0,
    other,
    projector: twoLayers(hidden, text),
  };
};

/** Mistral 3 joins Pixtral's patches behind a norm before it projects them. */
const mistral3: Describe = (keys, sizes, text) => {
  const merge = (keys.number('spatial_merge_size') ?? 2) ** 2;
  const merger = sizes.hidden + linearParameters(merge * sizes.hidden, sizes.hidden, false);
  return { ...pixtral(keys, sizes, text), projector: merger + chainParameters([sizes.hidden, text, text], false) };
};

/** Patches of two frames each, and a merger that joins `merge` x `merge` of them. */
const qwen2: Describe = (keys, sizes, text) => {
  const { hidden, patch, channels } = sizes;
  const joined = hidden * (keys.number('spatial_merge_size') ?? 2) ** 2;
  const other = patchParameters(hidden, patch, channels, keys.number('temporal_patch_size') ?? 2, false);
  return { ...plain(sizes), tokens: 0, other, projector: 2 * hidden + chainParameters([joined, joined, text], true) };
};

const qwen25: Describe = (keys, sizes, text) => {
  const tower = qwen2(keys, sizes, text);
  return { ...tower, gated: true, normalization: 'rmsnorm', projector: tower.projector - sizes.hidden };
};

/** Positions are a table, and some layers' outputs reach the language model through mergers of their own. */
const qwen35: Describe = (keys, sizes, text) => {
  const { hidden, patch, channels } = sizes;
  const joined = hidden * (keys.number('spatial_merge_size') ?? 2) ** 2;
  const merger = chainParameters([joined, joined, keys.number('out_hidden_size') ?? text], true);
  const deep = keys.list('deepstack_visual_indexes')?.length ?? 0;
  const positions = (keys.number('num_position_embeddings') ?? 2304) * hidden;
  const other = patchParameters(hidden, patch, channels, keys.number('temporal_patch_size') ?? 2, true) + positions;
  return { ...plain(sizes), tokens: 0, other, projector: 2 * hidden + merger + deep * (2 * joined + merger) };
};

/** The class of Qwen3-VL takes the outputs of three layers when the file does not say which. */
const qwen3: Describe = (keys, sizes, text) => {
  const tower = qwen35(keys, sizes, text);
  if (keys.find('deepstack_visual_indexes') !== undefined) return tower;
  const joined = sizes.hidden * (keys.number('spatial_merge_size') ?? 2) ** 2;
  const merger = chainParameters([joined, joined, keys.number('out_hidden_size') ?? text], true);
  return { ...tower, projector: tower.projector + 3 * (2 * joined + merger) };
};

/** Patches through a product, and an adapter that shuffles pixels into channels. */
const llama4: Describe = (keys, sizes, text) => {
  const { hidden, patch, image, channels } = sizes;
  const tokens = patchCount(image, patch) + 1;
  const shuffled = hidden / (keys.number('pixel_shuffle_ratio') ?? 0.5) ** 2;
  const inner = keys.number('projector_input_dim') ?? 4096;
  const output = keys.number('projector_output_dim') ?? 4096;
  const adapter = chainParameters([shuffled, inner, output], false);
  const other = patchParameters(hidden, patch, channels, 1, false) + hidden + tokens * hidden + 4 * hidden + adapter;
  const projector = linearParameters(keys.number('vision_output_dim') ?? output, text, false);
  return { ...plain(sizes), tokens, other, projector };
};

/** Tiles of an image with positions of their own, layers within and across tiles; the attention has no biases. */
const mllama: Describe = (keys, sizes, text) => {
  const { hidden, patch, image, channels } = sizes;
  const tokens = patchCount(image, patch) + 1;
  const tiles = Math.min(64, Math.max(1, Math.round(keys.number('max_num_tiles') ?? 4)));
  // One row per allowed shape of tiles, and one for none: every rows x columns of at most `tiles`.
  const shapes = 1 + Array.from({ length: tiles }, (_, width) => Math.floor(tiles / (width + 1))).reduce((sum, one) => sum + one, 0);
  const across = keys.number('num_global_layers') ?? 8;
  const layers = sizes.layers + across;
  const positions = tokens * hidden + shapes * tiles * tokens * hidden + 1 + 2 * (shapes * tiles * hidden + 1);
  const ends = patchParameters(hidden, patch, channels, 1, false) + hidden + 4 * hidden;
  const other = ends + positions + 2 * across - layers * 4 * hidden;
  const projector = linearParameters(keys.number('vision_output_dim') ?? 7680, text, true);
  return { ...plain(sizes), layers, tokens: tokens * tiles, other, projector };
};

/** MoonViT: positions are a table, a merger joins patches behind a norm. */
const kimi: Describe = (keys, sizes, text) => {
  const { hidden, patch, channels } = sizes;
  const joined = hidden * (Number(keys.list('merge_kernel_size')?.[0] ?? 2) * Number(keys.list('merge_kernel_size')?.[1] ?? 2));
  const positions = (keys.number('init_pos_emb_height') ?? 64) * (keys.number('init_pos_emb_width') ?? 64) * hidden;
  const other = patchParameters(hidden, patch, channels, 1, true) + positions + 2 * hidden;
  return { ...plain(sizes), tokens: 0, other, projector: 2 * hidden + chainParameters([joined, joined, text], true) };
};

const towers: { readonly [type: string]: Describe } = {
  clip_vision_model: clip,
  siglip_vision_model: siglip,
  gemma3,
  pixtral,
  mistral3,
  qwen2_vl: qwen2,
  qwen2_5_vl: qwen25,
  qwen3_vl: qwen3,
  qwen3_vl_moe: qwen3,
  qwen3_5: qwen35,
  qwen3_5_moe: qwen35,
  llama4_vision_model: llama4,
  mllama_vision_model: mllama,
  kimi_k25: kimi,
};

/** The tower of `vision_config`; nothing for a family that is not in the table, or without its sizes. */
export function readVision(draft: Draft, keys: Keys, outerType: string | undefined): void {
  const text = draft.job['model.hidden'];
  const sizes = sizesOf(keys);
  const inner = keys.word('model_type');
  const describe = towers[outerType ?? ''] ?? towers[inner ?? ''];
  if (text === undefined || sizes === undefined || describe === undefined) return;
  const tower = describe(keys, sizes, text);
  const counts = [tower.layers, tower.hidden, tower.heads, tower.ffn, tower.other, tower.projector];
  // A size that is no size leaves the tower unknown.
  if (!counts.every((one) => Number.isSafeInteger(one) && one > 0)) return;
  const how = `vision_config of ${inner ?? outerType}`;
  setDerived(draft, 'vision.layers', tower.layers, [], how);
  setDerived(draft, 'vision.hidden', tower.hidden, [], how);
  setDerived(draft, 'vision.heads', tower.heads, [], how);
  setDerived(draft, 'vision.ffn', tower.ffn, [], how);
  setDerived(draft, 'vision.gatedMlp', tower.gated, [], how);
  setDerived(draft, 'vision.bias', tower.bias, [], how);
  setDerived(draft, 'vision.normalization', tower.normalization, [], how);
  if (Number.isSafeInteger(tower.tokens) && tower.tokens > 0)
    setDerived(draft, 'vision.tokens', tower.tokens, [], `${how}: patches of one image`);
  setDerived(draft, 'vision.otherParameters', tower.other, [], `${how}: embedding of patches, positions and norms outside the layers`);
  setDerived(draft, 'vision.projectorParameters', tower.projector, ['model.hidden'], `${how}: the projection into the language model`);
}

/**
 * Which layers attend, and how, and which hold experts, from the many keys configurations have for it. Letters as in
 * `model.mixerPattern` and `model.ffnPattern`. Source: configuration_<family>.py of transformers 5.23, where most of these
 * keys become a list per layer; Nemotron-H's own pattern: configuration_nemotron_h.py.
 */
import type { Keys } from './keys.ts';

/** What `linear_attention` means in a family. */
const linearLetters: { readonly [type: string]: string } = {
  qwen3_next: 'd',
  qwen3_5_text: 'd',
  qwen3_5_moe_text: 'd',
  kimi_linear: 'd',
  minimax: 'd',
  granitemoehybrid: 'M',
  bamba: 'M',
  nemotron_h: 'M',
  jamba: 'm',
};

/** Every how many layers a family attends to everything, when the file does not say. */
const globalEvery: { readonly [type: string]: number } = {
  gemma2: 2,
  gemma3: 6,
  gemma3_text: 6,
  gpt_oss: 2,
  olmo3: 4,
  cohere2: 4,
  llama4_text: 4,
};

const range = (layers: number, letter: (layer: number) => string): string =>
  Array.from({ length: layers }, (_, layer) => letter(layer)).join('');

function fromLayerTypes(types: readonly unknown[], type: string): string | undefined {
  const letters = types.map((word) => {
    if (word === 'full_attention' || word === 'attention') return '*';
    if (word === 'sliding_attention' || word === 'chunked_attention') return 'w';
    if (word === 'mamba') return type === 'jamba' ? 'm' : 'M';
    if (word === 'moe' || word === 'mlp') return '.';
    return word === 'linear_attention' ? linearLetters[type] : undefined;
  });
  return letters.includes(undefined) ? undefined : letters.join('');
}

/** One letter a layer, one for all of them, `hybrid` when the kinds of layer are not ones that are modelled, or undefined. */
export function mixerPattern(keys: Keys, type: string, layers: number): string | undefined {
  if (type === 'mamba' || type === 'falcon_mamba') return 'm';
  if (type === 'mamba2') return 'M';
  const written = keys.word('hybrid_override_pattern');
  if (written !== undefined) return written.replace(/[-E]/g, '.');
  const types = keys.list('layer_types') ?? keys.list('layers_block_type');
  if (types !== undefined) return fromLayerTypes(types, type) ?? 'hybrid';
  const period = keys.number('attn_layer_period');
  if (period !== undefined) return range(layers, (layer) => (layer % period === (keys.number('attn_layer_offset') ?? 0) ? '*' : 'm'));
  const attending = keys.list('attn_layer_indices');
  if (attending !== undefined) return range(layers, (layer) => (attending.includes(layer) ? '*' : 'M'));
  if (type === 'bamba') return 'M';
  const full = keys.list('linear_attn_config.full_attn_layers');
  if (full !== undefined) return range(layers, (layer) => (full.includes(layer + 1) ? '*' : 'd'));
  const interval = keys.number('full_attention_interval') ?? (linearLetters[type] === 'd' ? (type === 'minimax' ? 2 : 4) : undefined);
  if (interval !== undefined) return range(layers, (layer) => ((layer + 1) % interval === 0 ? '*' : 'd'));
  return windowPattern(keys, type, layers);
}

/** Layers that look back over a window only, among layers that look at everything. */
function windowPattern(keys: Keys, type: string, layers: number): string | undefined {
  const local = keys.list('attention_types.0.0');
  if (local !== undefined) return range(layers, (layer) => (local[layer % local.length] === 'local' ? 'w' : '*'));
  const from = keys.number('max_window_layers');
  if (from !== undefined && type.startsWith('qwen'))
    return from >= layers ? undefined : range(layers, (layer) => (layer >= from ? 'w' : '*'));
  const every = keys.number('sliding_window_pattern', '_sliding_window_pattern') ?? globalEvery[type];
  if (every === undefined || (every > 1 && keys.number('sliding_window', 'attention_chunk_size') === undefined)) return undefined;
  return range(layers, (layer) => ((layer + 1) % every === 0 ? '*' : 'w'));
}

/** One letter a layer where some layers hold experts and others do not, or undefined when all are alike. */
export function feedForwardPattern(keys: Keys, type: string, layers: number): string | undefined {
  if (type === 'mamba' || type === 'falcon_mamba' || type === 'mamba2') return '.';
  const written = keys.word('hybrid_override_pattern');
  if (written !== undefined) return written.replace(/[^-E]/g, '.');
  const types = keys.list('layers_block_type');
  if (type === 'nemotron_h' && types !== undefined)
    return types.map((word) => (word === 'moe' ? 'E' : word === 'mlp' ? '-' : '.')).join('');
  const sparse = sparseLayer(keys);
  if (sparse === undefined) return undefined;
  const pattern = range(layers, (layer) => (sparse(layer) ? 'E' : '-'));
  return pattern.includes('-') ? pattern : 'E';
}

/** Whether a layer holds experts. */
function sparseLayer(keys: Keys): ((layer: number) => boolean) | undefined {
  const types = keys.list('mlp_layer_types');
  if (types !== undefined) return (layer) => types[layer] === 'sparse';
  const switches = keys.list('moe_layer_freq');
  if (switches !== undefined) return (layer) => switches[layer] === 1;
  const first = keys.number('first_k_dense_replace', 'n_dense_layers');
  if (first !== undefined) {
    const every = keys.number('moe_layer_freq') ?? 1;
    return (layer) => layer >= first && layer % every === 0;
  }
  const period = keys.number('expert_layer_period');
  if (period !== undefined) return (layer) => layer % period === (keys.number('expert_layer_offset') ?? 0);
  const step = keys.number('decoder_sparse_step', 'interleave_moe_layer_step');
  const dense = keys.list('mlp_only_layers');
  if (step !== undefined || dense !== undefined) return (layer) => !dense?.includes(layer) && (layer + 1) % (step ?? 1) === 0;
  const start = keys.number('moe_layer_start_index');
  if (start === undefined) return undefined;
  const end = keys.number('moe_layer_end_index') ?? -1;
  const interval = keys.number('moe_layer_interval') ?? 1;
  return (layer) => layer >= start && (end < 0 || layer <= end) && (layer + 1) % interval === 0;
}

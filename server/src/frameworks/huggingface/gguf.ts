/**
 * What `gguf-dump --json` writes about a GGUF file, as the keys a `config.json` would have. Names of keys and tensors:
 * gguf-py/gguf/constants.py and gguf/scripts/gguf_dump.py of llama.cpp 33356b85; an array stands there only with --json-array.
 */
import type { ConfigDocument, ConfigEntry } from '../../syntax/document.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { entrySetting, type Setting, settingNumber, settingText } from '../setting.ts';

/** Architectures whose blocks are those of a class of transformers with nothing that GGUF says in another way. */
const classes: { readonly [architecture: string]: string } = {
  llama: 'llama',
  qwen2: 'qwen2',
  qwen2moe: 'qwen2_moe',
  qwen3: 'qwen3',
  qwen3moe: 'qwen3_moe',
  gemma: 'gemma',
  starcoder2: 'starcoder2',
  olmo2: 'olmo2',
};

/** Keys behind the architecture's name. */
const names: { readonly [key: string]: string } = {
  block_count: 'num_hidden_layers',
  embedding_length: 'hidden_size',
  feed_forward_length: 'intermediate_size',
  'attention.head_count': 'num_attention_heads',
  'attention.head_count_kv': 'num_key_value_heads',
  'attention.key_length': 'head_dim',
  'attention.sliding_window': 'sliding_window',
  context_length: 'max_position_embeddings',
  vocab_size: 'vocab_size',
  expert_count: 'num_experts',
  expert_used_count: 'num_experts_per_tok',
  expert_feed_forward_length: 'moe_intermediate_size',
  expert_shared_feed_forward_length: 'shared_expert_intermediate_size',
};

/** `general.file_type`: what most tensors are stored as. */
const fileTypes: { readonly [type: number]: string } = {
  2: 'q4_0',
  3: 'q4_1',
  7: 'q8_0',
  8: 'q5_0',
  9: 'q5_1',
  10: 'q2_k',
  11: 'q3_k_s',
  12: 'q3_k_m',
  13: 'q3_k_l',
  14: 'q4_k_s',
  15: 'q4_k_m',
  16: 'q5_k_s',
  17: 'q5_k_m',
  18: 'q6_k',
};

export const isGgufDump = ({ entries }: ConfigDocument): boolean =>
  entries.some(({ path }) => path.length === 2 && path[0] === 'metadata' && path[1] === 'general.architecture');

const whyNoArray = 'gguf-dump leaves arrays out unless --json-array is given';

/** The metadata by their own names, each with the text of its value. */
function metadataOf(entries: readonly ConfigEntry[]): readonly Setting[] {
  const values = new Map(entries.filter(({ path }) => path.length === 3 && path[2] === 'value').map((entry) => [entry.path[1], entry]));
  return entries.flatMap((entry): readonly Setting[] => {
    const [block, name] = entry.path;
    if (block !== 'metadata' || entry.path.length !== 2) return [];
    const value = values.get(name);
    const own = { ...entrySetting(value ?? entry), name: String(name), spelling: String(name), key: entry.key };
    if (value !== undefined && value.style !== 'container') return [own];
    const { container: _, ...hidden } = own;
    return [{ ...hidden, given: true, scalar: undefined, why: value === undefined ? whyNoArray : 'it differs from layer to layer' }];
  });
}

/** The vocabulary as the rows of the embedding. */
function vocabularyOf(entries: readonly ConfigEntry[]): readonly Setting[] {
  const found = entries.find(({ path }) => path.join('/') === 'tensors/token_embd.weight/shape/1');
  return found === undefined ? [] : [{ ...entrySetting(found), name: 'vocab_size', spelling: 'token_embd.weight' }];
}

export interface GgufModel {
  /** Keys of `config.json`; none for an architecture that is built in another way. */
  readonly settings: readonly Setting[];
  readonly metadata: readonly Setting[];
}

export function ggufModel({ entries }: ConfigDocument): GgufModel {
  const metadata = metadataOf(entries);
  const architecture = metadata.find(({ name }) => name === 'general.architecture');
  const word = settingText(architecture) ?? '';
  const type = Object.hasOwn(classes, word) ? classes[word] : undefined;
  if (architecture === undefined || type === undefined) return { settings: [], metadata };
  const translated = metadata.flatMap((setting): readonly Setting[] => {
    const key = setting.name.startsWith(`${word}.`) ? setting.name.slice(word.length + 1) : '';
    const name = Object.hasOwn(names, key) ? names[key] : undefined;
    // A model without experts says so with a zero.
    return name === undefined || (key.startsWith('expert_') && setting.scalar === 0) ? [] : [{ ...setting, name }];
  });
  return { settings: [...vocabularyOf(entries), ...translated, { ...architecture, name: 'model_type', scalar: type }], metadata };
}

/** What a dump says beside the shape: the name, how weights are stored, and whether the head has a matrix of its own. */
export function readGguf(draft: Draft, { settings, metadata }: GgufModel): void {
  const find = (name: string): Setting | undefined => metadata.find((setting) => setting.name === name);
  const [name, type, architecture] = [find('general.name'), find('general.file_type'), find('general.architecture')];
  if (name !== undefined && typeof name.scalar === 'string') setField(draft, 'model.name', name.scalar, keyOrigin(draft, name));
  const stored = fileTypes[settingNumber(type) ?? -1];
  if (type !== undefined && stored !== undefined) setField(draft, 'model.quantization', `gguf-${stored}`, keyOrigin(draft, type));
  if (architecture === undefined) return;
  if (settings.length === 0) {
    const why = `the blocks of the architecture ${settingText(architecture) ?? '(unknown)'} of GGUF are not known`;
    setUnknown(draft, 'model.layers', unresolvedOrigin(draft, architecture, why));
    return;
  }
  const tensors = new Set(
    draft.document.entries.filter(({ path }) => path[0] === 'tensors' && path.length === 2).map(({ path }) => path[1]),
  );
  if (tensors.has('token_embd.weight')) {
    const isTied = !tensors.has('output.weight');
    setDerived(
      draft,
      'model.tiedEmbeddings',
      isTied,
      [],
      isTied ? 'there is no tensor output.weight' : 'output.weight is a tensor of its own',
    );
  }
}

/**
 * Numbers that files of models with images leave to the class of their language model or encoder: `text_config` and
 * `vision_config` hold only what differs. Source: configuration_<type>.py of transformers 4.57 and 5.23, which agree.
 */
import type { JobFields } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { setDefault } from '../draft.ts';

type Numbers = Partial<
  Pick<
    JobFields,
    'model.layers' | 'model.hidden' | 'model.heads' | 'model.kvHeads' | 'model.headDim' | 'model.ffn' | 'model.vocab' | 'model.maxPositions'
  >
>;

const languageModels: { readonly [type: string]: Numbers } = {
  llama: {
    'model.layers': 32,
    'model.hidden': 4096,
    'model.heads': 32,
    'model.ffn': 11008,
    'model.vocab': 32000,
    'model.maxPositions': 2048,
  },
  mistral: {
    'model.layers': 32,
    'model.hidden': 4096,
    'model.heads': 32,
    'model.kvHeads': 8,
    'model.ffn': 14336,
    'model.vocab': 32000,
    'model.maxPositions': 131072,
  },
  gemma3_text: {
    'model.layers': 26,
    'model.hidden': 2304,
    'model.heads': 8,
    'model.kvHeads': 4,
    'model.headDim': 256,
    'model.ffn': 9216,
    'model.vocab': 262208,
    'model.maxPositions': 131072,
  },
};

/** Fills what a nested language model leaves to its class. */
export function applyClassDefaults(draft: Draft): void {
  const type = draft.job['model.type'];
  if (type === undefined || !Object.hasOwn(languageModels, type)) return;
  for (const [field, value] of Object.entries(languageModels[type] ?? {}))
    setDefault(draft, field as keyof Numbers, value, `configuration class of ${type}`);
}

/** Sizes of encoders under the keys of their files. */
export const encoderDefaults: { readonly [type: string]: { readonly [key: string]: number } } = {
  clip_vision_model: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    image_size: 224,
    patch_size: 32,
  },
  siglip_vision_model: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    image_size: 224,
    patch_size: 16,
  },
  pixtral: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24, num_attention_heads: 16, image_size: 1024, patch_size: 16 },
};

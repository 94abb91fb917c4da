/** Rows for the image encoder of a model that sees. */
import { count, type FieldInfo, wholeFromZero } from '../field-info.ts';
import type { JobField } from '../job-fields.ts';

const vitPaper = 'Dosovitskiy et al. 2020, Vision Transformer (arXiv 2010.11929)';

export const visionFields: { readonly [F in Extract<JobField, `vision.${string}`>]: FieldInfo } = {
  'vision.layers': {
    label: 'Layers of the vision tower',
    short: 'vision layers',
    fact: 'vision.layers',
    range: count,
    what: 'Transformer layers of the vision encoder.',
    source: vitPaper,
  },
  'vision.hidden': {
    label: 'Width of the vision tower',
    short: 'vision width',
    fact: 'vision.hidden',
    range: count,
    what: 'Width of the vision encoder.',
    source: vitPaper,
  },
  'vision.heads': {
    label: 'Heads of the vision tower',
    short: 'vision heads',
    fact: 'vision.heads',
    range: count,
    what: 'Attention heads of the vision encoder.',
    source: vitPaper,
  },
  'vision.ffn': {
    label: 'MLP width of the vision tower',
    short: 'vision FFN',
    fact: 'vision.ffn',
    range: count,
    what: "Inner width of the vision encoder's MLP.",
    source: vitPaper,
  },
  'vision.gatedMlp': {
    label: 'Gated MLP in the vision tower',
    short: 'vision gated',
    fact: 'vision.gated_mlp',
    what: "Whether the vision encoder's MLP is gated.",
    source: vitPaper,
  },
  'vision.bias': {
    label: 'Biases in the vision tower',
    short: 'vision bias',
    fact: 'vision.bias',
    what: 'Whether the products of the vision encoder add biases.',
    source: vitPaper,
  },
  'vision.normalization': {
    label: 'Normalisation in the vision tower',
    short: 'vision norm',
    fact: 'vision.norm',
    what: 'LayerNorm has a weight and a bias, RMSNorm a weight only.',
    source: vitPaper,
  },
  'vision.tokens': {
    label: 'Patches per sample',
    short: 'patches',
    fact: 'vision.tokens',
    range: wholeFromZero,
    what: 'Patches of one sample that run through the vision encoder.',
    source: vitPaper,
  },
  'vision.otherParameters': {
    label: 'Other parameters of the tower',
    short: 'vision other',
    fact: 'vision.other_parameters',
    range: wholeFromZero,
    what: 'Patch embedding, positions and norms outside the blocks of the tower.',
    source: vitPaper,
  },
  'vision.projectorParameters': {
    label: 'Parameters of the projector',
    short: 'projector',
    fact: 'vision.projector_parameters',
    range: wholeFromZero,
    what: "What maps the tower's outputs into the language model.",
    source: 'Liu et al. 2023, Visual Instruction Tuning (arXiv 2304.08485)',
  },
};

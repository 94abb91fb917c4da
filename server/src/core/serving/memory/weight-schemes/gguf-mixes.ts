/**
 * Which type each tensor of a GGUF file gets: the mixes of llama.cpp's quantizer, by tensor category and layer (src/llama-quant.cpp at 007dbbf3,
 * llama_tensor_get_type_impl and llama_ftype_get_default_type). Files made with `--tensor-type` or by others may differ.
 */
import type { Matrix, TensorCategory } from '../matrices.ts';
import { fallback, type GgmlType, ggmlLayout, isGgmlType } from './gguf-types.ts';
import type { Place, WeightScheme } from './scheme.ts';

/** The type most tensors get, by the name of the mix. */
const mixes: Readonly<Record<string, GgmlType>> = {
  q2_k: 'q2_k',
  q2_k_s: 'q2_k',
  q3_k_s: 'q3_k',
  q3_k_m: 'q3_k',
  q3_k_l: 'q3_k',
  q4_k_s: 'q4_k',
  q4_k_m: 'q4_k',
  q5_k_s: 'q5_k',
  q5_k_m: 'q5_k',
  iq2_m: 'iq2_s',
  iq2_s: 'iq2_xs',
  iq3_xs: 'iq3_s',
  iq3_m: 'iq3_s',
  mxfp4_moe: 'mxfp4',
};
const aliases: Readonly<Record<string, string>> = { q3_k: 'q3_k_m', q4_k: 'q4_k_m', q5_k: 'q5_k_m', mxfp4_gguf: 'mxfp4_moe' };

/** A third of the layers, spread, and the first and last eighth. */
const moreBits = ({ layer, layers }: Place): boolean => {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
};
const early = ({ layer, layers }: Place, part: number): boolean => layer < Math.floor(layers / part);

type Choice = (place: Place) => GgmlType | undefined;
type Choices = { readonly [C in TensorCategory]?: Choice };

const always =
  (type: GgmlType): Choice =>
  () =>
    type;
/** Value projections that several query heads share are small: more bits cost little. */
const shared =
  (type: GgmlType, otherwise?: GgmlType): Choice =>
  ({ sharing }) =>
    sharing >= 4 ? type : otherwise;
const where =
  (when: (place: Place) => boolean, type: GgmlType, otherwise?: GgmlType): Choice =>
  (place) =>
    when(place) ? type : otherwise;
const values = (choice: Choice): Choices => ({ v: choice, qkv: choice, 'kv-b': choice });
const smallValues =
  (otherwise: GgmlType): Choice =>
  ({ sharing, experts }) =>
    sharing >= 4 || experts >= 4 ? 'q4_k' : otherwise;

/** What each mix does unlike its main type. */
const choices: Readonly<Record<string, Choices>> = {
  q2_k: { ...values(shared('q4_k', 'q3_k')), 'ffn-down': always('q3_k'), output: always('q3_k') },
  q2_k_s: { ...values(shared('q4_k')), 'ffn-down': where((place) => early(place, 8), 'q4_k') },
  q3_k_m: {
    ...values(where(({ layer }) => layer < 2, 'q5_k', 'q4_k')),
    'ffn-down': where((place) => early(place, 16), 'q5_k', 'q4_k'),
    output: always('q4_k'),
  },
  q3_k_l: { ...values(always('q5_k')), 'ffn-down': always('q5_k'), output: always('q5_k') },
  q4_k_s: { ...values(where(({ layer }) => layer < 4, 'q5_k')), 'ffn-down': where((place) => early(place, 8), 'q5_k') },
  q4_k_m: { ...values(where(moreBits, 'q6_k')), 'ffn-down': where(moreBits, 'q6_k') },
  q5_k_m: { ...values(where(moreBits, 'q6_k')), 'ffn-down': where(moreBits, 'q6_k') },
  iq1_s: { ...values(smallValues('q2_k')), 'ffn-down': where((place) => early(place, 8), 'q2_k'), output: always('iq2_xxs') },
  iq1_m: { ...values(smallValues('q2_k')), 'ffn-down': where((place) => early(place, 8), 'q2_k'), output: always('iq2_xxs') },
  iq2_xxs: { ...values(smallValues('q2_k')), 'ffn-down': where((place) => early(place, 8), 'q2_k') },
  iq2_xs: { ...values(smallValues('q2_k')), 'ffn-down': where((place) => early(place, 8), 'q2_k') },
  iq2_s: { ...values(smallValues('iq3_s')), 'ffn-down': where((place) => early(place, 8), 'iq3_s'), output: always('iq3_s') },
  iq2_m: { ...values(smallValues('iq3_s')), 'ffn-down': where((place) => early(place, 8), 'iq3_s'), output: always('iq3_s') },
  iq3_xxs: { ...values(shared('q4_k', 'iq3_xxs')), q: always('iq2_s'), k: always('iq2_s'), output: always('iq3_s') },
  iq3_xs: {
    ...values(shared('q4_k')),
    q: always('iq3_xxs'),
    k: always('iq3_xxs'),
    'ffn-gate': where((place) => !early(place, 8) && place.layer < Math.floor((7 * place.layers) / 8), 'iq3_xxs'),
    'ffn-up': where((place) => !early(place, 8) && place.layer < Math.floor((7 * place.layers) / 8), 'iq3_xxs'),
  },
  iq3_s: values(shared('q4_k')),
  iq3_m: { ...values(always('q4_k')), 'ffn-down': where((place) => early(place, 8), 'q4_k'), output: always('q4_k') },
  // Made without an importance matrix; with one the first down projections are like the rest.
  iq4_nl: { ...values(shared('q5_k')), 'ffn-down': where((place) => early(place, 8), 'q5_k') },
  iq4_xs: { ...values(shared('q5_k')), 'ffn-down': where((place) => early(place, 8), 'q5_k') },
};

const embeddings: Readonly<Record<string, GgmlType>> = {
  iq1_s: 'q2_k',
  iq1_m: 'q2_k',
  iq2_xxs: 'q2_k',
  iq2_xs: 'q2_k',
  iq2_s: 'iq3_s',
  iq2_m: 'iq3_s',
  iq3_xxs: 'iq3_s',
  tq1_0: 'q4_k',
  tq2_0: 'q4_k',
};
/** Mixes whose head gets 5 bits; all other quantized ones get 6, and 8 where the rest has 8. */
const lowHeads = new Set(['iq1_s', 'iq1_m', 'iq2_xxs', 'iq2_xs', 'iq2_s', 'iq2_m', 'iq3_xxs']);

function headType(mix: string, main: GgmlType): GgmlType {
  if (mix === 'mxfp4_moe' || main === 'q8_0') return 'q8_0';
  return lowHeads.has(mix) ? 'q5_k' : 'q6_k';
}

/** The type of one tensor. */
function typeOf(mix: string, main: GgmlType, matrix: Matrix, place: Place): GgmlType {
  const { category, part } = matrix;
  if (main === 'f32' || main === 'f16' || main === 'bf16') return main;
  // The routers' weights are left in fp32.
  if (part === 'router') return 'f32';
  if (category === 'head' || (category === 'token-embedding' && place.tied)) return headType(mix, main);
  if (mix === 'mxfp4_moe') return part === 'experts' ? 'mxfp4' : 'q8_0';
  if (category === 'token-embedding') return embeddings[mix] ?? main;
  // With eight experts attention is a small part, and gets 8 bits.
  if (place.experts === 8 && category === 'v' && !mix.startsWith('iq1') && !mix.startsWith('iq2')) return 'q8_0';
  if (place.experts === 8 && category === 'k') return mix.startsWith('iq1') || mix.startsWith('iq2') ? 'q4_k' : 'q8_0';
  if (place.experts === 8 && category === 'output' && main !== 'q8_0' && !/^(?:q[4568]_0|q[45]_1|q5_k|q6_k|q2_k_s|q3_k_l)/.test(mix))
    return 'q5_k';
  const chosen = choices[mix]?.[category]?.(place) ?? main;
  // "70B": eighty layers whose value projections are an eighth of the query's.
  const large = category === 'v' && place.layers === 80 && place.sharing >= 8;
  return large && (chosen === 'q3_k' || chosen === 'q4_k') ? 'q5_k' : chosen;
}

/** The scheme of a mix by its name ("Q4_K_M", "IQ2_XS", "Q8_0", "F16"), or undefined when there is none of that name. */
export function ggufScheme(name: string): WeightScheme | undefined {
  const lower = name
    .toLowerCase()
    .replace(/^gguf[-_:]?/, '')
    .replace(/-/g, '_');
  const mix = aliases[lower] ?? lower;
  const main = mixes[mix] ?? (isGgmlType(mix) ? mix : undefined);
  if (main === undefined) return undefined;
  return {
    id: `gguf-${mix}`,
    label: `GGUF ${mix.toUpperCase()}`,
    source: 'llama.cpp src/llama-quant.cpp, ggml/src/ggml-common.h',
    format: main === 'f32' ? 'fp32' : main === 'f16' ? 'fp16' : main === 'bf16' ? 'bf16' : /^(?:q8|q6|q5)/.test(main) ? 'int8' : 'int4',
    leaves: new Map(),
    byLayer: choices[mix] !== undefined,
    layout: (matrix, place) => ggmlLayout(fallback(typeOf(mix, main, matrix, place), matrix.columns)),
  };
}

/**
 * What a model costs by itself, before anyone says where it runs: parameters, bytes of the weights per number format, and
 * bytes of keys and values per token (2 x layers x KV heads x head dimension x bytes; Kwon et al. 2023, arXiv 2309.06180).
 */
import { completeModel } from './complete-model.ts';
import type { NumberFormat, PartialJob } from './job-fields.ts';
import { countKinds, firstAttention, firstExperts, type ModelShape } from './model-shape.ts';
import { bytesPerElement } from './number-format.ts';
import { totalParameters } from './parameters/model-parameters.ts';
import { cachedElementsPerToken } from './serving/memory/cached-elements.ts';
import type { Term, TermInput } from './term.ts';

/** Formats worth knowing the weights in, widest first. */
const weightFormats: readonly NumberFormat[] = ['fp32', 'bf16', 'fp8', 'int4'];
const cacheFormats: readonly NumberFormat[] = ['bf16', 'fp8'];

export type ModelTerms = { readonly terms: readonly Term[] } | { readonly why: string };

/** Each layer by its own kind; experts all count. */
export const parameterFormula = 'sum over layers (mixer + MLP or experts + norms) + embedding + head + towers';

/** The terms of a model, or in one sentence why there are none. Weights count every parameter in the same format. */
export function modelTerms(job: PartialJob): ModelTerms {
  const completed = completeModel(job, 1);
  if ('unsupported' in completed) return { why: completed.unsupported };
  if ('missing' in completed) return { why: "the model's shape is not known" };
  const { model, assumptions } = completed;
  const note = assumptions.map(({ field, value, why }) => `${field} taken as ${value}: ${why}`).join('; ');
  const parameters: Term = {
    id: 'model.parameters',
    label: 'Parameters',
    value: totalParameters(model),
    unit: 'count',
    formula: parameterFormula,
    inputs: shapeInputs(model),
    source: 'Shoeybi et al. 2019, section 3',
    ...(note === '' ? {} : { note }),
  };
  return {
    terms: [
      parameters,
      ...weightFormats.map((format) => weightTerm(parameters.value, format)),
      ...cacheFormats.map((format) => cacheTerm(model, format)),
    ],
  };
}

/** The sizes a parameter count comes from. */
export function shapeInputs(model: ModelShape): readonly TermInput[] {
  const mixer = firstAttention(model);
  const experts = firstExperts(model);
  const dense = model.blocks.map(({ feedForward }) => feedForward).find((feedForward) => feedForward?.kind === 'dense');
  return [
    { name: 'L', value: model.layers, field: 'model.layers' },
    { name: 'h', value: model.hidden, field: 'model.hidden' },
    ...(mixer ? [{ name: 'a', value: mixer.heads, field: 'model.heads' as const }] : []),
    ...(mixer?.kind === 'attention'
      ? [
          { name: 'k', value: mixer.kvHeads, field: 'model.kvHeads' as const },
          { name: 'd', value: mixer.headDim, field: 'model.headDim' as const },
        ]
      : []),
    ...(dense ? [{ name: 'f', value: dense.ffn, field: 'model.ffn' as const }] : []),
    ...(experts
      ? [
          { name: 'experts', value: experts.experts, field: 'model.experts' as const },
          { name: 'f of an expert', value: experts.ffn, field: 'model.expertFfn' as const },
        ]
      : []),
    { name: 'V', value: model.paddedVocab, field: 'model.vocab' },
  ];
}

function weightTerm(parameters: number, format: NumberFormat): Term {
  return {
    id: `model.weights.${format}`,
    label: `Weights in ${format}`,
    value: parameters * bytesPerElement(format),
    unit: 'B',
    formula: 'parameters * bytes',
    inputs: [
      { name: 'parameters', value: parameters, from: 'model.parameters' },
      { name: 'bytes', value: bytesPerElement(format), from: 'the number format' },
    ],
  };
}

function cacheTerm(model: ModelShape, format: NumberFormat): Term {
  const mixer = firstAttention(model);
  const inputs: readonly TermInput[] =
    mixer?.kind === 'mla'
      ? [
          { name: 'KV rank', value: mixer.kvRank, field: 'model.kvLoraRank' },
          { name: 'rope', value: mixer.ropeDim, field: 'model.qkRopeHeadDim' },
        ]
      : mixer
        ? [
            { name: 'k', value: mixer.kvHeads, field: 'model.kvHeads' },
            { name: 'd', value: mixer.headDim, field: 'model.headDim' },
          ]
        : [];
  return {
    id: `model.kvPerToken.${format}`,
    label: `KV cache per token in ${format}`,
    value: cachedElementsPerToken(model, countKinds(model, 0, model.layers), 1) * bytesPerElement(format),
    unit: 'B',
    formula: mixer?.kind === 'mla' ? 'layers that attend * (KV rank + rope) * bytes' : 'layers that attend * 2 * k * d * bytes',
    inputs: [
      { name: 'L', value: model.layers, field: 'model.layers' },
      ...inputs,
      { name: 'bytes', value: bytesPerElement(format), from: 'the number format' },
    ],
    source: 'Kwon et al. 2023 (arXiv 2309.06180), section 3',
  };
}

/**
 * What drafts tokens for speculative decoding, and how far it is known. Sources: vllm/v1/spec_decode/llm_base_proposer.py and
 * vllm/config/speculative.py, sglang/srt/speculative, tensorrt_llm/llmapi/llm_args.py (decoding types).
 */
import { completeModel } from '../complete-model.ts';
import type { Assumption } from '../estimate.ts';
import type { ServingDraft, ServingJob } from '../estimate-inputs.ts';
import type { PartialJob } from '../job-fields.ts';
import type { ModelShape } from '../model-shape.ts';
import { schemeOf } from './scheme-of-job.ts';

/** Drafts that are looked up in the text instead of computed. */
const fromText = /n-?gram|suffix|lookahead|prompt.?lookup|user.?provided/i;
/** Layers of the checkpoint itself. */
const ownLayers = /mtp|nextn/i;
/** Heads on the hidden states of the model. */
const heads = /eagle/i;

const drafts = (job: PartialJob): boolean =>
  (job['serving.speculativeTokens'] ?? 0) > 0 && !fromText.test(`${job['serving.draftMethod'] ?? ''} ${job['serving.draftModel'] ?? ''}`);

/** The estimate counts every step as one token of each request; `engine-of-job.ts` draws how many drafts are accepted. */
export const withoutGain = (job: PartialJob): readonly Assumption[] =>
  (job['serving.speculativeTokens'] ?? 0) > 0
    ? [
        {
          field: 'serving.speculativeTokens',
          value: 'one token per step',
          why: 'what drafts gain hangs on model and text; "rooflint simulate" takes a share that is accepted',
        },
      ]
    : [];

/** Those a framework builds, or those the checkpoint brings. */
const predictionLayers = (job: PartialJob, model: ModelShape): number => Math.max(model.mtpLayers, job['model.predictionLayers'] ?? 0);

/** The model named as its own draft, or as a copy of nothing but its prediction layers. */
function draftsByOwnLayers(job: PartialJob, model: ModelShape): boolean {
  const { 'serving.draftModel': draft, 'serving.draftMethod': method = '' } = job;
  if (predictionLayers(job, model) === 0) return false;
  return draft === undefined || draft === job['model.name'] || ownLayers.test(draft) || ownLayers.test(method);
}

/** Multi-token prediction layers are loaded when the engine drafts with the model itself. */
export const ownDraftLayers = (job: PartialJob, model: ModelShape): number =>
  drafts(job) && draftsByOwnLayers(job, model) ? predictionLayers(job, model) : 0;

/** Why the memory of the draft is not in the figures; undefined when it is, or when there is none. */
export function unknownDraft(job: PartialJob, model: ModelShape): string | undefined {
  const name = job['serving.draftModel'];
  if (name === undefined || !drafts(job) || draftsByOwnLayers(job, model)) return undefined;
  const shape = job['serving.draftShape'];
  const known = shape !== undefined && 'model' in completeModel(shape, 1);
  if (!known) return `the shape of the draft model ${name} is unknown: its weights and its cache are not in these figures`;
  return schemeOf(draftWeightsOf(job)) === undefined ? `how the weights of the draft model ${name} are stored is unknown` : undefined;
}

/** The draft's fields, with what the engine is told about its weights. */
function draftWeightsOf(job: PartialJob): PartialJob {
  const quantization = job['serving.draftQuantization'];
  return { ...job['serving.draftShape'], ...(quantization === undefined ? {} : { 'serving.quantization': quantization }) };
}

/** A head says so in the name of its class; one that is only told by the method has no class of its own. */
function kindOf(job: PartialJob): ServingDraft['kind'] {
  const told = `${job['serving.draftShape']?.['model.architecture'] ?? ''} ${job['serving.draftMethod'] ?? ''}`;
  if (!heads.test(told)) return 'model';
  return /eagle-?3/i.test(told) ? 'eagle3' : 'eagle';
}

/** The draft as a job on the GPUs of `target`; undefined when nothing drafts or its shape is not known. */
export function draftOf(job: PartialJob, target: ServingJob): ServingDraft | undefined {
  const shape = job['serving.draftShape'];
  if (shape === undefined || unknownDraft(job, target.model) !== undefined || !drafts(job) || target.draftLayers > 0) return undefined;
  const tensor = job['serving.draftTensor'] ?? target.tensor;
  const completed = completeModel({ 'model.tiedEmbeddings': false, ...shape }, tensor);
  const scheme = schemeOf(draftWeightsOf(job));
  if (!('model' in completed) || scheme === undefined) return undefined;
  const { model } = completed;
  const { layerPartition: _partition, load: _load, gpuLayers: _gpuLayers, ...common } = target;
  const kind = kindOf(job);
  return {
    kind,
    headRows: kind === 'eagle3' ? (shape['model.draftVocab'] ?? model.vocab) : 0,
    job: {
      ...common,
      model,
      scheme,
      weights: scheme.format,
      tensor,
      pipeline: 1,
      kvSharedLayers: Math.min(model.layers, shape['model.kvSharedLayers'] ?? 0),
      draftLayers: 0,
      loraSlots: 0,
      gpuLayers: undefined,
      expertAlignment: 1,
      assumptions: [],
    },
  };
}

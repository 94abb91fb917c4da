/**
 * Weights and cache of what drafts tokens. EAGLE heads take the embedding of their model, and but for EAGLE-3 its output too
 * (vllm/v1/spec_decode/llm_base_proposer.py, load_model; sglang/srt/speculative/eagle_worker.py); beside their layers they have a
 * matrix that joins hidden states to the input, whole on every GPU (vllm/model_executor/models/llama_eagle.py, llama_eagle3.py).
 */
import type { ServingDraft, ServingJob } from '../../estimate-inputs.ts';
import { keyValueHeads } from '../../parameters/mixer-parameters.ts';
import type { Bytes } from '../../units.ts';
import { type LayerCache, layerCache } from './cache-layers.ts';
import { stageWeights } from './weight-bytes.ts';

/** Hidden states that an EAGLE-3 head joins: of a low, a middle and a high layer. */
const joinedStates = 3;

const bytesOf16Bits = 2;

/** What a head has beside its layers. */
function headBytes({ kind, job, headRows }: ServingDraft, target: ServingJob, embedding: Bytes): Bytes {
  const { model, tensor } = job;
  const own = model.hidden === target.model.hidden && target.pipeline === 1 ? 0 : embedding;
  if (kind === 'eagle') return own + bytesOf16Bits * 2 * model.hidden * model.hidden;
  const [first] = model.blocks;
  const mixer = first?.mixer?.kind === 'attention' ? first.mixer : undefined;
  // Attention reads the embedding beside the hidden state: its input is twice as wide.
  const width = mixer ? (mixer.heads / tensor + 2 * keyValueHeads(mixer.kvHeads, tensor)) * mixer.headDim : 0;
  const joined = joinedStates * target.model.hidden * model.hidden;
  return own + bytesOf16Bits * (joined + width * model.hidden + (headRows / tensor) * model.hidden);
}

/** On each GPU of the stage that drafts. */
export function draftBytes(target: ServingJob): Bytes {
  const { draft } = target;
  const [whole] = draft ? stageWeights(draft.job) : [];
  if (draft === undefined || whole === undefined) return 0;
  if (draft.kind === 'model') return whole.bytes;
  const layers = whole.bytes - whole.input - (draft.job.model.tiedEmbeddings ? 0 : whole.output);
  return layers + headBytes(draft, target, whole.input);
}

/** The caches of its layers; layers of a head attend like any other. */
export function draftCaches({ draft }: ServingJob): readonly LayerCache[] {
  if (draft === undefined) return [];
  const { job } = draft;
  const own = job.model.layers - job.kvSharedLayers;
  return Array.from({ length: own }, (_, layer) => job.model.blocks[job.model.order[layer] ?? 0]).flatMap((block) => {
    const cache = block && layerCache(job, block);
    return cache ? [cache] : [];
  });
}

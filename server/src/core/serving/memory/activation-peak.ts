/** The activations that the engine's profile run finds (vllm/v1/worker/gpu_worker.py determine_available_memory). */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Bytes } from '../../units.ts';

/** The widest MLP that one token runs through on one rank: of experts, all those it visits. */
function widestMlp(job: ServingJob): number {
  return job.model.blocks.reduce((most, { feedForward }) => {
    if (!feedForward) return most;
    const ffn = feedForward.kind === 'dense' ? feedForward.ffn : feedForward.topK * feedForward.ffn + feedForward.sharedFfn;
    return Math.max(most, ffn * (feedForward.gated ? 3 : 2));
  }, 0);
}

/** Peak of the profile run: widest MLP tensors of a full batch of tokens, and the sampler's logits in fp32. */
export function activationPeak(job: ServingJob): Bytes {
  const { model, tensor } = job;
  const tokens = job.maxBatchedTokens;
  const wide = (tokens * widestMlp(job) * 2) / tensor;
  const hidden = tokens * model.hidden * 2 * 4;
  const sampled = Math.min(job.maxSequences, tokens);
  // Logits are gathered whole on each rank before sampling: 16-bit, fp32 copy, sorted copy and probabilities.
  const logits = sampled * model.paddedVocab * (2 + 4 + 4 + 4);
  return Math.max(wide + hidden, logits + hidden / 2);
}

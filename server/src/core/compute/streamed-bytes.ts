/** Bytes that norms, residuals, dropout, activations and rotary embedding move in the forward pass of one layer. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block, Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes } from '../units.ts';

function mixerBytes(job: TrainingJob, mixer: Mixer, tokens: number): Bytes {
  const element = bytesPerElement(job.precision.compute);
  const { tensor } = job.parallel;
  switch (mixer.kind) {
    case 'attention':
      return job.model.positionEmbedding === 'rope' ? (2 * tokens * (mixer.heads + mixer.kvHeads) * mixer.headDim * element) / tensor : 0;
    case 'mla': {
      // Norms of the compressions, rotation of the positional parts, and heads assembled from their two parts.
      const compressed = 2 * (mixer.queryRank + mixer.kvRank + mixer.ropeDim);
      return (
        tokens * element * (compressed + (4 * mixer.heads * (mixer.nopeDim + mixer.ropeDim) + 2 * mixer.heads * mixer.valueDim) / tensor)
      );
    }
    case 'mamba1':
    case 'mamba2':
      // Convolution in and out, scan in and out, gate and its norm.
      return (tokens * element * (8 * mixer.inner + 4 * mixer.groups * mixer.state)) / tensor;
    case 'delta':
      return (tokens * element * (6 * mixer.keyHeads * mixer.keyDim + 6 * mixer.valueHeads * mixer.valueDim)) / tensor;
  }
}

/** `tokens` on this TP group; `pairs` the visits of tokens to experts on this rank. */
export function streamedBytes(job: TrainingJob, block: Block, tokens: number, pairs: number): Bytes {
  const { model } = job;
  const { tensor, sequence, expertTensor } = job.parallel;
  const element = bytesPerElement(job.precision.compute);
  const hidden = (tokens * model.hidden * element) / (sequence ? tensor : 1);
  // Each norm reads and writes; each residual addition reads two and writes one; dropout adds its mask.
  const residuals = block.parallel ? 1 : (block.mixer ? 1 : 0) + (block.feedForward ? 1 : 0) + (block.cross ? 1 : 0);
  const residual = hidden * (2 * block.norms + 3 * residuals + (job.dropout ? residuals / 2 : 0));
  const mixing = block.mixer ? mixerBytes(job, block.mixer, tokens) : 0;
  const { feedForward } = block;
  if (!feedForward) return residual + mixing;
  const passes = feedForward.gated ? 3 : 2;
  if (feedForward.kind === 'dense') return residual + mixing + ((tokens * feedForward.ffn * element) / tensor) * passes;
  const shared = ((tokens * feedForward.sharedFfn * element) / tensor) * passes;
  // Visits are put in order of experts, back again, and summed with their weights.
  const routed = pairs * element * (6 * (feedForward.latent || model.hidden) + (passes * feedForward.ffn) / expertTensor);
  return residual + mixing + shared + routed + hidden;
}

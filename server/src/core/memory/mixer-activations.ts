/** Bytes a mixer keeps for its backward pass: what its projections give, what mixing needs, and its result. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';
import type { Bytes } from '../units.ts';
import { sharedInputBytes } from './saved-inputs.ts';

export interface MixerActivations {
  readonly projections: Bytes;
  readonly core: Bytes;
  readonly out: Bytes;
}

export function mixerActivations(job: TrainingJob, mixer: Mixer, tokens: number, keepCore: boolean): MixerActivations {
  const { tensor } = job.parallel;
  const bytes = tokens * bytesPerElement(job.precision.compute);
  switch (mixer.kind) {
    case 'attention': {
      const query = (mixer.heads * mixer.headDim) / tensor;
      const projections = bytes * (query * (mixer.gate ? 2 : 1) + 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim);
      return { projections, core: attentionCore(job, mixer.heads, tokens, keepCore), out: tokens * sharedInputBytes(job) * query };
    }
    case 'mla': {
      const heads = mixer.heads / tensor;
      const key = mixer.nopeDim + mixer.ropeDim;
      // Compressions with their normed copies, then queries, keys and values of every head.
      const compressed = 2 * mixer.queryRank + 2 * mixer.kvRank + mixer.ropeDim;
      const projections = bytes * (compressed + heads * (2 * key + mixer.valueDim));
      return {
        projections,
        core: attentionCore(job, mixer.heads, tokens, keepCore),
        out: tokens * sharedInputBytes(job) * heads * mixer.valueDim,
      };
    }
    case 'mamba1':
    case 'mamba2': {
      const inner = mixer.inner / tensor;
      // Both branches, the convolution's result, and the scan's result before its gate.
      return { projections: bytes * (2 * inner + (2 * mixer.groups * mixer.state) / tensor), core: bytes * 2 * inner, out: bytes * inner };
    }
    case 'delta': {
      const key = (mixer.keyHeads * mixer.keyDim) / tensor;
      const value = (mixer.valueHeads * mixer.valueDim) / tensor;
      return { projections: bytes * (2 * key + 2 * value), core: bytes * (2 * key + 2 * value), out: bytes * value };
    }
  }
}

/** The squares of unfused attention, or the log-sum of every row and head that a fused kernel keeps in fp32. */
function attentionCore(job: TrainingJob, heads: number, tokens: number, keepCore: boolean): Bytes {
  const { tensor } = job.parallel;
  if (job.attention !== 'unfused') return (4 * tokens * heads) / tensor;
  if (!keepCore) return 0;
  const element = bytesPerElement(job.precision.compute);
  return (heads / tensor) * tokens * job.sequenceLength * (job.dropout ? 2 * element + 1 : element);
}

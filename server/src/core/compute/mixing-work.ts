/** Time of what a mixer does with tokens between its projections: attention, or the scan of a state. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Mixer } from '../model-shape.ts';
import type { Seconds } from '../units.ts';
import { type AttentionShape, attentionBackward, attentionForward } from './attention.ts';
import { mixingFlopsPerToken } from './flops.ts';
import { type Device, streamTime } from './gemm.ts';

/** Share of the peak that the small products of a chunked scan reach. */
const scanShare = 0.3;

export interface MixingWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

/** The attention one GPU runs; undefined for mixers that keep a state instead. */
export function attentionShape(job: TrainingJob, mixer: Mixer): AttentionShape | undefined {
  if (mixer.kind !== 'attention' && mixer.kind !== 'mla') return undefined;
  const { tensor, context } = job.parallel;
  const window = mixer.kind === 'attention' ? mixer.window : undefined;
  const keys = Math.min(job.sequenceLength, job.documentLength);
  return {
    batch: (job.batch.micro * job.sequenceLength) / keys,
    queries: keys / context,
    keys,
    heads: mixer.heads / tensor,
    headDim: mixer.kind === 'mla' ? (mixer.nopeDim + mixer.ropeDim + mixer.valueDim) / 2 : mixer.headDim,
    causal: mixer.kind === 'mla' || mixer.causal,
    kernel: job.attention,
    dropout: job.dropout,
    newest: job.framework.startsWith('megatron'),
    ...(window !== undefined && window < keys ? { window } : {}),
  };
}

export function mixingWork(job: TrainingJob, mixer: Mixer, device: Device, tokens: number): MixingWork {
  const shape = attentionShape(job, mixer);
  if (shape) return { forward: attentionForward(device, shape), backward: attentionBackward(device, shape) };
  // The chunked scan is a row of small products, which fill the chip like unfused attention.
  const flops = (tokens * mixingFlopsPerToken(mixer, job.sequenceLength, true)) / job.parallel.tensor;
  const forward = flops / (device.peak * scanShare) + streamTime(device, 0);
  return { forward, backward: 2.5 * forward };
}

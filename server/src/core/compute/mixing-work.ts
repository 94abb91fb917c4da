/** Time of what a mixer does with tokens between its projections: attention, or the scan of a state. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Mixer } from '../model-shape.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';
import type { Seconds } from '../units.ts';
import { type AttentionShape, attentionBackward, attentionForward } from './attention.ts';
import { causalConv } from './causal-conv.ts';
import { chunkScan } from './chunk-scan.ts';
import { deltaRule } from './delta-rule.ts';
import type { Device } from './gemm.ts';
import { selectiveScan } from './selective-scan.ts';

/** Tokens of a chunk in Mamba-2 (mamba_ssm modules/mamba2.py; Megatron-LM megatron/core/ssm). */
const scanChunk = 256;

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
    ...(mixer.kind === 'mla'
      ? { headDim: mixer.nopeDim + mixer.ropeDim, valueDim: mixer.valueDim }
      : { headDim: mixer.headDim, keyValueHeads: keyValueHeads(mixer.kvHeads, tensor) }),
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
  return scanWork(job, mixer, device, tokens);
}

/** Scan of a state and the short convolution in front of it. */
function scanWork(job: TrainingJob, mixer: Mixer, device: Device, tokens: number): MixingWork {
  const { tensor, context } = job.parallel;
  switch (mixer.kind) {
    case 'mamba1': {
      const inner = mixer.inner / tensor;
      return sum(causalConv(device, tokens, inner, mixer.conv), selectiveScan(device, { tokens, inner, state: mixer.state }));
    }
    case 'mamba2': {
      const groups = Math.max(1, mixer.groups / tensor);
      const heads = mixer.heads / tensor;
      const channels = mixer.inner / tensor + 2 * groups * mixer.state;
      const shape = { tokens, heads, headDim: mixer.inner / mixer.heads, groups, state: mixer.state, chunk: scanChunk };
      return sum(causalConv(device, tokens, channels, mixer.conv), chunkScan(device, shape));
    }
    case 'delta': {
      const channels = (2 * mixer.keyHeads * mixer.keyDim + mixer.valueHeads * mixer.valueDim) / tensor;
      const { keyDim, valueDim } = mixer;
      const shape = { batch: job.batch.micro, sequence: job.sequenceLength / context, heads: mixer.valueHeads / tensor, keyDim, valueDim };
      return sum(causalConv(device, tokens, channels, mixer.conv), deltaRule(device, shape));
    }
    default:
      return { forward: 0, backward: 0 };
  }
}

function sum(a: MixingWork, b: MixingWork): MixingWork {
  return { forward: a.forward + b.forward, backward: a.backward + b.backward };
}

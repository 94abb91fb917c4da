/** The time from the start of a prompt to its first token, with nothing else running. */
import { attentionForward } from '../../compute/attention.ts';
import type { Device } from '../../compute/gemm.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Block } from '../../model-shape.ts';
import type { Seconds } from '../../units.ts';
import { stepSeconds } from './step-seconds.ts';

/** Tiny chunk sizes are told from this many chunks on. */
const mostChunks = 256;

/** Seconds to run a prompt through the model, in chunks of at most the batched tokens; each chunk attends to all before it. */
export function prefillSeconds(job: ServingJob, linear: Device, plain: Device, prompt: number): Seconds {
  let seconds = 0;
  for (let done = 0; done < prompt; ) {
    const chunk = Math.max(Math.min(prompt - done, job.maxBatchedTokens), prompt / mostChunks);
    // Only a first chunk is a triangle; later ones see all earlier tokens.
    const attention = (block: Block) => prefillAttention(job, block, plain, chunk, done + chunk, done === 0);
    seconds += stepSeconds(job, linear, plain, chunk, attention);
    done += chunk;
  }
  return seconds;
}

function prefillAttention(job: ServingJob, { mixer }: Block, plain: Device, queries: number, keys: number, causal: boolean): Seconds {
  if (mixer?.kind !== 'attention' && mixer?.kind !== 'mla') return 0;
  const headDim = mixer.kind === 'mla' ? (mixer.nopeDim + mixer.ropeDim + mixer.valueDim) / 2 : mixer.headDim;
  const window = mixer.kind === 'attention' ? mixer.window : undefined;
  return attentionForward(plain, {
    batch: 1,
    queries,
    keys,
    heads: mixer.heads / job.tensor,
    headDim,
    causal,
    kernel: 'flash',
    dropout: false,
    newest: true,
    ...(window !== undefined && window < keys ? { window } : {}),
  });
}

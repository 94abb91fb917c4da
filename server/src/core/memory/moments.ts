/** The moments of a step that can be the fullest, and what the allocator holds over all of them. */
import { activationSlack, memoryCalibration } from '../calibration/memory.ts';
import type { Moment } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { isMegatron } from '../training/complete-memory.ts';
import type { Bytes } from '../units.ts';

/** Bytes that come and go at each moment, gradients included. */
export interface Moments {
  readonly loss: Bytes;
  readonly backward: Bytes;
  readonly lastBackward: Bytes;
  readonly optimizer: Bytes;
}

/** The fullest moment. */
export function fullest({ loss, backward, lastBackward, optimizer }: Moments): Moment {
  const most = Math.max(loss, backward, lastBackward, optimizer);
  if (most === backward) return 'backward';
  if (most === loss) return 'loss';
  return most === optimizer ? 'optimizer' : 'last-backward';
}

/** What the allocator's figure depends on beside the moments. */
export interface Holdings {
  /** What stays whatever the moment, gradients left out. */
  readonly base: Bytes;
  /** Gradients that stay. */
  readonly stay: Bytes;
  readonly logits: Bytes;
  /** DeepSpeed's fp32 copy of the gradients. */
  readonly flat: Bytes;
  readonly context: Bytes;
}

/**
 * What the allocator holds: more than what is handed out by its fragments, by the loss's huge blocks, and by DeepSpeed's
 * flat fp32 gradients, for which the blocks that activations leave behind are too small. It gives cached blocks back
 * before it runs out, so that it never takes more than the card has while what is handed out fits.
 */
export function reservedBytes(job: TrainingJob, at: Moments, { base, stay, logits, flat, context }: Holdings): Bytes {
  const inStep = Math.max(at.loss, at.backward);
  const allocated = base + Math.max(inStep, at.lastBackward, at.optimizer);
  const fragments = (activationSlack(job.framework, job.zero.implementation) - 1) * (inStep - stay);
  const plain = !isMegatron(job.framework) && job.framework !== 'torchtitan' && !job.loss.fused;
  const loss = plain ? memoryCalibration.lossBlocks * logits : 0;
  const { capacity, usable } = job.cluster.accelerator.memory;
  const most = memoryCalibration.fillable * (usable ?? capacity).value - context;
  const wanted = Math.max(allocated, base + inStep + fragments + loss + (job.zero.implementation === 'deepspeed' ? flat : 0));
  return Math.max(allocated, Math.min(wanted, most));
}

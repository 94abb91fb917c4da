/** What decides how far a prediction may be off: the family of software, the generation of the device, and the technique. */
import type { TrainingJob } from '../estimate-inputs.ts';

export type SoftwareFamily = 'megatron' | 'deepspeed' | 'fsdp' | 'single';
/** `expert-loop`: experts run one after the other in Python, whose times vary with the implementation more than with the job. */
export type Technique = 'adapter' | 'experts' | 'expert-loop' | 'fp8' | 'plain';

export interface BandRegime {
  /** Who shards and schedules: Megatron's own optimizer and pipeline, DeepSpeed, FSDP, or nobody. */
  readonly family: SoftwareFamily;
  /** First word of the data sheet's architecture, lower case: "ampere", "hopper", "cdna" ... */
  readonly generation: string;
  readonly technique: Technique;
}

/** The regime of a job; the rarest technique names it. */
export function bandRegime(job: TrainingJob): BandRegime {
  const { implementation, stage } = job.zero;
  const fsdp = implementation === 'fsdp1' || implementation === 'fsdp2';
  const megatron = job.framework.startsWith('megatron');
  const family =
    implementation === 'deepspeed' && stage > 0
      ? 'deepspeed'
      : fsdp || job.framework === 'torchtitan'
        ? 'fsdp'
        : megatron
          ? 'megatron'
          : 'single';
  const experts = job.model.blocks.some((block) => block.feedForward?.kind === 'moe');
  const ofExperts = job.kernels.fused ? 'experts' : 'expert-loop';
  const technique = job.adapter !== undefined ? 'adapter' : experts ? ofExperts : job.precision.fp8 ? 'fp8' : 'plain';
  return { family, generation: /^[a-z]+/.exec(job.cluster.accelerator.architecture.toLowerCase())?.[0] ?? 'unknown', technique };
}

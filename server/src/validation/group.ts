/** What a row is counted under in the accuracy report. */
import { type BandRegime, bandRegime } from '../core/calibration/band-regime.ts';
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { completeTraining } from '../core/training/complete-training.ts';
import { isHeldOut } from './hold-out.ts';
import type { CaseInput } from './row.ts';
import { type Stack, stackOf } from './stack.ts';

export interface RowGroup {
  readonly source: string;
  readonly heldOut: boolean;
  readonly framework: string;
  /** The GPU as the data sheet calls it, or as the row does when nothing was predicted. */
  readonly gpu: string;
  /** Absent where no training job was predicted. */
  readonly regime?: BandRegime;
}

const frameworkNames: Readonly<Record<Stack, string>> = {
  'megatron-lm': 'Megatron-LM',
  'megatron-bridge': 'Megatron-Bridge, NeMo',
  'megatron-deepspeed': 'Megatron-DeepSpeed',
  internevo: 'InternEvo',
  nanotron: 'nanotron',
  torchtitan: 'torchtitan, FSDP2',
  fsdp: 'FSDP',
  deepspeed: 'DeepSpeed',
  huggingface: 'Hugging Face',
  torchtune: 'torchtune',
  litgpt: 'LitGPT',
  maxtext: 'MaxText',
};

/** The group of a row, from its words. */
export function groupOf(input: CaseInput): RowGroup {
  const source = input.source ?? '';
  const framework = input.kind === 'comm' ? 'collectives' : input.engine ? (input.engine.name ?? 'vLLM') : frameworkNames[stackOf(input)];
  return { source, heldOut: isHeldOut(source), framework, gpu: input.hardware?.gpu ?? 'not stated' };
}

/** The same with what the prediction found out. */
export function groupOfJob(input: CaseInput, job: PartialJob, framework: string, cluster: Cluster): RowGroup {
  const completed = completeTraining(job, framework, cluster);
  const group = { ...groupOf(input), gpu: cluster.accelerator.label };
  return 'job' in completed ? { ...group, regime: bandRegime(completed.job) } : group;
}

/** What a case of the unit tests holds, and values that several share. */
import type { Severity } from '../../../server/src/core/finding.ts';
import type { JobField, PartialJob } from '../../../server/src/core/job-fields.ts';
import { type Surroundings, writtenAs } from '../support.ts';

export interface Case extends Surroundings {
  readonly job: PartialJob;
}
export interface Flagged extends Case {
  readonly at: JobField;
  readonly severity: Severity;
  /** Text that the line must contain. */
  readonly says: string;
  /** Values that fixes write or fields that they remove, in order. */
  readonly fixes?: readonly string[];
}
export interface RuleCases {
  readonly flagged: readonly Flagged[];
  readonly clean: readonly Case[];
}

export const gpt = { 'model.layers': 48, 'model.hidden': 4096, 'model.heads': 32 } as const;
export const setting = { kind: 'setting', name: 'test' } as const;
export const torchFsdp2 = { 'zero.implementation': writtenAs('--use-torch-fsdp2') } as const;
export const granularity = { 'recompute.granularity': writtenAs('--recompute-granularity') } as const;
export const expertModel = { 'parallel.expert': writtenAs('--expert-model-parallel-size') } as const;
export const cpuOffload = { 'optimizer.cpuOffload': writtenAs('--optimizer-cpu-offload') } as const;
export const missing = { kind: 'default', framework: 'test', release: 'test', why: 'test' } as const;
/** A default that shows which release the script was read as. */
export const earlyRelease = {
  'parallel.sequence': { kind: 'default', framework: 'megatron-lm', release: 'Megatron-LM v2.5', why: 'test' },
} as const;

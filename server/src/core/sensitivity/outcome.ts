/** The two numbers a change is judged by. */
import type { ComputeCalibration } from '../calibration/compute.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { StageParts } from '../memory/stage-parts.ts';
import { trainingNumbers } from '../training/training-numbers.ts';
import type { Bytes, Seconds } from '../units.ts';

export interface Outcome {
  /** Peak of the fullest GPU, as nvidia-smi would show it. */
  readonly memory: Bytes;
  readonly step: Seconds;
  readonly tokens: number;
  readonly gpus: number;
  /** The fullest pipeline rank. */
  readonly fullest: StageParts;
}

/** Peak memory and step time of a complete job, or undefined where it cannot run. */
export function outcomeOf(job: TrainingJob, calibration?: ComputeCalibration): Outcome | undefined {
  const numbers = trainingNumbers(job, calibration);
  if ('refused' in numbers) return undefined;
  const fullest = numbers.stages.reduce<StageParts | undefined>(
    (most, stage) => (stage.device > (most?.device ?? -1) ? stage : most),
    undefined,
  );
  if (!fullest) return undefined;
  return { memory: fullest.device, step: numbers.step, tokens: numbers.tokens, gpus: numbers.gpus, fullest };
}

/**
 * What the host adds to a step: the engine's own work between two steps, which the device waits for, and the operators of a step
 * that is not replayed as a CUDA graph, which hold the device back where issuing them takes longer than its kernels.
 */
import { engineHost } from '../../calibration/engines.ts';
import { hostCalibration } from '../../calibration/host.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Seconds } from '../../units.ts';

export interface HostTimer {
  /** Seconds that the device waits for, beside the `device` seconds of the step. */
  waits(device: Seconds, sampled: number, pairs: number): Seconds;
}

export function hostTimer(job: ServingJob): HostTimer {
  const { step, request, operator, promptOperators } = engineHost(job.framework);
  const issue = job.model.layers * operator;
  const eager = issue * hostCalibration.operatorsPerLayer;
  const decode = job.enforceEager ? eager : 0;
  const prompts = job.enforceEager ? eager : issue * promptOperators;
  return {
    waits: (device, sampled, pairs) => step + request * sampled + Math.max(0, (pairs > 0 ? prompts : decode) - device),
  };
}

/**
 * What the host adds to a step: the engine's own work between two steps, which the device waits for, and the operators of a step
 * that is not replayed as a CUDA graph, which hold the device back where issuing them takes longer than its kernels.
 */
import { engineHost } from '../../calibration/engines.ts';
import { hostCalibration } from '../../calibration/host.ts';
import { servingCalibration } from '../../calibration/serving.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Seconds } from '../../units.ts';

export interface HostTimer {
  /** Seconds that the device waits for, beside the `device` seconds of the step. */
  waits(device: Seconds, sampled: number, pairs: number): Seconds;
}

export function hostTimer(job: ServingJob): HostTimer {
  const { step, request, operator, promptOperators, eagerPrompt, gap, decodeGap } = engineHost(job.engine);
  const { hostPace } = servingCalibration(job.cluster.accelerator.architecture);
  const { layers } = job.model;
  const issue = layers * operator * hostPace;
  const eager = issue * hostCalibration.operatorsPerLayer;
  const decode = job.enforceEager ? eager : 0;
  const prompts = job.enforceEager ? eager * eagerPrompt : issue * promptOperators;
  return {
    waits(device, sampled, pairs) {
      const between = hostPace * (step + request * sampled);
      if (pairs > 0) return between + Math.max(layers * gap, prompts - device);
      return between + Math.max(layers * decodeGap, decode - device);
    },
  };
}

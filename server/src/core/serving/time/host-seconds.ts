/**
 * What the host adds to a step: the engine's own work between two steps, which the device waits for, and the launches of a step
 * that is not replayed as a CUDA graph, which hold the device back where its kernels are shorter.
 */

import { sustainedCalibration } from '../../calibration/compute.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Seconds } from '../../units.ts';

/** Host work of one engine. */
interface EngineHost {
  /** Scheduling and handing over, each step. */
  readonly step: Seconds;
  /** Sampling parameters, detokenization, streaming, for each request that a token is drawn for. */
  readonly request: Seconds;
}

const hosts: Readonly<Record<string, EngineHost>> = {
  vllm: { step: 1e-3, request: 5e-6 },
  sglang: { step: 0.6e-3, request: 3e-6 },
  'tensorrt-llm': { step: 0.3e-3, request: 2e-6 },
};
const usual: EngineHost = { step: 1e-3, request: 5e-6 };

/** Operators a fused layer is launched as when no graph replays it: norms, products, rope, cache write, attention, activation. */
const launchesPerLayer = 14;

export interface HostTimer {
  /** Seconds that the device waits for, beside the `device` seconds of the step. */
  waits(device: Seconds, sampled: number, pairs: number): Seconds;
}

export function hostTimer(job: ServingJob): HostTimer {
  const { step, request } = hosts[job.framework] ?? usual;
  const launches = job.model.layers * launchesPerLayer * sustainedCalibration(job.cluster.accelerator).hostOperator;
  return {
    waits: (device, sampled, pairs) => step + request * sampled + (job.enforceEager || pairs > 0 ? Math.max(0, launches - device) : 0),
  };
}

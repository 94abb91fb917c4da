/** The parts that the time of an engine step is the sum of, each worked out in full. */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Seconds } from '../../units.ts';
import { type AttentionTimer, attentionTimer } from './attention-seconds.ts';
import { headSeconds, layersTimer } from './dense-seconds.ts';
import { servingDevices } from './devices.ts';
import { type HostTimer, hostTimer } from './host-seconds.ts';
import { hostWeightSeconds } from './host-weights.ts';
import { collectiveSeconds } from './step-collectives.ts';

export interface StepParts {
  /** Products and streaming kernels of the layers, weights from host memory included. */
  layers(tokens: number): Seconds;
  collectives(tokens: number): Seconds;
  head(sampled: number): Seconds;
  readonly attention: AttentionTimer;
  readonly host: HostTimer;
}

export function stepParts(job: ServingJob): StepParts {
  const devices = servingDevices(job);
  const layers = layersTimer(job, devices);
  const fromHost = hostWeightSeconds(job);
  return {
    layers: (tokens) => layers(tokens) + fromHost,
    collectives: (tokens) => collectiveSeconds(job, tokens),
    head: (sampled) => headSeconds(job, devices, sampled),
    attention: attentionTimer(job, devices),
    host: hostTimer(job),
  };
}

/**
 * Weights that stay in host memory: the device reads those of `--cpu-offload-gb` over PCIe in every pass, and layers that
 * llama.cpp keeps on the processors run there, as fast as these read them.
 */
import { hostCalibration } from '../../calibration/host.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { GiB, type Seconds } from '../../units.ts';
import { stageWeights } from '../memory/weight-bytes.ts';

export function hostWeightSeconds(job: ServingJob): Seconds {
  const { model, gpuLayers, cpuOffloadGiB, pipeline } = job;
  const fetched = (pipeline * GiB(cpuOffloadGiB)) / hostCalibration.hostLink;
  if (gpuLayers === undefined || gpuLayers < 0 || gpuLayers >= model.layers) return fetched;
  const all = stageWeights(job).reduce((sum, { bytes }) => sum + bytes, 0);
  return fetched + ((1 - gpuLayers / model.layers) * all) / hostCalibration.hostMemory;
}

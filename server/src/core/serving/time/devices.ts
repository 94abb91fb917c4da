/**
 * The accelerator as the products of a serving engine see it: weights may be stored in fewer bits than the products run in.
 *
 * Formats that the matrix units do not take are turned into 16 bits on the way (Marlin for 4-bit weights and for fp8 before
 * Ada, vllm/model_executor/layers/quantization/utils/marlin_utils.py), so they save bytes and no FLOPs.
 */
import type { ComputeCalibration } from '../../calibration/compute.ts';
import { clusterCalibration } from '../../calibration/measured.ts';
import { type ServingCalibration, servingCalibration } from '../../calibration/serving.ts';
import { type Device, describeDevice } from '../../compute/gemm.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Accelerator } from '../../hardware.ts';
import type { NumberFormat } from '../../job-fields.ts';
import { bytesPerElement } from '../../number-format.ts';

export interface ServingDevices {
  /** What runs quantized: projections, MLP, experts. */
  readonly linear: Device;
  /** Weights are turned into 16 bits on the way to the products. */
  readonly widened: boolean;
  /** What stays in 16 bits: attention, head, what streams. */
  readonly plain: Device;
  readonly serving: ServingCalibration;
}

/** Whether the matrix units multiply this format itself. */
function isMultiplied({ peak }: Accelerator, format: NumberFormat): boolean {
  switch (format) {
    case 'fp8':
      return peak.fp8 !== undefined;
    case 'fp4':
      return peak.fp4 !== undefined;
    case 'int8':
      return peak.int8 !== undefined;
    default:
      return format !== 'int4';
  }
}

/** 16-bit products; of a card without any known rate only the memory holds them back. */
function plainDevice(accelerator: Accelerator, calibration: ComputeCalibration): Device {
  const unbounded = { value: Number.POSITIVE_INFINITY, unit: 'FLOP/s', source: 'no rate is known', kind: 'assumed' } as const;
  const known = describeDevice(accelerator, 'bf16', calibration);
  return known ?? (describeDevice({ ...accelerator, peak: { bf16: unbounded } }, 'bf16', calibration) as Device);
}

export function servingDevices(job: ServingJob): ServingDevices {
  const { accelerator } = job.cluster;
  const serving = servingCalibration(accelerator.architecture);
  const steady = clusterCalibration(job.cluster);
  const calibration = { ...steady, sustainedShare: steady.sustainedShare ** serving.burstShare };
  const plain = plainDevice(accelerator, calibration);
  if (bytesPerElement(job.weights) >= 2) return { linear: plain, widened: false, plain, serving };
  // llama.cpp's blocks are no format of the matrix units.
  const widens = job.engine.id === 'llama-cpp' || job.engine.id === 'ollama' || !isMultiplied(accelerator, job.weights);
  const scales = job.scheme.id === 'fp8-block' ? 'block' : 'tensor';
  const own = widens ? undefined : describeDevice(accelerator, job.weights, calibration, scales);
  return { linear: own ?? plain, widened: own === undefined, plain, serving };
}

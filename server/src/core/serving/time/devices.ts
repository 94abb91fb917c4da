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
import type { LearnedProducts } from '../../compute/learned.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Accelerator } from '../../hardware.ts';
import type { NumberFormat } from '../../job-fields.ts';
import { bytesPerElement } from '../../number-format.ts';
import { runsLlamaCpp, since } from '../engines/engine-id.ts';

export interface ProductDevice extends Device {
  /** Up to so many tokens a product is sums over vectors, computed while the weights stream. */
  readonly vectorTokens: number;
  /** For more tokens quantized weights are written out in 16 bits first. */
  readonly restoredAbove: number;
  /** Weights stream, then products run at this share of the rate: kernels that hide neither behind the other. */
  readonly besideStream?: number;
}

export interface ServingDevices {
  /** What runs quantized: projections, MLP, experts. */
  readonly linear: ProductDevice;
  /** Weights are turned into 16 bits on the way to the products. */
  readonly widened: boolean;
  /** What stays in 16 bits: attention, head, what streams. */
  readonly plain: ProductDevice;
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

/** vLLM was built with CUDA 11.8 until 0.2.2 (release notes). */
const onOlderLibrary = ({ engine }: ServingJob): boolean => engine.id === 'vllm' && !since(engine, '0.2.2');

/** A library that multiplies at a share of the rate that was fitted. */
function withRate(device: Device, rate: number): Device {
  return { ...device, gemm: { ...device.gemm, peakShare: device.gemm.peakShare * rate } };
}

/** Training keeps the curve: its efficiencies were fitted beside it, and held-out runs are worse with the learned times. */
const withLearned = (device: Device, learned: LearnedProducts | undefined): Device => (learned ? { ...device, learned } : device);

/**
 * llama.cpp's limits (ggml/src/ggml-cuda: MMVQ_MAX_BATCH_SIZE; until pull request 8075, June 2024, MMQ_MAX_BATCH_SIZE, above which cuBLAS
 * multiplied restored weights). Ollama is taken for newer.
 */
function forProducts(job: ServingJob, device: Device): ProductDevice {
  if (!runsLlamaCpp(job.engine)) return { ...device, vectorTokens: 0, restoredAbove: Number.POSITIVE_INFINITY };
  const restores = job.engine.id === 'llama-cpp' && !since(job.engine, 'b3210');
  return { ...device, vectorTokens: 8, restoredAbove: restores ? 32 : Number.POSITIVE_INFINITY };
}

export function servingDevices(job: ServingJob): ServingDevices {
  const { accelerator } = job.cluster;
  const serving = servingCalibration(accelerator.architecture);
  const steady = clusterCalibration(job.cluster);
  const calibration = { ...steady, sustainedShare: steady.sustainedShare ** serving.burstShare };
  const newest = plainDevice(accelerator, calibration);
  const { learned } = job.cluster;
  const plain = forProducts(job, withLearned(onOlderLibrary(job) ? withRate(newest, serving.olderProducts) : newest, learned));
  if (bytesPerElement(job.weights) >= 2) return { linear: plain, widened: false, plain, serving };
  // llama.cpp's blocks are no format of the matrix units.
  const widens = runsLlamaCpp(job.engine) || !isMultiplied(accelerator, job.weights);
  const scales = job.scheme.id === 'fp8-block' ? 'block' : 'tensor';
  const own = widens ? undefined : describeDevice(accelerator, job.weights, calibration, scales);
  return { linear: own === undefined ? plain : forProducts(job, own), widened: own === undefined, plain, serving };
}

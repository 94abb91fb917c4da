/**
 * Fitted parameters with measured ones in their place. What was measured rides on the cluster of a job, so that every formula that asks
 * for a rate gets the measured one.
 */
import type { Cluster } from '../hardware.ts';
import { type AttentionFit, type ComputeCalibration, computeCalibration, type GemmFit, sustainedCalibration } from './compute.ts';
import { hostCalibration } from './host.ts';
import type { MeasuredFactor, MeasuredSpeeds } from './measured-speeds.ts';
import { collectiveTiming, interNodeShare, pcieShare, wires } from './network.ts';

const divided = (fit: GemmFit, { slowdown }: MeasuredFactor): GemmFit => ({
  ...fit,
  peakShare: Math.min(1, fit.peakShare / slowdown),
  memoryShare: fit.memoryShare / slowdown,
  floor: fit.floor * slowdown,
});

const dividedAttention = (fit: AttentionFit, { slowdown }: MeasuredFactor): AttentionFit => ({
  ...fit,
  share64: Math.min(1, fit.share64 / slowdown),
  share128: Math.min(1, fit.share128 / slowdown),
  share256: Math.min(1, fit.share256 / slowdown),
  memoryShare: fit.memoryShare / slowdown,
  floor: fit.floor * slowdown,
});

/** Fitted parameters with measured ones in their place. */
function withMeasured(base: ComputeCalibration, { name, gemm, attention, memoryBound, hostOperator }: MeasuredSpeeds): ComputeCalibration {
  const { half, fp8, fp8Block, fp4 } = base.gemm;
  const { newest, flash2 } = base.attention;
  return {
    ...base,
    ...(gemm
      ? { gemm: { half: divided(half, gemm), fp8: divided(fp8, gemm), fp8Block: divided(fp8Block, gemm), fp4: divided(fp4, gemm) } }
      : {}),
    ...(attention
      ? { attention: { ...base.attention, newest: dividedAttention(newest, attention), flash2: dividedAttention(flash2, attention) } }
      : {}),
    ...(memoryBound ? { memoryShare: base.memoryShare / memoryBound.slowdown, kernelFloor: base.kernelFloor * memoryBound.slowdown } : {}),
    ...(hostOperator ? { hostOperator: hostOperator.seconds } : {}),
    basis: `${base.basis}; calibrated by ${name}`,
  };
}

/** The calibration of a cluster's devices under steady load, with what was measured on them; see `sustainedCalibration`. */
export function clusterCalibration({ accelerator, measured }: Cluster, gpus = 1): ComputeCalibration {
  const base = sustainedCalibration(accelerator, gpus);
  return measured ? withMeasured(base, measured) : base;
}

/** A word that changes when the fitted parameters of an architecture do. */
export function modelFingerprint(architecture: string): string {
  const parameters = [computeCalibration(architecture), collectiveTiming(architecture), hostCalibration, wires, pcieShare, interNodeShare];
  // FNV-1a, 32 bits: no secret, only a difference to be seen.
  let hash = 0x811c9dc5;
  for (const letter of JSON.stringify(parameters)) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

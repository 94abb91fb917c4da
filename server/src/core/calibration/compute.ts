/**
 * Fitted parameters of kernel times, by generation of device. The values, what they mean, on what and how they were
 * fitted and how large the errors are stand in `fits/*.json`; docs/model/parameters.md lists them.
 */
import type { Seconds } from '../units.ts';
import attentionFits from './fits/attention.json' with { type: 'json' };
import deviceFits from './fits/device.json' with { type: 'json' };
import gemmFits from './fits/gemm.json' with { type: 'json' };
import { fitted } from './fitted.ts';
import { hostCalibration } from './host.ts';

/** Matrix products in one number format; see `fits/gemm.json`. */
export interface GemmFit {
  readonly peakShare: number;
  readonly depthRamp: number;
  readonly waveLoss: number;
  readonly mediumTile: number;
  readonly smallTile: number;
  readonly tinyTile: number;
  readonly memoryShare: number;
  readonly overlapLoss: number;
  readonly floor: Seconds;
}

/** Fused attention of one generation of kernel; see `fits/attention.json`. */
export interface AttentionFit {
  readonly share64: number;
  readonly share128: number;
  readonly share256: number;
  readonly keyRamp: number;
  readonly waveLoss: number;
  readonly memoryShare: number;
  readonly overlapLoss: number;
  readonly floor: Seconds;
}

export interface ComputeCalibration {
  readonly gemm: { readonly half: GemmFit; readonly fp8: GemmFit; readonly fp8Block: GemmFit; readonly fp4: GemmFit };
  readonly attention: {
    /** The fastest kernel of the generation: cuDNN, FlashAttention 3. */
    readonly newest: AttentionFit;
    /** FlashAttention 2, which PyTorch's own attention uses. */
    readonly flash2: AttentionFit;
    readonly backwardRate: number;
    readonly backwardRateOfNewest: number;
    /** Rate of the first generation of fused kernels against FlashAttention 2. */
    readonly flash1Rate: number;
  };
  /** What is left of the isolated rate when the whole chip works for seconds (power limit, clocks), at `tdpWatts`. */
  readonly sustainedShare: number;
  readonly tdpWatts: number;
  /** Dense 16-bit peak of that card. */
  readonly teraflops: number;
  /** Multiprocessors of the card whose kernels were fitted. */
  readonly multiprocessors: number;
  /** Rate of a product whose rows do not start on 16 bytes, against one whose do. */
  readonly unalignedShare: number;
  /** Rate of a product whose rows start on 16 bytes but not on whole lines of the cache. */
  readonly lineShare: number;
  /** Share of the memory bandwidth streaming kernels reach. */
  readonly memoryShare: number;
  /** Share of their bandwidth that cards with graphics memory reach, against those with stacked memory. */
  readonly graphicsMemory: number;
  /** Host seconds to issue one eager operator, on the hosts and with the software of the generation. */
  readonly hostOperator: Seconds;
  /** Fixed time of a streaming kernel on the device. */
  readonly kernelFloor: Seconds;
  /** Share of the peak that no product gets beyond. */
  readonly fullRate: number;
  /** How much slower per multiprocessor matrix units must be to count as a slower kind. */
  readonly slowerUnits: number;
  /** Rate of Triton's small products against the vendor's library. */
  readonly tritonShare: number;
  /** One step of a state carried from chunk to chunk. */
  readonly carryStep: Seconds;
  /** Share of the peak of the vector units that a selective scan reaches, and the slots it takes there per channel, state and token. */
  readonly scanShare: number;
  readonly scanForwardSlots: number;
  readonly scanBackwardSlots: number;
  /** Which devices the figures were fitted on. */
  readonly basis: string;
}

interface Sources {
  readonly device: string;
  readonly half: string;
  readonly fp8: string;
  readonly fp8Block: string;
  readonly fp4: string;
  readonly newest: string;
  readonly flash2: string;
  readonly basis: string;
}

function assemble(ids: Sources): ComputeCalibration {
  const gemm = (id: string): GemmFit => fitted(gemmFits, id);
  const attention = (id: string): AttentionFit => fitted(attentionFits, id);
  const { backwardRate, backwardRateOfNewest, flash1Rate, ...device } = fitted(deviceFits, ids.device);
  return {
    ...device,
    gemm: { half: gemm(ids.half), fp8: gemm(ids.fp8), fp8Block: gemm(ids.fp8Block), fp4: gemm(ids.fp4) },
    attention: { newest: attention(ids.newest), flash2: attention(ids.flash2), backwardRate, backwardRateOfNewest, flash1Rate },
    basis: ids.basis,
  };
}

/** One format for all of a generation without fp8. */
const sixteen = (id: string) => ({ half: id, fp8: id, fp8Block: id, fp4: id });

const ampere = assemble({
  device: 'ampere',
  ...sixteen('ampere-half'),
  newest: 'ampere-flash2',
  flash2: 'ampere-flash2',
  basis: 'fitted on A100 kernels and step times',
});

const byArchitecture: Readonly<Record<string, ComputeCalibration>> = {
  ampere,
  volta: assemble({
    device: 'volta',
    ...sixteen('volta-half'),
    newest: 'volta-flash',
    flash2: 'volta-flash',
    basis: 'products fitted on V100 kernels, the rest taken from A100',
  }),
  ada: assemble({
    device: 'ada',
    half: 'ada-half',
    fp8: 'ada-fp8',
    fp8Block: 'ada-fp8',
    fp4: 'ada-fp8',
    newest: 'ada-flash2',
    flash2: 'ada-flash2',
    basis: 'kernels fitted on L40S, step times taken from A100',
  }),
  hopper: assemble({
    device: 'hopper',
    half: 'hopper-half',
    fp8: 'hopper-fp8',
    fp8Block: 'hopper-fp8Block',
    fp4: 'hopper-fp8',
    newest: 'hopper-flash3',
    flash2: 'hopper-flash2',
    basis: 'fitted on H100 kernels and step times',
  }),
  blackwell: assemble({
    device: 'blackwell',
    half: 'blackwell-half',
    fp8: 'blackwell-fp8',
    fp8Block: 'blackwell-fp8Block',
    fp4: 'blackwell-fp4',
    newest: 'blackwell-trtllm',
    flash2: 'blackwell-flash2',
    basis: 'kernels fitted on B200; sustained clocks taken from Hopper',
  }),
  cdna2: assemble({
    device: 'cdna',
    ...sixteen('cdna3-half'),
    newest: 'cdna-flash',
    flash2: 'cdna-triton',
    basis: 'taken from MI300X, not measured',
  }),
  cdna3: assemble({
    device: 'cdna',
    half: 'cdna3-half',
    fp8: 'cdna3-fp8',
    fp8Block: 'cdna3-fp8',
    fp4: 'cdna3-fp8',
    newest: 'cdna-flash',
    flash2: 'cdna-triton',
    basis: 'matrix rate of MI300X as measured; attention of PyTorch fitted on steps, the other assumed; sustained clocks taken from Hopper',
  }),
  cdna4: assemble({
    device: 'cdna',
    ...sixteen('cdna4-half'),
    newest: 'cdna-flash',
    flash2: 'cdna-triton',
    basis: 'matrix rate of MI355X as measured; attention assumed, sustained clocks taken from Hopper',
  }),
  tpu: assemble({
    device: 'tpu',
    ...sixteen('tpu-half'),
    newest: 'tpu-flash',
    flash2: 'tpu-flash',
    basis: 'matrix unit without wave loss, assumed',
  }),
  gaudi2: assemble({
    device: 'gaudi',
    ...sixteen('gaudi2-half'),
    newest: 'cdna-flash',
    flash2: 'cdna-flash',
    basis: 'matrix rate of Gaudi 2 as measured; the rest assumed',
  }),
  gaudi3: assemble({
    device: 'gaudi',
    ...sixteen('gaudi3-half'),
    newest: 'cdna-flash',
    flash2: 'cdna-flash',
    basis: 'matrix rate of Gaudi 3 as measured; the rest assumed',
  }),
};
const sameAs: Readonly<Record<string, string>> = { turing: 'volta', cdna: 'cdna3', gaudi: 'gaudi2' };

/**
 * The calibration of an architecture name from a data sheet. An unknown one gets Ampere's shares, and `basis` says so.
 */
export function computeCalibration(architecture: string): ComputeCalibration {
  const word = /^[a-z]+\d*/.exec(architecture.toLowerCase())?.[0] ?? '';
  return byArchitecture[sameAs[word] ?? word] ?? { ...ampere, basis: `taken from A100: ${architecture} was not measured` };
}

/**
 * The calibration of a device under steady load: a card with fewer watts for each FLOP/s of its peak than the one measured
 * runs at lower clocks, by about the square root of the ratio. Without a peak the limits themselves are compared. A job of
 * `gpus` goes at the pace of its slowest.
 */
export function sustainedCalibration(
  accelerator: {
    readonly architecture: string;
    readonly tdpWatts?: { readonly value: number };
    readonly peak?: { readonly bf16?: { readonly value: number }; readonly fp16?: { readonly value: number } };
  },
  gpus = 1,
): ComputeCalibration {
  const base = computeCalibration(accelerator.architecture);
  const peak = (accelerator.peak?.bf16 ?? accelerator.peak?.fp16)?.value ?? base.teraflops * 1e12;
  const limit = accelerator.tdpWatts?.value ?? (base.tdpWatts * peak) / (base.teraflops * 1e12);
  const ratio = (limit / base.tdpWatts) * ((base.teraflops * 1e12) / peak);
  // The slowest of n draws of a normal distribution lies about sqrt(2 ln n) deviations out.
  const pace = 1 + hostCalibration.paceSpread * Math.sqrt(2 * Math.log(Math.max(1, gpus)));
  return { ...base, sustainedShare: Math.min(1, base.sustainedShare * Math.sqrt(ratio)) / pace };
}

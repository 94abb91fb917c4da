/** What a training job chooses about memory beside its shape and split. Complete: nothing is left unknown. */
import type { AdapterKind, BaseFormat, NumberFormat, OptimizerKind } from './job-fields.ts';

/** The products an adapter can sit on. */
export type AdapterTarget = 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down' | 'embed' | 'head';
/** Parts that can be trained whole beside adapters. */
export type WholeModule = 'embed' | 'head' | 'norms';

export interface AdapterChoice {
  readonly kind: AdapterKind;
  readonly rank: number;
  readonly targets: readonly AdapterTarget[];
  readonly whole: readonly WholeModule[];
  /** Number format of adapter weights, gradients and moments. */
  readonly format: NumberFormat;
  readonly dropout: boolean;
  /** Quantized products keep their inputs (bitsandbytes before 0.43.2). */
  readonly keepsInputs: boolean;
}

export interface OptimizerChoice {
  readonly kind: OptimizerKind;
  /** States and update on the host (Megatron-LM's hybrid device optimizer). */
  readonly cpuOffload: boolean;
  /** Share of the states that is offloaded, 0 to 1, when anything is. */
  readonly offloadedShare: number;
  readonly precisionAware: boolean;
  readonly firstMoment: NumberFormat;
  readonly secondMoment: NumberFormat;
  /** The copy of the weights that is updated; `none`: the weights themselves are. */
  readonly master: NumberFormat | 'none';
  readonly paged: boolean;
  readonly inBackward: boolean;
  readonly fused: boolean;
}

export interface LossChoice {
  /** Head and cross-entropy in one kernel: logits are never written. */
  readonly fused: boolean;
  /** Pieces the cross-entropy works through; 1: all at once. */
  readonly chunks: number;
  /** Logits become fp32 before the loss. */
  readonly upcast: boolean;
}

export interface KernelChoice {
  /** Norms, rotary embedding and cross-entropy keep nothing but their inputs. */
  readonly fused: boolean;
  /** The gate of the MLP too. */
  readonly fusedMlp: boolean;
  /** Products of the experts with their activation and casts between them. */
  readonly fusedExperts: boolean;
  /** Tokens into the order of their experts and back. */
  readonly fusedPermute: boolean;
  /** Autocast runs 16-bit products on parameters of another format, and keeps a 16-bit copy of every input. */
  readonly autocast: boolean;
}

/** Parts of TrainingJob that `training/complete-memory.ts` fills in. */
export interface MemoryChoices {
  /** Undefined: all parameters are trained. */
  readonly adapter: AdapterChoice | undefined;
  /** Storage of the products' weights under an adapter. */
  readonly baseFormat: BaseFormat;
  readonly optimizer: OptimizerChoice;
  readonly loss: LossChoice;
  readonly kernels: KernelChoice;
  readonly offloadActivations: boolean;
  /** Modules that selective recomputation computes again, in Megatron-LM's names. */
  readonly recomputeModules: readonly string[];
  /** Ranks of ZeRO++'s secondary partition; 0: none. */
  readonly secondaryPartition: number;
  readonly reshardAfterForward: boolean;
  readonly packing: boolean;
  /** All kernels are loaded into the context at once, as before CUDA 12. */
  readonly eagerKernels: boolean;
}

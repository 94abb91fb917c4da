/** The complete inputs of the estimators: no field is unknown, and `assumptions` says what was filled in. */
import type { Assumption } from './estimate.ts';
import type { Cluster } from './hardware.ts';
import type {
  AttentionKernel,
  ContextKind,
  CudaGraphScope,
  ExpertDispatch,
  FlopsConvention,
  Fp8Recipe,
  NumberFormat,
  OffloadDevice,
  RecomputeGranularity,
  RecomputeMethod,
  ScheduleName,
  VocabPipeline,
} from './job-fields.ts';
import type { MemoryChoices } from './memory-inputs.ts';
import type { ModelShape } from './model-shape.ts';
import type { EngineChoice } from './serving/engines/engine-id.ts';
import type { WeightScheme } from './serving/memory/weight-schemes/scheme.ts';
import type { LatencyLimits, StatedLoad } from './serving-load.ts';

export interface TrainingJob extends MemoryChoices {
  readonly framework: string;
  readonly model: ModelShape;
  readonly parallel: {
    readonly tensor: number;
    readonly pipeline: number;
    readonly virtualStages: number;
    readonly context: number;
    /** How context parallelism moves keys and values. */
    readonly contextKind: ContextKind;
    /** Ranks that hold different experts, and ranks that split one expert's matrices. */
    readonly expert: number;
    readonly expertTensor: number;
    readonly expertDispatch: ExpertDispatch;
    readonly sequence: boolean;
    /** Ranks are numbered with the pipeline inside DP instead of around it. */
    readonly pipelineInsideData: boolean;
    readonly data: number;
    /** Ranks of DP that ZeRO or FSDP shards over; less than `data` with HSDP. */
    readonly dataShard: number;
    readonly vocabPipeline: VocabPipeline | 'none';
    /** Layers of each rank's chunks: `layers[rank][chunk]`. */
    readonly layers: readonly (readonly number[])[];
    /** Rank whose last chunk holds the multi-token prediction layers; the last rank unless laid out by hand. */
    readonly predictionRank?: number;
    readonly schedule: ScheduleName;
    /** Micro batches an interleaved schedule runs on one chunk before the next; the schedule chooses unless told. */
    readonly microBatchGroup?: number;
    /** The order of the schedules `written` and `written-v`. */
    readonly writtenOrder?: string;
    readonly tpCommOverlap: boolean;
    readonly tensorGradientOverlap: boolean;
  };
  readonly zero: {
    readonly stage: 0 | 1 | 2 | 3;
    readonly implementation: 'megatron-distributed-optimizer' | 'deepspeed' | 'fsdp1' | 'fsdp2' | 'none';
    readonly reduceBucketElements: number;
    readonly prefetchBucketElements: number;
    readonly offloadOptimizer: OffloadDevice;
    readonly offloadParam: OffloadDevice;
  };
  readonly overlap: { readonly gradReduce: boolean; readonly paramGather: boolean };
  readonly batch: { readonly micro: number; readonly global: number; readonly accumulation: number };
  readonly sequenceLength: number;
  /** Tokens a packed document has on average: attention does not look beyond it. */
  readonly documentLength: number;
  readonly precision: {
    readonly compute: NumberFormat;
    /** The linear layers run in fewer bits than the rest. */
    readonly fp8: boolean;
    /** The format their products run in: `compute` unless they are quantized. */
    readonly linear: NumberFormat;
    readonly fp8Recipe: Fp8Recipe;
    readonly params: NumberFormat;
    readonly gradients: NumberFormat;
  };
  /** `layers`: size of a checkpointed group (`uniform`), or layers of the model computed again (`block`). */
  readonly recompute: { readonly granularity: RecomputeGranularity; readonly method: RecomputeMethod; readonly layers: number };
  readonly attention: AttentionKernel;
  readonly compiled: boolean;
  readonly cudaGraphs: CudaGraphScope;
  readonly dropout: boolean;
  /** Whose FLOPs MFU and FLOP/s count. */
  readonly mfuConvention: FlopsConvention;
  readonly cluster: Cluster;
  readonly assumptions: readonly Assumption[];
}

/** What drafts tokens beside the served model: a whole model, or a head on its hidden states, as a job of its own on the same GPUs. */
export interface ServingDraft {
  readonly kind: 'model' | 'eagle' | 'eagle3';
  readonly job: Omit<ServingJob, 'draft'>;
  /** Rows of the head's own output; 0: it shares the model's. */
  readonly headRows: number;
}

export interface ServingJob {
  /** What one replica is asked to do, when a load is stated. */
  readonly load?: StatedLoad & LatencyLimits;
  /** The engine's id, and its release where one is known. */
  readonly framework: string;
  readonly engine: EngineChoice;
  readonly model: ModelShape;
  readonly tensor: number;
  readonly pipeline: number;
  /** Layers of each pipeline stage when they are written out. */
  readonly layerPartition?: readonly number[];
  readonly dataParallel: number;
  /** Groups inside TP that attend to requests of their own. */
  readonly attentionData: number;
  /** Ranks among which the cached tokens of one request are dealt out. */
  readonly contextRanks: number;
  readonly expertParallel: boolean;
  /** What products read their weights as; `scheme` says how many bytes those really take. */
  readonly weights: NumberFormat;
  readonly scheme: WeightScheme;
  /** Experts' width is rounded up to a multiple of this for their kernels. */
  readonly expertAlignment: number;
  readonly kvCache: NumberFormat;
  /** Bytes of one number of a recurrent state. */
  readonly stateElementBytes: number;
  readonly kvSharedLayers: number;
  /** Tokens of the longest request. */
  readonly maxModelLen: number;
  /** Tokens of all slots together, where an engine sets aside a cache for slots; else the same. */
  readonly slotTokens: number;
  readonly maxSequences: number;
  readonly maxBatchedTokens: number;
  /** The engine's share: of all memory, or of what the weights leave. */
  readonly share: number;
  readonly kvCacheBytes: number | undefined;
  readonly maxKvTokens: number | undefined;
  readonly blockSize: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  readonly enforceEager: boolean;
  readonly cpuOffloadGiB: number;
  /** Layers of the checkpoint that draft tokens (multi-token prediction) and are loaded. */
  readonly draftLayers: number;
  /** Another model that drafts, when its shape is known. */
  readonly draft?: ServingDraft;
  readonly loraSlots: number;
  readonly loraRank: number;
  readonly gpuLayers: number | undefined;
  readonly cluster: Cluster;
  readonly assumptions: readonly Assumption[];
}

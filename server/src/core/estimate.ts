/** What an estimate holds. Every number is a `Term`, so that each can be opened. */
import type { JobField } from './job-fields.ts';
import type { ScheduleRequest } from './schedules/schedule.ts';
import type { LoadLimit, LoadPoint } from './serving-load.ts';
import type { Term } from './term.ts';
import type { Bytes, Seconds } from './units.ts';

/** Something the estimate had to take for granted, shown beside it. */
export interface Assumption {
  readonly field?: JobField;
  readonly value: string;
  readonly why: string;
}

/** The moment of a step at which memory is fullest. */
export type Moment = 'loss' | 'backward' | 'last-backward' | 'optimizer';

/** Memory of one pipeline rank at its worst moment. */
export interface StageMemory {
  readonly stage: number;
  readonly moment: Moment;
  /** What stays on the GPU between steps, workspaces included. */
  readonly resident: Term;
  /** What lies in host memory, per process. */
  readonly host: Term;
  /** What lies on NVMe, per process. */
  readonly nvme: Term;
  /** Most bytes that activations in flight take, whichever moment is the fullest. */
  readonly activations: Bytes;
  /** Device bytes beside the activations in flight, so that both add up to the peak. */
  readonly besideActivations: Bytes;
  /** Bytes that PyTorch's allocator has handed out at the peak; children by component. */
  readonly allocated: Term;
  /** What the allocator holds from the driver (`max_memory_reserved`). */
  readonly reserved: Term;
  /** What nvidia-smi shows: reserved plus context, NCCL buffers and library workspaces. */
  readonly device: Term;
}

export interface CommunicationCost {
  readonly id: 'tensor' | 'pipeline' | 'data' | 'zero-gather' | 'context' | 'expert';
  readonly label: string;
  /** Bytes sent by one GPU per step. */
  readonly bytes: Term;
  /** Seconds per step the network is busy with it. */
  readonly busy: Term;
  /** Seconds per step that computation waits for it. */
  readonly exposed: Term;
}

/** Shares of the step, averaged over the pipeline ranks, adding up to 1. */
export interface StepShares {
  readonly compute: number;
  readonly recompute: number;
  readonly exposedCommunication: number;
  readonly bubble: number;
  readonly optimizer: number;
  readonly host: number;
}

export interface TrainingEstimate {
  readonly kind: 'training';
  readonly gpus: number;
  readonly parameters: Term;
  readonly memory: {
    readonly stages: readonly StageMemory[];
    /** Index into `stages` of the fullest one. */
    readonly worstStage: number;
    /** What the driver offers for the whole process. */
    readonly usable: Term;
    readonly fits: 'yes' | 'no' | 'close';
  };
  readonly time: {
    readonly step: Term;
    readonly shares: StepShares;
  };
  readonly communication: readonly CommunicationCost[];
  readonly throughput: {
    readonly tokensPerSecond: Term;
    readonly tokensPerSecondPerGpu: Term;
    /** Model FLOP/s per GPU by `convention`. */
    readonly modelFlopsPerGpu: Term;
    readonly mfu: Term;
    readonly hfu: Term;
    readonly hardwareFlopsPerGpu: Term;
  };
  /** USD per step and per billion tokens; absent when no price is set. */
  readonly cost?: { readonly perStep: Term; readonly perBillionTokens: Term } | undefined;
  /** What the panel simulates again with its own copy of the core. */
  readonly schedule: ScheduleRequest;
  readonly assumptions: readonly Assumption[];
  /** The same estimate resting on these assumptions. */
  readonly withAssumptions: (assumptions: readonly Assumption[]) => TrainingEstimate;
}

/** What one engine replica settles to under its share of the load. */
export interface LoadEstimate {
  /** Requests per second that one replica sustains within the latency limits; 0 when a single request breaks them. */
  readonly sustainedRate: Term;
  /** What keeps the load from settling; absent when it does. */
  readonly overloaded?: LoadLimit;
  /** Requests per second of one replica where it settles: what is stated, or what the requests under way come to. */
  readonly rate?: number;
  /** Only when the load settles. */
  readonly timeToFirstToken?: Term;
  readonly timePerToken?: Term;
  readonly decoding?: Term;
  /** Latency against rate for requests of these lengths, worked out when asked. */
  readonly curve: () => readonly LoadPoint[];
}

export interface ServingEstimate {
  readonly kind: 'serving';
  readonly gpus: number;
  readonly parameters: Term;
  readonly memory: {
    readonly weights: Term;
    readonly overhead: Term;
    readonly kvCache: Term;
    /** weights + overhead + KV cache, per GPU. */
    readonly total: Term;
    readonly usable: Term;
    readonly fits: 'yes' | 'no' | 'close';
  };
  readonly kvBytesPerToken: Term;
  readonly kvTokens: Term;
  /** Tokens in the cache of `kvTokens` when every request has cached so many of them: windows give back what is behind them. */
  readonly heldTokens: (each: number) => number;
  /** Slots that requests run in, and the tokens each may have; where an engine has several. */
  readonly slots?: { readonly count: number; readonly each: number };
  /** Requests of the full configured context that fit at once. */
  readonly concurrency: Term;
  readonly decode: { readonly batch: number; readonly timePerToken: Term; readonly tokensPerSecond: Term };
  readonly prefill: { readonly tokens: number; readonly timeToFirstToken: Term };
  readonly cost?: { readonly perMillionTokens: Term };
  /** Under the load that is stated; absent when none is. */
  readonly load?: LoadEstimate | undefined;
  readonly assumptions: readonly Assumption[];
}

export type Estimate = TrainingEstimate | ServingEstimate;

/** Why no estimate can be given, in one sentence, and the fields that would make it possible. */
export interface Refusal {
  readonly why: string;
  readonly missing: readonly JobField[];
}

export type EstimateResult = { readonly estimate: Estimate } | { readonly refusal: Refusal };

export interface MemorySample {
  readonly time: Seconds;
  readonly bytes: Bytes;
}

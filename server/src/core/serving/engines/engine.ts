/** What the memory estimate asks of an engine: its defaults, what it needs beside weights and cache, and its arithmetic of the pool. */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Accelerator } from '../../hardware.ts';
import type { ModelShape } from '../../model-shape.ts';
import type { TermInput } from '../../term.ts';
import type { StageCaches } from '../memory/cache-layers.ts';
import type { PoolTokens } from '../memory/kv-pool.ts';
import type { StageWeights } from '../memory/weight-bytes.ts';
import type { EngineChoice, EngineId } from './engine-id.ts';

/** What the defaults of an engine may depend on. */
export interface DefaultsQuestion {
  readonly engine: EngineChoice;
  readonly accelerator: Accelerator;
  readonly model: ModelShape;
  readonly tensor: number;
  readonly pipeline: number;
  readonly attentionData: number;
  readonly maxModelLen: number | undefined;
  /** Values the engine derives others from, where they are written. */
  readonly maxBatchedTokens: number | undefined;
  readonly graphBatch: number | undefined;
  readonly speculative: boolean;
  readonly offline: boolean;
}

export interface EngineDefaults {
  readonly sequences: number;
  readonly batchedTokens: number;
  /** The engine's own share of the memory: of all of it, or of what the weights leave. */
  readonly share: number;
  readonly blockSize: number;
  /** Longest context where the engine does not take the model's. */
  readonly context?: number;
  /** Where these defaults stand. */
  readonly why: string;
}

/** Memory beside weights and cache, per GPU. */
export interface Overhead {
  readonly activation: number;
  /** What PyTorch's allocator does not see: context, NCCL, workspaces of libraries. */
  readonly outside: number;
  /** What lies outside and the engine's arithmetic does not see: a context that was there before it looked. */
  readonly unseen?: number;
  readonly captured: number;
}

export interface PoolQuestion extends Overhead {
  readonly usable: number;
  readonly weights: number;
  readonly caches: StageCaches;
}

export interface Pool {
  readonly bytes: number;
  readonly budget: number;
  /** The engine's arithmetic in plain text. */
  readonly formula: string;
  readonly inputs: readonly TermInput[];
  readonly source: string;
  /** The size is configured, whatever memory there is: nothing about it is estimated. */
  readonly isExact?: boolean;
  /** States of sequences that lie beside the pool. */
  readonly states?: number;
}

export interface Contexts {
  readonly each: number;
  readonly all: number;
}

export interface Engine {
  readonly id: EngineId;
  readonly label: string;
  /** A draft model is loaded when the pool has its size, and each of its layers counts there like one of the model's. */
  readonly draftAfterPool?: boolean;
  /** What it sets aside hangs on its context alone, so that it has no share of the memory to set. */
  readonly hasFixedPool?: boolean;
  /** The field its share of the memory is set by. */
  readonly shareField: 'serving.gpuMemoryUtilization' | 'serving.staticMemoryShare' | 'serving.freeMemoryShare';
  readonly defaults: (question: DefaultsQuestion) => EngineDefaults;
  /** What a context means where slots share it or have one each: tokens of one request, and of all slots. */
  readonly contexts?: (asked: number, slots: number, unified: boolean) => Contexts;
  readonly overhead: (job: ServingJob) => Overhead;
  /** Weights on the GPU, where some stay with the host. */
  readonly resident?: (job: ServingJob, weights: StageWeights) => number;
  readonly pool: (job: ServingJob, question: PoolQuestion) => Pool;
  readonly tokens: (job: ServingJob, caches: StageCaches, bytes: number) => PoolTokens;
}

/** The driver's context of a process, cuBLAS's workspace and loaded kernels. */
export const contextBytes = 0.5 * 2 ** 30;

/** Bytes of memory the data sheet or the driver gives. */
export const memoryOf = ({ memory }: Accelerator): number => (memory.usable ?? memory.capacity).value;

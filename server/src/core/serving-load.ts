/** What a server is asked to do. */
import type { Seconds } from './units.ts';

/** Equal requests that arrive at random. */
export interface ServingLoad {
  /** Requests per second. */
  readonly rate: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A load as it is stated: at a rate, with so many requests under way at most, or both. */
export type StatedLoad = Omit<ServingLoad, 'rate'> & { readonly rate?: number; readonly concurrency?: number };

/** Latency limits; absent ones hold always. */
export interface LatencyLimits {
  readonly timeToFirstToken?: Seconds;
  readonly timePerToken?: Seconds;
}

/** What a load can run into: the time prompts take, or one of the engine's limits. */
export type LoadLimit = 'prompt time' | 'sequences' | 'batched tokens' | 'KV cache';

/** Where a replica settles at one rate. */
export interface LoadPoint {
  /** Of the most that the replica sustains. */
  readonly part: number;
  /** Requests per second of one replica. */
  readonly rate: number;
  readonly timeToFirstToken: Seconds;
  readonly timePerToken: Seconds;
  /** Requests that decode at a time. */
  readonly decoding: number;
}

/** What the steps of the engine share: what it was given, its caches, and the guard around each step. */
import type { EstimateResult } from '../core/estimate.ts';
import type { Finding } from '../core/finding.ts';
import type { Fault } from '../frameworks/detect.ts';
import type { Alternative, CompilerLookup, EngineSettings, FileAccess } from './analysis.ts';
import type { KernelState } from './kernel-findings.ts';
import type { Memo } from './memo.ts';
import type { Log } from './run-rules.ts';

export interface EngineOptions {
  readonly files: FileAccess;
  /** Asked again for every analysis. */
  readonly settings: () => EngineSettings;
  /** What compilers said of texts so far; without it none was asked. */
  readonly compiled?: CompilerLookup;
  /** Told about faults of our own. */
  readonly log?: Log;
}

/** What rules and model say about a job, without places. */
export interface Verdict {
  readonly result: EstimateResult;
  readonly findings: readonly Finding[];
}

export interface Parts extends Required<EngineOptions> {
  readonly verdicts: Memo<Verdict>;
  readonly neighbours: Memo<readonly Alternative[]>;
  /** What was said of the kernels of documents, by their address. */
  readonly kernels: Memo<KernelState>;
}

/** A fault of ours, for the log. */
export const faultOf =
  ({ log }: Parts): Fault =>
  (what, error) =>
    log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);

/** Runs a step of ours; a fault is logged and costs only this step. */
export function guard<T>(parts: Parts, what: string, otherwise: T, step: () => T): T {
  try {
    return step();
  } catch (error) {
    faultOf(parts)(what, error);
    return otherwise;
  }
}

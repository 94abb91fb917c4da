/** What a change of a server gains by the model: tokens in its KV cache, time per token, tokens per second and GPU. */
import type { Estimate, ServingEstimate } from '../../estimate.ts';
import type { TryChange } from '../../finding.ts';
import type { PartialJob } from '../../job-fields.ts';

export interface ServingGain {
  readonly now: ServingEstimate;
  readonly then: ServingEstimate;
  /** How many times as many tokens the KV cache holds. */
  readonly tokens: number;
  /** Share of the time per token saved. */
  readonly time: number;
  /** Tokens per second and GPU, as a multiple. */
  readonly throughput: number;
}

const perGpu = ({ decode, gpus }: ServingEstimate): number => decode.tokensPerSecond.value / gpus;

/** Undefined where either estimate is missing or says no number. */
export function servingGain(now: Estimate | undefined, tryChange: TryChange | undefined, change: PartialJob): ServingGain | undefined {
  const then = now?.kind === 'serving' ? tryChange?.(change) : undefined;
  if (now?.kind !== 'serving' || then?.kind !== 'serving') return undefined;
  const tokens = then.kvTokens.value / now.kvTokens.value;
  const time = 1 - then.decode.timePerToken.value / now.decode.timePerToken.value;
  const throughput = perGpu(then) / perGpu(now);
  return [tokens, time, throughput].every(Number.isFinite) ? { now, then, tokens, time, throughput } : undefined;
}

/** "3.4 times". */
export const times = (factor: number): string => `${factor.toFixed(1)} times`;

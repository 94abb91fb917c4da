/** The policy that an engine's options name. */
import type { Policy } from '../replica.ts';
import type { EngineOptions } from '../simulation-options.ts';
import { ContinuousPolicy } from './continuous.ts';
import { SglangPolicy } from './sglang.ts';
import { StaticPolicy } from './static-batching.ts';
import { noEvictAdmission } from './tensorrt-llm.ts';
import { vllmAdmission } from './vllm.ts';

/** A policy may keep a state of its own, so every replica gets one. */
export function makePolicy(options: EngineOptions): Policy {
  const { policy, maxSequences, maxBatchedTokens, chunkedPrefill, pipeline } = options;
  const drafted = options.speculation?.drafted ?? 0;
  if (policy === 'static') return new StaticPolicy(maxSequences, maxBatchedTokens);
  if (policy === 'sglang') {
    const prefill = options.maxPrefillTokens ?? 16384;
    return new SglangPolicy(maxSequences, pipeline, maxBatchedTokens, chunkedPrefill, prefill, options.conservativeness ?? 1, drafted);
  }
  const admission =
    policy === 'tensorrt-llm' ? noEvictAdmission : vllmAdmission(policy === 'vllm' ? (options.reservePrompt ?? true) : true);
  return new ContinuousPolicy(maxSequences, maxBatchedTokens, chunkedPrefill, drafted, admission);
}

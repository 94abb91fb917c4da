/**
 * Seconds of a layer's forward pass that its backward pass runs again. Selective recomputation names modules in
 * Megatron-LM (megatron/core/transformer/transformer_config.py, recompute_modules); torchtitan's runs everything again but
 * attention and every second product (torchtitan/models/llama3/infra/parallelize.py, _apply_ac_to_transformer_block).
 */
import { hostCalibration } from '../calibration/host.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Seconds } from '../units.ts';

const { everySecondProduct, streamingOfNorms } = hostCalibration;

/** Parts of one forward pass. */
export interface ForwardParts {
  readonly attention: Seconds;
  readonly products: Seconds;
  readonly streaming: Seconds;
  /** Products of the MLP or of the experts, of `products`. */
  readonly feedForward: Seconds;
  readonly total: Seconds;
}

export function recomputeTime(job: TrainingJob, forward: ForwardParts): Seconds {
  const { granularity } = job.recompute;
  if (granularity === 'full') return forward.total * recomputedShare(job);
  if (granularity !== 'selective') return 0;
  if (job.framework === 'torchtitan') return forward.streaming + everySecondProduct * forward.products;
  if (job.recomputeModules.length === 0) return forward.attention;
  const has = (name: string): number => (job.recomputeModules.includes(name) ? 1 : 0);
  const mlp = has('mlp') + has('moe') > 0 ? forward.feedForward : 0;
  const small = streamingOfNorms * forward.streaming * (has('layernorm') + Math.max(has('moe_act'), has('mlp')));
  return has('core_attn') * forward.attention + mlp + small;
}

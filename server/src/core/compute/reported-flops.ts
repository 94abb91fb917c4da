/**
 * FLOPs of a step as publishers count them, so that MFU and TFLOP/s can be compared like with like. They differ in three
 * things: whether attention is counted over the whole square or its causal half, which parameters are in N, and what
 * recomputation adds to the hardware figure.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { activeParameters } from '../parameters/model-parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Flops } from '../units.ts';
import { forwardFlops, hardwareFlops, modelFlops } from './flops.ts';

export type ReportingConvention = 'megatron' | 'megatron-causal' | 'palm' | 'all-parameters' | 'layers-only';

export interface ConventionInfo {
  readonly label: string;
  readonly source: string;
}

/** What each convention counts, and where it stands. */
export const reportingConventions: Readonly<Record<ReportingConvention, ConventionInfo>> = {
  megatron: {
    label: 'all products of forward and backward pass, attention over the whole square, output head included',
    source: 'Narayanan et al. 2021, appendix; Megatron-LM megatron/training/training.py num_floating_point_operations before 2025',
  },
  'megatron-causal': {
    label: 'all products of forward and backward pass, causal attention counted half, output head included',
    source: 'Megatron-Bridge training/utils/flop_utils.py; MaxText maxtext_utils.py calculate_tflops_training_per_device',
  },
  palm: {
    label: '6 N + 12 L H Q T per token, N without the embedding that is only looked up',
    source: 'Chowdhery et al. 2022, appendix B; torchtitan models/utils.py get_num_flop_per_token',
  },
  'all-parameters': {
    label: '6 N + 12 L H Q T per token, N with every parameter',
    source: 'llm-foundry scripts/train/benchmarking/collect_results.py; the same formula with all parameters elsewhere',
  },
  'layers-only': {
    label: '6 N per token, N the parameters of the layers alone; no attention, no head',
    source: 'Megatron-DeepSpeed megatron/utils.py before its formula was corrected',
  },
};

export interface ReportedFlops {
  readonly model: Flops;
  /** With what recomputation runs again, as the same publishers add it. */
  readonly hardware: Flops;
}

/** Model and hardware FLOPs of one step over `tokens` tokens by a convention. */
export function reportedFlops(job: TrainingJob, tokens: number, convention: ReportingConvention): ReportedFlops {
  switch (convention) {
    case 'megatron':
      return { model: modelFlops(job, tokens, 'megatron'), hardware: hardwareFlops(job, tokens) };
    case 'megatron-causal': {
      const model = modelFlops(job, tokens, 'causal');
      const { linear, attention } = forwardFlops(job, tokens, true);
      return { model, hardware: model + repeated(job, linear, attention) };
    }
    case 'palm':
      return withRepeatedPass(job, modelFlops(job, tokens, 'palm'), tokens);
    case 'all-parameters': {
      const { attention } = forwardFlops(job, tokens, false);
      return withRepeatedPass(job, 6 * tokens * activeParameters(job.model) + 3 * attention, tokens);
    }
    case 'layers-only': {
      const { linear } = forwardFlops(job, tokens, false);
      return { model: 3 * linear, hardware: 3 * linear + repeated(job, linear, 0) };
    }
  }
}

/** These publishers count full recomputation as one more forward pass of everything. */
function withRepeatedPass(job: TrainingJob, model: Flops, tokens: number): ReportedFlops {
  const { attention } = forwardFlops(job, tokens, false);
  return { model, hardware: model + repeated(job, model / 3, attention) };
}

/** What recomputation runs again of a forward pass whose parts are given. */
function repeated(job: TrainingJob, all: Flops, attention: Flops): Flops {
  const { granularity } = job.recompute;
  if (granularity === 'selective') return attention;
  return granularity === 'full' ? all * recomputedShare(job) : 0;
}

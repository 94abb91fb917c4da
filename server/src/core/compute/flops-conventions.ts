/**
 * The field's ways of counting FLOPs, for MFU and TFLOP/s that can be compared with what a framework prints. They differ in
 * four things: whether attention counts over the whole square or its causal half, which parameters are in N, whether the
 * router counts, and what recomputation adds to the hardware figure. Symbols: N parameters, L layers, H heads, Q head
 * size, T sequence length, h hidden size, V vocabulary.
 */
import type { FlopsConvention } from '../job-fields.ts';

export interface ConventionInfo {
  readonly id: FlopsConvention;
  /** Whose it is: "MFU (PaLM's FLOPs)". */
  readonly label: string;
  readonly formula: string;
  /** Paper, or file of the framework. */
  readonly source: string;
}

const info = (id: FlopsConvention, label: string, formula: string, source: string): ConventionInfo => ({ id, label, formula, source });

/** What each convention counts, and where it stands. */
export const flopsConventions: Readonly<Record<FlopsConvention, ConventionInfo>> = {
  megatron: info(
    'megatron',
    'Megatron-LM',
    '3 * forward: products of the layers, attention 4 T H Q over the whole square, head 2 h V; the experts a token visits, no router',
    'Narayanan et al. 2021, appendix; Megatron-LM megatron/training/training.py num_floating_point_operations before March 2025',
  ),
  'megatron-causal': info(
    'megatron-causal',
    'newer Megatron-LM',
    'as megatron with causal attention counted half, 2 T H Q',
    'Megatron-LM megatron/training/training.py num_floating_point_operations since March 2025; Megatron-Bridge training/utils/flop_utils.py',
  ),
  palm: info(
    'palm',
    'PaLM',
    '6 N + 12 L H Q T per token; N the parameters a token meets, without the embedding that is only looked up',
    'Chowdhery et al. 2022, appendix B',
  ),
  torchtitan: info(
    'torchtitan',
    'torchtitan',
    '6 (N - N_embedding) + 6 L H (Q_qk + Q_v) T per token, T at most the window; of routed experts the active share; no image tower',
    'torchtitan models/utils.py get_nparams_and_active_nparams, quadratic_attention_flops_per_token',
  ),
  'llm-foundry': info(
    'llm-foundry',
    'llm-foundry',
    '6 N + 12 L h T per token; N every parameter a token meets, the embedding too; with recomputation 4/3 of it',
    'llm-foundry scripts/train/benchmarking/collect_results.py',
  ),
  maxtext: info(
    'maxtext',
    'MaxText',
    '3 * forward: products of the layers with the router, causal attention 2 T H Q (4 (T W - W W / 2) H Q / T in a window), head 2 h V unpadded',
    'MaxText maxtext_utils.py calculate_tflops_training_per_device',
  ),
  nanotron: info(
    'nanotron',
    'nanotron',
    '3 * forward: products of the layers, attention 4 T H Q over the whole square, head 2 h V; hardware FLOPs are the same',
    'nanotron src/nanotron/models/llama.py get_flops',
  ),
  deepspeed: info(
    'deepspeed',
    'DeepSpeed profiler',
    '3 * forward: products with the router, attention over the whole square, head, and 5 per normed element, 1 per activation and unfused softmax',
    'DeepSpeed deepspeed/profiling/flops_profiler/profiler.py; the backward pass is taken for two forward ones',
  ),
  'layers-only': info(
    'layers-only',
    'older Megatron-DeepSpeed',
    '6 N per token; N the parameters of the layers alone: no attention, no head',
    'Megatron-DeepSpeed megatron/utils.py before its formula was corrected',
  ),
};

/** The convention of that id, or undefined when there is none. */
export function conventionNamed(id: string): FlopsConvention | undefined {
  return (Object.keys(flopsConventions) as FlopsConvention[]).find((known) => known === id);
}

/**
 * The convention behind the MFU of a job that names none: the one its framework prints, else PaLM's, which papers quote.
 * Megatron-LM scripts get the whole square, as in the papers; newer releases print the causal half.
 */
export function usualConvention(framework: string): FlopsConvention {
  if (framework.startsWith('megatron')) return 'megatron';
  const own = conventionNamed(framework);
  return own === undefined || own === 'deepspeed' ? 'palm' : own;
}

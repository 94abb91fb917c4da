/** Rows of the tables of experts: moe_dtype, num_tokens, hidden_size, inter_size, topk, num_experts, moe_tp_size, moe_ep_size, distribution. */
import { type ExpertCase, type ExpertFormat, expertKernels, type Spread } from '../inputs/experts.ts';
import { engineOf, type Row, RowProblem, spellings } from './row.ts';

const formats = spellings<ExpertFormat>({
  bfloat16: 'bf16 float16 fp16 half',
  fp8: 'float8 fp8e4m3 float8e4m3fn e4m3 w8a8fp8 fp8pertensor',
  fp8_block: 'fp8blockwise blockfp8 fp8block128',
  nvfp4: 'fp4 w4a4 w4a4nvfp4',
  int4_wo: 'int4wo w4a16 int4 awq gptq',
  w4a16_mxfp4: 'mxfp4',
  w4a8_mxfp4_mxfp8: 'w4a8mxfp4 mxfp4mxfp8',
});
const spreads = spellings<Spread>({ balanced: 'uniform even', 'power_law_1.01': 'powerlaw', 'power_law_1.2': '' });

export function readExperts(row: Row): ExpertCase {
  const experts = row.size(['num_experts', 'experts']);
  const topk = row.size(['topk', 'top_k', 'num_experts_per_tok']);
  if (topk > experts) throw new RowProblem(`topk is ${topk}, more than num_experts, ${experts}.`);
  const tensor = row.size(['moe_tp_size', 'tp_size', 'tp'], 1, 1);
  const parallel = row.size(['moe_ep_size', 'ep_size', 'ep'], 1, 1);
  const inter = row.size(['inter_size', 'moe_intermediate_size', 'intermediate_size']);
  if (parallel > experts) throw new RowProblem(`moe_ep_size is ${parallel}, more than num_experts, ${experts}.`);
  if (tensor > inter) throw new RowProblem(`moe_tp_size is ${tensor}, more than inter_size, ${inter}.`);
  const kernel = row.text('kernel', 'kernel_source')?.toLowerCase();
  return {
    format: row.choice(['moe_dtype', 'dtype'], formats),
    engine: engineOf(row),
    kernel: expertKernels.find((name) => kernel?.includes(name)),
    gated: !kernel?.includes('nongated'),
    tokens: row.size(['num_tokens', 'tokens']),
    hidden: row.size(['hidden_size', 'hidden']),
    inner: Math.ceil(inter / tensor),
    topk,
    experts,
    held: Math.ceil(experts / parallel),
    spread: row.choice(['distribution', 'workload_distribution'], spreads, 'balanced'),
  };
}

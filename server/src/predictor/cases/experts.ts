/** Rows of the tables of experts: moe_dtype, num_tokens, hidden_size, inter_size, topk, num_experts, moe_tp_size, moe_ep_size, distribution. */
import { type ExpertCase, type ExpertFormat, expertKernels, type Spread } from '../inputs/experts.ts';
import { engineOf, type Row, RowProblem, spellings } from './row.ts';

const formats = spellings<ExpertFormat>({
  bfloat16: 'bf16 float16 fp16 half auto none',
  fp8: 'float8 fp8e4m3 float8e4m3fn e4m3 fp8e5m2 w8a8fp8 fp8pertensor fp8perchannel fp8pertoken fp8static fp8dynamic',
  fp8_block: 'fp8blockwise blockfp8 fp8block128',
  nvfp4: 'fp4 w4a4 w4a4nvfp4',
  int4_wo: 'int4wo w4a16 int4 awq gptq w4a16awq w4a16gptq',
  w4a16_mxfp4: 'mxfp4',
  w4a8_mxfp4_mxfp8: 'w4a8mxfp4 mxfp4mxfp8',
});
/** Formats nobody measured, by the measured one with the same bytes and rates. */
const likeFormats: ReadonlyMap<string, ExpertFormat> = new Map([
  ['w4afp8', 'w4a8_mxfp4_mxfp8'],
  ['w4a8', 'w4a8_mxfp4_mxfp8'],
  ['int8', 'fp8'],
  ['int8wo', 'int4_wo'],
  ['w8a16', 'int4_wo'],
  ['sq', 'fp8'],
  ['w8a8', 'fp8'],
  ['mxfp8', 'fp8_block'],
]);
const spreads = spellings<Spread>({ balanced: 'uniform even', 'power_law_1.01': 'powerlaw', 'power_law_1.2': '' });

/** The measured format, and why it is not the written one. */
function formatOf(row: Row): { format: ExpertFormat; foreign: string | undefined } {
  const written = row.text('moe_dtype', 'dtype', 'quant_mode', 'moe_quant_mode')?.toLowerCase() ?? '';
  const like = likeFormats.get(written.replace(/[^a-z0-9]/g, ''));
  if (like) return { format: like, foreign: `${written} was never measured and stands on ${like}` };
  return { format: row.choice(['moe_dtype', 'dtype', 'quant_mode', 'moe_quant_mode'], formats), foreign: undefined };
}

/** The nearest measured spread of tokens: a power law by its exponent, and any other word as an even one, which is said. */
function spreadOf(row: Row): { spread: Spread; foreign: string | undefined } {
  const written = row.text('distribution', 'workload_distribution')?.toLowerCase() ?? 'balanced';
  const known = spreads.get(written.replace(/[^a-z0-9]/g, ''));
  if (known) return { spread: known, foreign: undefined };
  const exponent = Number(/(?:power|zipf)\D*([\d.]+)/.exec(written)?.[1] ?? Number.NaN);
  const spread: Spread = exponent >= 1.1 ? 'power_law_1.2' : exponent > 0 ? 'power_law_1.01' : 'balanced';
  return { spread, foreign: `the distribution "${written}" was never measured and stands on ${spread}` };
}

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
  const [{ format, foreign }, { spread, foreign: other }] = [formatOf(row), spreadOf(row)];
  return {
    format,
    foreign: foreign ?? other,
    engine: engineOf(row),
    kernel: expertKernels.find((name) => kernel?.includes(name)),
    gated: !kernel?.includes('nongated'),
    tokens: row.size(['num_tokens', 'tokens']),
    hidden: row.size(['hidden_size', 'hidden']),
    inner: Math.ceil(inter / tensor),
    topk,
    experts,
    held: Math.ceil(experts / parallel),
    spread,
  };
}

/**
 * What Megatron-Bridge's performance recipes set for a model and a GPU beside the columns of its tables, by the container that
 * first has it. No recipe computes whole layers again: modules are named, or activations of a dense model go to the host.
 *
 * Read in NVIDIA-NeMo/Megatron-Bridge: scripts/performance/configs of v0.1.0rc4 (container 25.09), v0.2.0 (25.11), v0.3.0
 * (26.02), v0.4.0 and v0.4.2 (26.04), v0.5.0 (26.06); src/megatron/bridge/perf_recipes of v0.6.0 (26.08).
 */

export interface BridgeWorkload {
  /** The first container that has it. */
  readonly from: number;
  readonly model: RegExp;
  readonly gpu: RegExp;
  /** Format of the products as the tables spell it; any when absent. */
  readonly format?: RegExp;
  /** Modules that selective recomputation runs again; nothing when absent. */
  readonly again?: string;
  /** CUDA graphs that hold the whole step, or attention and router of a layer; graphs of the router alone leave most to the host. */
  readonly graphs?: 'layer' | 'step';
  /** Exchanges of experts run beside the computation of another micro batch. */
  readonly overlap?: true;
  /** Products of the experts, their activation and the casts to fp8 between them are one kernel. */
  readonly fusedExperts?: true;
  /** Virtual stages of each rank of a pipeline. */
  readonly virtual?: number;
  /** Layers that predict further tokens, where the recipe adds them to the model. */
  readonly predicting?: number;
}

const deepseek = /deepseek-?v3/i;
const qwen = /qwen3_30b/i;
const nemotron = /nemotron_3/i;
const lightning = /nemotron_3_5_lightning/i;
const llama = /llama3_70b/i;
const micro = /mx/i;

/** Later ones, and among those of one container the later line, go before the others. */
const workloads: readonly BridgeWorkload[] = [
  { from: 25.09, model: deepseek, gpu: /./, again: 'mla_up_proj' },
  { from: 25.09, model: deepseek, gpu: /h100/i, again: 'mla_up_proj,mlp', overlap: true },
  { from: 25.11, model: deepseek, gpu: /gb300/i, again: 'moe_act', graphs: 'layer' },
  { from: 25.11, model: deepseek, gpu: /gb200/i, again: 'mla_up_proj' },
  { from: 26.02, model: deepseek, gpu: /gb200/i, again: 'mla_up_proj', graphs: 'layer' },
  { from: 26.02, model: deepseek, gpu: /gb300/i, format: /fp8/i, again: 'mla_up_proj' },
  { from: 26.02, model: deepseek, gpu: /h100/i, again: 'mla_up_proj,mlp' },
  { from: 26.04, model: deepseek, gpu: /gb200/i, format: /fp8/i, again: 'mlp', graphs: 'layer' },
  { from: 26.0401, model: deepseek, gpu: /^b200/i, format: micro, again: 'mla_up_proj,mlp', graphs: 'layer', overlap: true },
  { from: 26.0401, model: deepseek, gpu: /^b300/i, again: 'mla_up_proj', graphs: 'layer' },
  { from: 26.06, model: deepseek, gpu: /gb200/i, format: micro, again: 'mla_up_proj', graphs: 'step', overlap: true, fusedExperts: true },
  { from: 26.06, model: deepseek, gpu: /gb300/i, format: micro, graphs: 'step', overlap: true, fusedExperts: true },
  { from: 26.08, model: deepseek, gpu: /^b300/i, format: micro, again: 'mla_up_proj', graphs: 'step', overlap: true, fusedExperts: true },
  { from: 25.11, model: qwen, gpu: /h100/i, overlap: true },
  { from: 26.04, model: qwen, gpu: /h100/i },
  { from: 25.11, model: qwen, gpu: /gb200/i, format: /bf16|fp8$|cs/i, graphs: 'layer' },
  { from: 26.04, model: qwen, gpu: /^b200/i, graphs: 'layer' },
  { from: 26.06, model: qwen, gpu: /b[23]00/i, format: micro, graphs: 'step', overlap: true, fusedExperts: true },
  { from: 26.02, model: nemotron, gpu: /./, graphs: 'layer' },
  { from: 26.02, model: nemotron, gpu: /h100/i, format: /fp8/i, again: 'moe,layernorm,core_attn,moe_act', graphs: 'layer' },
  { from: 25.09, model: llama, gpu: /./, virtual: 5 },
  { from: 26.04, model: llama, gpu: /./, graphs: 'layer', virtual: 5 },
  { from: 26.08, model: lightning, gpu: /./, graphs: 'layer', predicting: 2 },
];

/** A container as a number: "26.04.01" comes after "26.04". */
export function containerOf(words: string): number | undefined {
  const [, release, patch] = /(\d\d\.\d\d)(?:\.(\d\d))? container/.exec(words) ?? [];
  return release === undefined ? undefined : Number(`${release}${patch ?? ''}`);
}

/** The newest workload of a container that fits, or undefined. */
export function bridgeWorkload(container: number, model: string, gpu: string, format: string): BridgeWorkload | undefined {
  let best: BridgeWorkload | undefined;
  for (const workload of workloads) {
    if (workload.from > container || (best && workload.from < best.from)) continue;
    if (workload.model.test(model) && workload.gpu.test(gpu) && (workload.format?.test(format) ?? true)) best = workload;
  }
  return best;
}

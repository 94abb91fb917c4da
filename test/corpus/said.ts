/** What a reading says of a fact that goes by several names: the names of cases on the left, ours on the right. */
import type { Facts } from '../../server/src/engine/facts.ts';
import { bytesAt, memberAt } from './kernel-values.ts';

export interface Said extends Facts {
  /** Targets of the links, as written. */
  readonly links: readonly string[];
  /** Why links lead nowhere. */
  readonly missing?: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** Other names of the same fact; the first that is said counts. The name itself is always tried first. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  gpus: ['world'],
  world: ['gpus'],
  gpus_per_replica: ['gpus'],
  devices: ['world', 'gpus'],
  devices_per_node: ['gpus_per_node'],
  procs_per_node: ['gpus_per_node'],
  slots_per_worker: ['gpus_per_node'],
  gpus_per_worker: ['gpus_per_node'],
  worker_replicas: ['nodes'],
  gpu: ['gpu_choices'],
  dtype: ['model.dtype'],
  load_dtype: ['model.dtype', 'params_dtype'],
  pipeline_dtype: ['params_dtype', 'precision'],
  optimizer: ['optimizer_kind'],
  sample_packing: ['packing'],
  lora_r: ['adapter.rank'],
  lora_rank: ['adapter.rank'],
  adapter: ['adapter.kind'],
  target_modules: ['adapter.targets'],
  quantization: ['model.base_format'],
  activation_offloading: ['offload.activations'],
  optimizer_in_bwd: ['optimizer.in_backward'],
  reshard_after_forward: ['fsdp.reshard_after_forward'],
  num_replicas: ['dp_replicate'],
  expert_parallel: ['ep_enabled'],
  async_tp: ['tp_comm_overlap'],
  enable_sequence_parallel: ['sequence_parallel'],
  mp_size: ['tp'],
  max_positions: ['model.max_positions'],
  max_answer: ['max_response'],
  'model.component': ['model.name'],
  'model.config': ['model.name'],
  'model.descriptor': ['model.name'],
  'model.served_as': ['model.name'],
  'model.pos_emb': ['model.position_embedding'],
  'model.normalization': ['model.norm'],
  'model.ffn_effective': ['model.ffn'],
  'model.ffn_per_gate': ['model.ffn'],
  'model.embedding_size': ['model.padded_vocab'],
  'model.qk_head_dim': ['model.qk_nope'],
  'model.qk_rope_dim': ['model.qk_rope'],
};

const isOf =
  (name: string, ...values: readonly unknown[]) =>
  (facts: Values): unknown =>
    facts[name] === undefined ? undefined : values.includes(facts[name]);

/** Sharding of the whole state is stage 3, of all but the parameters stage 2. */
const shardingWords: Readonly<Record<string, string>> = { 3: 'FULL_SHARD', 2: 'SHARD_GRAD_OP', 0: 'NO_SHARD' };
const implementationWords: Readonly<Record<string, string>> = { deepspeed: 'DEEPSPEED', fsdp1: 'FSDP', fsdp2: 'FSDP' };
const fsdpVersions: Readonly<Record<string, number>> = { fsdp1: 1, fsdp2: 2 };

const recomputes = (facts: Values): unknown => facts.recompute;
const isOffloaded = (facts: Values): unknown => {
  const places = [facts.offload_param, facts.offload_optimizer].filter((place) => place !== undefined);
  return places.length === 0 ? undefined : places.some((place) => place !== 'none');
};
const byWord =
  (name: string, words: Readonly<Record<string, unknown>>) =>
  (facts: Values): unknown =>
    words[String(facts[name])];
const both = (facts: Values, a: string, b: string, join: (a: number, b: number) => number): unknown =>
  typeof facts[a] === 'number' && typeof facts[b] === 'number' ? join(facts[a], facts[b]) : undefined;

/** Facts that follow from ours without a formula of the model. */
const worked: Readonly<Record<string, (facts: Values) => unknown>> = {
  activation_checkpointing: recomputes,
  gradient_checkpointing: recomputes,
  recompute_layer: recomputes,
  load_in_4bit: isOf('model.base_format', 'nf4', 'fp4', 'int4'),
  grads_fp32: isOf('grads_dtype', 'fp32'),
  cpu_offload: isOffloaded,
  fsdp_offload: isOffloaded,
  fsdp_cpu_offload: isOffloaded,
  param_offload: isOf('offload_param', 'cpu'),
  actor_param_offload: isOf('offload_param', 'cpu'),
  fsdp_sharding: byWord('zero_stage', shardingWords),
  fsdp: byWord('zero_stage', shardingWords),
  sharding: byWord('zero_implementation', { fsdp1: 'FSDP', fsdp2: 'FSDP2', deepspeed: 'DeepSpeed' }),
  distributed_type: byWord('zero_implementation', implementationWords),
  fsdp_version: byWord('zero_implementation', fsdpVersions),
  global_batch_tokens: (facts) => both(facts, 'global_batch', 'seq', (batch, seq) => batch * seq),
  'model.shared_experts': (facts) => both(facts, 'model.shared_ffn', 'model.moe_ffn', (shared, one) => shared / one),
  'model.intermediate_size_as_written': (facts) => facts['model.ffn'],
  'model.mlp_hidden_size_as_written': (facts) => facts['model.ffn'],
  'model.mlp_ratio': (facts) => both(facts, 'model.ffn', 'model.hidden', (ffn, hidden) => Math.round((ffn / hidden) * 1e4) / 1e4),
  finetuning_type: (facts) => facts['adapter.kind'],
};

/** Facts that nobody can know while one of these is open. */
const follows: Readonly<Record<string, readonly string[]>> = {
  world: ['gpus_per_node', 'nodes'],
  global_batch: ['micro_batch', 'grad_accum', 'gpus_per_node', 'nodes'],
  vpp: ['layers_per_virtual_stage'],
};

/** Parameter names under which a fact may be called unresolved. */
function namesOf(fact: string): readonly string[] {
  return [fact, ...(otherNames[fact] ?? [])];
}

/** The value a reading says for a fact; undefined when it says none. */
export function saidValue(said: Said, fact: string): unknown {
  // A fork says its own name among the facts.
  if (fact === 'framework') return said.facts.framework ?? said.framework;
  if (fact === 'kind') return said.kind;
  if (fact === 'deepspeed_config') return said.facts[fact] ?? said.links.find((link) => link.endsWith('.json'));
  const sizes = /^smem_bytes_at_(\d+(?:x\d+)*)$/.exec(fact)?.[1];
  if (sizes !== undefined) return bytesAt(String(said.facts.smem_expr), sizes.split('x').map(Number));
  if (said.kind === 'kernel' && fact.includes('.')) return memberAt(said.facts, fact);
  const written = namesOf(fact).find((name) => said.facts[name] !== undefined);
  return written === undefined ? worked[fact]?.(said.facts) : said.facts[written];
}

/** Whether a reading leaves open a fact, or a variable that one of its reasons names. */
export function leavesOpen(said: Said, name: string): boolean {
  const given = [...namesOf(name), ...(follows[name] ?? [])];
  if (said.facts[name] === undefined && given.some((own) => own in said.unresolved)) return true;
  // An option of the script's own is named with its dashes.
  const mention = new RegExp(`(?<![\\w-])-{0,2}${name.replace(/[^\w]/g, '\\$&')}(?![\\w-])`, 'i');
  return [...Object.values(said.unresolved), ...(said.missing ?? [])].some((why) => mention.test(why));
}
